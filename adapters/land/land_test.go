package land_test

import (
	"context"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/adaptertest"
	"github.com/lienthong/lienthong/adapters/land"
)

func TestConformance(t *testing.T) { adaptertest.Run(t, land.Spec(), "testdata") }

func FuzzNormalize(f *testing.F) { adaptertest.Fuzz(f, land.Spec(), "testdata") }

// message returns the message of a golden case and its content type.
func message(t testing.TB, path string) adapters.Raw {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/" + path + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		switch f.Name {
		case "in.json":
			return adapters.Raw{Body: f.Data}
		case "in.csv":
			return adapters.Raw{ContentType: "text/csv", Body: f.Data}
		}
	}
	t.Fatalf("%s holds no message", path)
	return adapters.Raw{}
}

// One core is meant to take 15,000 messages a second, 66 µs each.
func BenchmarkNormalize(b *testing.B) {
	a, err := land.New(adapters.Config{Province: "37"})
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{
		"cases/l1-reception-vbdlis", "cases/l1-to-onestop", "cases/l2-reception-ilis", "cases/l3-supplement", "cases/l3-supplement-given",
		"cases/l3-supplement-handed-on", "cases/l4-transfer", "cases/l4-tax-vbdlis", "cases/l4-tax-ilis", "cases/l5-closing",
		"cases/l6-notice", "cases/l7-payment", "cases/l8-parcel", "cases/l8-joined", "cases/layer-row",
		"cases/l9-returned", "cases/l9-wrong-result", "cases/l9-remark", "cases/csv-parcels", "cases/csv-joined", "cases/csv-returned",
	} {
		b.Run(name, func(b *testing.B) {
			raw := message(b, name)
			b.SetBytes(int64(len(raw.Body)))
			b.ReportAllocs()
			for b.Loop() {
				if records, _ := a.Normalize(context.Background(), raw); len(records) == 0 {
					b.Fatal("no records")
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
