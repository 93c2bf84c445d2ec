package business_test

import (
	"context"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/adaptertest"
	"github.com/lienthong/lienthong/adapters/business"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestConformance(t *testing.T) { adaptertest.Run(t, business.Spec(), "testdata") }

func FuzzNormalize(f *testing.F) { adaptertest.Fuzz(f, business.Spec(), "testdata") }

// message returns the message of a golden case.
func message(t testing.TB, name string) adapters.Raw {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/cases/" + name + ".txtar")
	require.NoError(t, err)
	for _, f := range archive.Files {
		switch f.Name {
		case "in.json":
			return adapters.Raw{Body: f.Data}
		case "in.csv":
			return adapters.Raw{ContentType: "text/csv", Body: f.Data}
		}
	}
	t.Fatalf("%s holds no message", name)
	return adapters.Raw{}
}

func normalize(t testing.TB, raw adapters.Raw) ([]schema.Record, error) {
	t.Helper()
	a, err := business.New(adapters.Config{Province: "24"})
	require.NoError(t, err)
	return a.Normalize(context.Background(), raw)
}

// A suspension is no change registration: its revision has the version of the
// one before, and goes by arrival.
func TestSuspensionKeepsTheVersion(t *testing.T) {
	t.Parallel()
	active, err := normalize(t, message(t, "b1-enterprise"))
	require.NoError(t, err)
	suspended, err := normalize(t, message(t, "b2-suspended"))
	require.NoError(t, err)
	require.Equal(t, active[0].ID, suspended[0].ID)
	require.Equal(t, active[0].Version, suspended[0].Version)
	before, err := active[0].Seal()
	require.NoError(t, err)
	after, err := suspended[0].Seal()
	require.NoError(t, err)
	require.NotEqual(t, before.Hash, after.Hash)
	require.Equal(t, adapters.ByVersionThenArrival, business.Spec().Order(schema.KindOrganisation))
}

// The doors to the register tell of one organisation in records of their own,
// which meet in its tax code.
func TestDoorsMeetInTheTaxCode(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, name := range []string{"b1-enterprise", "b6-rows", "row-flat"} {
		records, err := normalize(t, message(t, name))
		require.NoError(t, err)
		require.Equal(t, "2399999015", records[0].Body.Keys()[0].Value, name)
		ids[records[0].ID] = true
	}
	require.Len(t, ids, 3)
}

// Every way in which the doors say that they do not know a code.
func TestUnknownCodeIsAnAnswer(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"GetEntCert":null}`, `{"GetEntCert":[]}`, `{"GetEntCert":""}`, `{"HHCert":null}`, `{"HHCert":[]}`,
		`{"Data":null}`, `{"Data":{}}`, `{"Data":[]}`, `{"Status":0,"DataCount":0,"Data":""}`,
		`{"Data":{"MainInformation":null,"HOAdress":null,"Representatives":[]}}`, `{"d":null}`, `{"d":[]}`,
	} {
		records, err := normalize(t, adapters.Raw{Body: []byte(body)})
		require.NoError(t, err, body)
		require.Empty(t, records, body)
	}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	raw := message(t, "b1-enterprise")
	for media, want := range map[string]fault.Code{
		"": "", "application/json; charset=utf-8": "", "text/json": "", "application/xml": fault.UnsupportedMedia, "text/csv": fault.Malformed,
	} {
		raw.ContentType = media
		_, err := normalize(t, raw)
		require.Equal(t, want, fault.CodeOf(err), media)
	}
}

// One core is meant to take 15,000 messages a second, 66 µs each.
func BenchmarkNormalize(b *testing.B) {
	a, err := business.New(adapters.Config{Province: "24"})
	require.NoError(b, err)
	for _, name := range []string{
		"b1-enterprise", "b2-suspended", "b3-not-found-null", "b4-household", "b5-one-representative", "b5-full", "b6-bare-row", "b6-rows", "row-flat", "csv-search",
	} {
		b.Run(name, func(b *testing.B) {
			raw := message(b, name)
			if _, err := a.Normalize(context.Background(), raw); err != nil && fault.CodeOf(err) != fault.Invalid { // tables are read at the first use
				b.Fatal(err)
			}
			b.SetBytes(int64(len(raw.Body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Normalize(context.Background(), raw); err != nil && fault.CodeOf(err) != fault.Invalid {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
		})
	}
}
