package gateway_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// golden derives claims in several orders, which all give the same.
func golden(t *testing.T, kind schema.Kind, claims ...gateway.Claim) schema.Body {
	t.Helper()
	first := gateway.Derive(kind, claims, nil)
	for range 5 {
		rand.Shuffle(len(claims), func(i, j int) { claims[i], claims[j] = claims[j], claims[i] })
		require.Empty(t, cmp.Diff(first, gateway.Derive(kind, claims, nil), cmp.AllowUnexported(schema.Time{}, schema.Date{})))
	}
	return first
}

func year(t testing.TB, y int) schema.Date { return day(t, y, 0, 0) }

func day(t testing.TB, y, m, d int) schema.Date {
	t.Helper()
	date, err := schema.NewDate(y, m, d)
	require.NoError(t, err)
	return date
}

func pin(value string) []schema.Identifier {
	return []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: value}}
}

func TestDeriveFills(t *testing.T) {
	event := func(stage schema.EventStage, hour int, change func(*schema.CivilEvent)) gateway.Claim {
		e := &schema.CivilEvent{Type: schema.Birth, Stage: stage, Dossier: "H05.31-251103-0007", Subject: schema.Person{FullName: "Phạm Gia Bảo"}}
		change(e)
		return gateway.Claim{Source: "hotich", ID: string(stage) + e.Entry.Number, EventTime: noon.Add(time.Duration(hour) * time.Hour), Body: e}
	}

	t.Run("a registration decides over a later application, which fills what it leaves open", func(t *testing.T) {
		got := golden(t, schema.KindCivilEvent,
			event(schema.Registered, 1, func(e *schema.CivilEvent) {
				e.Subject.FullName, e.Entry = "Phạm Gia Bảo An", schema.BookEntry{Number: "118"}
			}),
			event(schema.Applied, 2, func(e *schema.CivilEvent) { e.Relation, e.Entry = "Cha", schema.BookEntry{Book: "02/2025"} }),
		).(*schema.CivilEvent)
		require.Equal(t, schema.Registered, got.Stage)
		require.Equal(t, "Phạm Gia Bảo An", got.Subject.FullName)
		require.Equal(t, "Cha", got.Relation)
		require.Equal(t, schema.BookEntry{Number: "118"}, got.Entry, "a part is taken whole")
	})

	t.Run("a person is filled field by field from what is said of the same person", func(t *testing.T) {
		got := golden(t, schema.KindCivilEvent,
			event(schema.Registered, 1, func(e *schema.CivilEvent) {
				e.Mother = &schema.Person{FullName: "NGUYỄN THỊ HẠNH", Birth: year(t, 1992)}
			}),
			event(schema.Applied, 0, func(e *schema.CivilEvent) {
				e.Mother = &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: day(t, 1992, 3, 14), Phone: "0912345671", Identifiers: pin("027192004321")}
			}),
		).(*schema.CivilEvent)
		require.Equal(t, &schema.Person{FullName: "NGUYỄN THỊ HẠNH", Birth: year(t, 1992), Phone: "0912345671", Identifiers: pin("027192004321")}, got.Mother)
	})

	t.Run("nobody gets the number of another person in the same role", func(t *testing.T) {
		parcel := func(dossier string, hour int, p schema.Person) gateway.Claim {
			return gateway.Claim{Source: "datdai", ID: dossier, EventTime: noon.Add(time.Duration(hour) * time.Hour),
				Body: &schema.LandParcel{OldCommune: "09163", Sheet: "12", Number: "40", Dossier: dossier, Applicant: &p}}
		}
		other := schema.Person{FullName: "Trần Văn Bình", Identifiers: pin("024088001234"), Phone: "0912345672"}
		for name, newest := range map[string]schema.Person{
			"by name":   {FullName: "Nguyễn Thị Hạnh"},
			"by number": {FullName: "Trần Văn Bình", Identifiers: pin("024090005678")},
		} {
			got := golden(t, schema.KindLandParcel, parcel("A", 1, other), parcel("B", 2, newest)).(*schema.LandParcel)
			require.Equal(t, newest, *got.Applicant, name)
		}
	})

	t.Run("the higher change count decides, whatever the time", func(t *testing.T) {
		org := func(count int64, hour int, name string) gateway.Claim {
			return gateway.Claim{Source: name, ID: name, EventTime: noon.Add(time.Duration(hour) * time.Hour),
				Body: &schema.Organisation{LegalName: name, ChangeCount: count}}
		}
		got := golden(t, schema.KindOrganisation, org(1<<40, 0, "counted"), org(3, 9, "younger")).(*schema.Organisation)
		require.Equal(t, "counted", got.LegalName)
	})

	t.Run("claims are not changed", func(t *testing.T) {
		first := &schema.CivilEvent{Stage: schema.Registered, Mother: &schema.Person{FullName: "Nguyễn Thị Hạnh"}}
		second := &schema.CivilEvent{Stage: schema.Applied, Mother: &schema.Person{FullName: "Nguyễn Thị Hạnh", Phone: "0912345671"}}
		gateway.Derive(schema.KindCivilEvent, []gateway.Claim{{Source: "a", Body: first}, {Source: "b", Body: second}}, nil)
		require.Empty(t, first.Mother.Phone)
	})
}

