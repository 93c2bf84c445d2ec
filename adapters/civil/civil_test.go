package civil_test

import (
	"context"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/adaptertest"
	"github.com/lienthong/lienthong/adapters/civil"
)

func TestConformance(t *testing.T) { adaptertest.Run(t, civil.Spec(), "testdata") }

func FuzzNormalize(f *testing.F) { adaptertest.Fuzz(f, civil.Spec(), "testdata") }

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

// forms has a typical message of each form.
var forms = []string{
	"h1-push-birth", "h1-push-death", "h1-push-marriage", "h3-result-birth", "h3-result-death", "h4-supplement",
	"h5-khaitu", "h6-xacnhanhonnhan", "book-khaisinh-2019", "h7-status", "h7-result-whole", "h8-linked-birth", "population-person",
}

// One core is meant to take 15,000 messages a second, 66 µs each. A third of that
// goes into decoding, the rest into names, places and numbers; what is over it
// spends it on lines of addresses (units.ReadLine, as much as a message each) or
// on XML (two thirds of a population answer).
func BenchmarkNormalize(b *testing.B) {
	a, err := civil.New(adapters.Config{Province: "24"})
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range forms {
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
