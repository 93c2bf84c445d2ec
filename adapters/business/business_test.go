package business_test

import (
	"context"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/adaptertest"
	"github.com/lienthong/lienthong/adapters/business"
)

func TestConformance(t *testing.T) { adaptertest.Run(t, business.Spec(), "testdata") }

func FuzzNormalize(f *testing.F) { adaptertest.Fuzz(f, business.Spec(), "testdata") }

// message returns the message of a golden case.
func message(t testing.TB, name string) []byte {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/cases/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "in.json" {
			return f.Data
		}
	}
	t.Fatalf("%s holds no message", name)
	return nil
}

// One core is meant to take 15,000 messages a second, 66 µs each.
func BenchmarkNormalize(b *testing.B) {
	a, err := business.New(adapters.Config{Province: "24"})
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"b1-enterprise"} {
		b.Run(name, func(b *testing.B) {
			raw := adapters.Raw{Body: message(b, name)}
			b.SetBytes(int64(len(raw.Body)))
			for b.Loop() {
				if records, err := a.Normalize(context.Background(), raw); err != nil || len(records) == 0 {
					b.Fatalf("%d records, %v", len(records), err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