// TestDeriveDoesNotDependOnOrder draws what records can say of one entity and
// derives it from two orders.
func TestDeriveDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom([]schema.Kind{schema.KindDossier, schema.KindCivilEvent, schema.KindOrganisation, schema.KindLandParcel}).Draw(rt, "kind")
		n := rapid.IntRange(1, 8).Draw(rt, "claims")
		claims := make([]gateway.Claim, n)
		for i := range claims {
			claims[i] = gateway.Claim{
				Source: rapid.SampledFrom([]string{"motcua", "hotich", "datdai"}).Draw(rt, "source"), ID: fmt.Sprint(i),
				EventTime: noon.Add(time.Duration(rapid.IntRange(0, 2).Draw(rt, "hour")) * time.Hour), Body: drawBody(rt, kind),
			}
		}
		shuffled := rapid.Permutation(claims).Draw(rt, "order")
		a, err := schema.SealBody(gateway.Derive(kind, claims, nil))
		require.NoError(rt, err)
		b, err := schema.SealBody(gateway.Derive(kind, shuffled, nil))
		require.NoError(rt, err)
		require.Equal(rt, string(a.JSON), string(b.JSON))
	})
}

func drawBody(rt *rapid.T, kind schema.Kind) schema.Body {
	word := func(label string) string { return rapid.SampledFrom([]string{"", "An", "Bình"}).Draw(rt, label) }
	when := func(label string) schema.Time {
		if h := rapid.IntRange(0, 4).Draw(rt, label); h > 0 {
			return schema.TimeOf(noon.Add(time.Duration(h) * time.Hour))
		}
		return schema.Time{}
	}
	person := func(label string) schema.Person {
		p := schema.Person{FullName: word(label), Phone: word(label + " phone"), Email: word(label + " email")}
		if rapid.Bool().Draw(rt, label+" number") {
			p.Identifiers = pin(rapid.SampledFrom([]string{"027192004321", "024088001234"}).Draw(rt, label+" pin"))
		}
		return p
	}
	switch kind {
	case schema.KindCivilEvent:
		mother := person("mother")
		return &schema.CivilEvent{
			Stage:   rapid.SampledFrom([]schema.EventStage{schema.Applied, schema.Registered}).Draw(rt, "stage"),
			Subject: person("child"), Mother: &mother, Relation: word("relation"),
		}
	case schema.KindOrganisation:
		return &schema.Organisation{LegalName: word("name"), ShortName: word("short"), ChangeCount: int64(rapid.IntRange(0, 2).Draw(rt, "count"))}
	case schema.KindLandParcel:
		applicant, owner := person("applicant"), person("owner")
		return &schema.LandParcel{
			Sheet: word("sheet"), Certificate: &schema.LandCertificate{Serial: word("certificate")},
			Applicant: &applicant, Owners: []schema.Owner{{Person: &owner}},
		}
	}
	results := []schema.ResultPaper{{ID: word("result")}}
	status := rapid.SampledFrom(schema.Statuses()).Draw(rt, "status")
	if rapid.IntRange(0, 3).Draw(rt, "header") == 0 {
		return &schema.Dossier{
			Number: "H05.31-251103-0007", Status: status, Summary: word("summary"), ReceivedAt: when("received"),
			FinishedAt: when("finished"), RefusedAt: when("refused"), Results: results[:rapid.IntRange(0, 1).Draw(rt, "results")],
		}
	}
	at := schema.TimeOf(noon.Add(time.Duration(rapid.IntRange(0, 5).Draw(rt, "at")) * time.Hour))
	return &schema.DossierStep{Dossier: "H05.31-251103-0007", At: at, Status: status, Text: word("text"), Results: results}
}

// TestDeriveSealed shows that the short way for one record is no other way.
func TestDeriveSealed(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		kind := rapid.SampledFrom([]schema.Kind{schema.KindDossier, schema.KindCivilEvent, schema.KindOrganisation, schema.KindLandParcel}).Draw(rt, "kind")
		claims := make([]gateway.Claim, rapid.IntRange(1, 2).Draw(rt, "claims"))
		for i := range claims {
			body := drawBody(rt, kind)
			sealed, err := schema.SealBody(body)
			require.NoError(rt, err)
			claims[i] = gateway.Claim{Source: fmt.Sprint(i), Body: body, Sealed: sealed}
		}
		want, err := schema.SealBody(gateway.Derive(kind, claims, nil))
		require.NoError(rt, err)
		body, sealed, err := gateway.DeriveSealed(kind, claims, nil)
		require.NoError(rt, err)
		require.Equal(rt, string(want.JSON), string(sealed.JSON))
		require.Equal(rt, want.Hash, sealed.Hash)
		again, err := schema.SealBody(body)
		require.NoError(rt, err)
		require.Equal(rt, sealed, again)
	})
}
