package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func page(t testing.TB, w *httptest.ResponseRecorder) httpapi.FeedPage {
	t.Helper()
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	return decode[httpapi.FeedPage](t, w.Body.Bytes())
}

func sequences(p httpapi.FeedPage) (all []string) {
	for _, e := range p.Items {
		all = append(all, e.Sequence[18:])
	}
	return all
}

func TestFeedItemOfWhatIsGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.feed.add(schema.KindPerson, 3, ``)
	c := &b.feed.lines[0]
	c.Type, c.Gone, c.Successor = gateway.RetractType(c.Kind), gateway.GoneMerged, uuid.MustParse("0190c3d2-0000-7000-8000-000000000002")
	got := page(t, b.do(t, get("/v1/feeds/people?types=vn.person.retracted.v1"))).Items
	require.Len(t, got, 1)
	require.Equal(t, []string{"vn.person.retracted.v1", "merged", "person/0190c3d2-0000-7000-8000-000000000002"}, []string{got[0].Type, got[0].Reason, got[0].Successor})
	require.Nil(t, got[0].Data)
	require.EqualValues(t, 3, got[0].EntityRevision)
}

func TestFeedItem(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpapi.Options) { o.System = "/agencies/H05/systems/lienthong" })
	c := b.feed.add(schema.KindDossier, 2, `{"number":"H05.1","note":"<&>"}`)
	c2 := b.feed.add(schema.KindPerson, 1, ``)
	w := b.do(t, get("/v1/feeds/all"))
	p := page(t, w)
	require.Len(t, p.Items, 2)
	recorded := time.Date(2026, 3, 2, 1, 2, 3, 456_000_000, time.UTC)
	require.Equal(t, httpapi.Event{
		SpecVersion: "1.0", ID: p.Items[0].ID, Source: "/agencies/H05/systems/lienthong", Type: "vn.dossier.changed.v1",
		Subject: "dossier/" + c.EntityID.String(), Time: recorded, DataContentType: "application/json", Sequence: "00000000000000000001",
		PartitionKey: c.EntityID.String(), EntityID: c.EntityID, EntityRevision: 2, DataRevision: 2, RecordedTime: recorded, Data: json.RawMessage(`{"number":"H05.1","note":"<&>"}`),
	}, p.Items[0])
	require.Equal(t, "vn.person.created.v1", p.Items[1].Type)
	require.Equal(t, c2.EntityID, p.Items[1].EntityID)
	require.Nil(t, p.Items[1].Data, "an entity without a body is told of without data")
	require.Empty(t, p.Items[1].DataContentType)

	require.Equal(t, int64(2), p.FeedSeq)
	require.False(t, p.HasMore)
	require.Zero(t, p.LagS)
	require.Equal(t, "0.000", w.Header().Get("Gateway-Feed-Lag"))
	require.NotEmpty(t, w.Header().Get("Gateway-As-Of"))
	next, err := gateway.ParseCursor(p.NextCursor)
	require.NoError(t, err)
	require.Equal(t, gateway.Cursor{Epoch: 7, Position: 2}, next)

	t.Run("its id is a UUIDv7 that stays", func(t *testing.T) {
		again := page(t, b.do(t, get("/v1/feeds/dossiers")))
		require.Equal(t, p.Items[0].ID, again.Items[0].ID)
		require.Equal(t, uuid.Version(7), p.Items[0].ID.Version())
		require.Equal(t, uuid.RFC4122, p.Items[0].ID.Variant())
		sec, nsec := p.Items[0].ID.Time().UnixTime()
		require.Equal(t, recorded, time.Unix(sec, nsec).UTC())
		require.NotEqual(t, p.Items[0].ID, p.Items[1].ID)
		b.feed.epoch = 8
		require.NotEqual(t, p.Items[0].ID, page(t, b.do(t, get("/v1/feeds/all"))).Items[0].ID)
	})
}

func TestFeedPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	kinds := []schema.Kind{schema.KindDossier, schema.KindPerson, schema.KindOrganisation, schema.KindLandParcel, schema.KindCivilEvent}
	for i := range 10 {
		b.feed.add(kinds[i%5], int64(1+i/5), `{}`)
	}

	t.Run("pages follow each other without gap or repeat", func(t *testing.T) {
		cursor, seen := "", []string{}
		for range 4 {
			p := page(t, b.do(t, get("/v1/feeds/all?limit=3&cursor="+cursor)))
			seen, cursor = append(seen, sequences(p)...), p.NextCursor
			require.Equal(t, len(seen) < 10, p.HasMore)
			require.Equal(t, p.HasMore, p.LagS > 0)
		}
		require.Equal(t, []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10"}, seen)
		p := page(t, b.do(t, get("/v1/feeds/all?cursor="+cursor)))
		require.Empty(t, p.Items)
		require.NotNil(t, p.Items)
		require.Equal(t, cursor, p.NextCursor)
	})

	for feed, want := range map[string][]string{
		"dossiers": {"01", "06"}, "people": {"02", "07"}, "organisations": {"03", "08"}, "parcels": {"04", "09"}, "civil-events": {"05", "10"},
	} {
		t.Run("the feed of "+feed+" has its own", func(t *testing.T) {
			require.Equal(t, want, sequences(page(t, b.do(t, get("/v1/feeds/"+feed)))))
		})
	}

	t.Run("types keep what they name, and the cursor passes the rest", func(t *testing.T) {
		p := page(t, b.do(t, get("/v1/feeds/all?types=vn.person.created.v1,vn.land_parcel.changed.v1&limit=2")))
		require.Equal(t, []string{"02"}, sequences(p))
		require.True(t, p.HasMore)
		p = page(t, b.do(t, get("/v1/feeds/all?types=vn.person.created.v1,vn.land_parcel.changed.v1&limit=2&cursor="+p.NextCursor)))
		require.Equal(t, []string{"09"}, sequences(p), "pages without a hit are passed over in one request")
		p = page(t, b.do(t, get("/v1/feeds/people?types=vn.person.created.v1&limit=1&cursor="+p.NextCursor)))
		require.Empty(t, p.Items)
		require.False(t, p.HasMore)
	})

	t.Run("a filter that nothing fits does not read for ever", func(t *testing.T) {
		b := setup(t)
		for range 50 {
			b.feed.add(schema.KindDossier, 2, `{}`)
		}
		p := page(t, b.do(t, get("/v1/feeds/dossiers?types=vn.dossier.created.v1&limit=1&wait=30")))
		require.Empty(t, p.Items)
		require.True(t, p.HasMore)
	})
}

func TestFeedRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.feed.add(schema.KindDossier, 1, `{}`)
	for _, tt := range []struct {
		name, path string
		status     int
		code       fault.Code
		item       httpapi.ProblemItem
	}{
		{"an unknown feed", "/v1/feeds/secrets", 404, fault.NotFound, httpapi.ProblemItem{}},
		{"no limit at all", "/v1/feeds/all?limit=0", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "limit", Code: "query.invalid", Expected: "integer 1 to 1000"}},
		{"a limit over the limit", "/v1/feeds/all?limit=1001", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "limit", Code: "query.invalid", Expected: "integer 1 to 1000"}},
		{"a limit that is no number", "/v1/feeds/all?limit=nhieu", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "limit", Code: "query.invalid", Expected: "integer 1 to 1000"}},
		{"too long a wait", "/v1/feeds/all?wait=31", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "wait", Code: "query.invalid", Expected: "integer 0 to 30"}},
		{"a wait in units", "/v1/feeds/all?wait=30s", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "wait", Code: "query.invalid", Expected: "integer 0 to 30"}},
		{"a name in the wrong case", "/v1/feeds/all?Limit=5", 422, fault.Invalid, httpapi.ProblemItem{Code: "query.unknown", Expected: "cursor, limit, wait, types"}},
		{"a filter that there is not", "/v1/feeds/all?area=24", 422, fault.Invalid, httpapi.ProblemItem{Code: "query.unknown", Expected: "cursor, limit, wait, types"}},
		{"a parameter twice", "/v1/feeds/all?limit=5&limit=6", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "limit", Code: "query.repeated", Expected: "one value"}},
		{"a query that is none", "/v1/feeds/all?limit=%zz", 422, fault.Invalid, httpapi.ProblemItem{Code: "query.syntax"}},
		{"a type that the feed does not have", "/v1/feeds/people?types=vn.dossier.created.v1", 422, fault.Invalid, httpapi.ProblemItem{Parameter: "types", Code: "query.invalid", Expected: "vn.person.created.v1, vn.person.changed.v1, vn.person.retracted.v1, vn.snapshot.loaded.v1"}},
		{"a cursor that is none", "/v1/feeds/all?cursor=abc", 400, fault.CursorInvalid, httpapi.ProblemItem{}},
		{"a cursor of an earlier epoch", "/v1/feeds/people?cursor=" + gateway.Cursor{Epoch: 6, Position: 1}.String(), 410, fault.CursorExpired, httpapi.ProblemItem{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := b.do(t, get(tt.path))
			p := problem(t, w)
			require.Equal(t, tt.status, w.Code)
			require.Equal(t, tt.code, p.Code)
			if tt.item.Code == "" {
				require.Empty(t, p.Errors)
			} else {
				require.NotEmpty(t, p.Errors[0].Detail)
				p.Errors[0].Detail = ""
				require.Equal(t, tt.item, p.Errors[0])
			}
			if tt.status == 410 {
				require.Equal(t, gateway.Cursor{Epoch: 7}.String(), p.ResumeCursor)
				require.Equal(t, "/v1/feeds/people?cursor="+p.ResumeCursor, p.ResumeURL)
				require.Equal(t, "/v1/feeds/people/snapshot", p.SnapshotURL)
				page(t, b.do(t, get(p.ResumeURL)))
			}
		})
	}
	b.feed.err = fault.New(fault.Unavailable, "x", "y")
	require.Equal(t, 503, problem(t, b.do(t, get("/v1/feeds/all"))).Status)
}

func TestFeedWaits(t *testing.T) {
	t.Parallel()

	t.Run("an empty page comes after the wait", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b, began := setup(t), time.Now()
			require.Empty(t, page(t, b.do(t, get("/v1/feeds/all?wait=30"))).Items)
			require.Equal(t, 30*time.Second, time.Since(began))
		})
	})

	t.Run("an item ends the wait", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b, began := setup(t), time.Now()
			time.AfterFunc(7*time.Second, func() { b.feed.add(schema.KindDossier, 1, `{}`) })
			require.Len(t, page(t, b.do(t, get("/v1/feeds/dossiers?wait=30"))).Items, 1)
			require.Equal(t, 7*time.Second, time.Since(began))
		})
	})

	t.Run("items of other types do not end the wait, and are not read again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b, began := setup(t), time.Now()
			for i := range 3 {
				time.AfterFunc(time.Duration(i+1)*time.Second, func() { b.feed.add(schema.KindDossier, 2, `{}`) })
			}
			time.AfterFunc(9*time.Second, func() { b.feed.add(schema.KindDossier, 1, `{}`) })
			p := page(t, b.do(t, get("/v1/feeds/dossiers?wait=30&types=vn.dossier.created.v1")))
			require.Equal(t, []string{"04"}, sequences(p))
			require.Equal(t, 9*time.Second, time.Since(began))
		})
	})

	t.Run("a stop ends the wait with a page, and nobody waits afterwards", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			b, began := setup(t), time.Now()
			time.AfterFunc(time.Second, b.api.StopWaiting)
			require.Empty(t, page(t, b.do(t, get("/v1/feeds/all?wait=30"))).Items)
			require.Equal(t, time.Second, time.Since(began))
			require.Empty(t, page(t, b.do(t, get("/v1/feeds/all?wait=30"))).Items)
			require.Equal(t, time.Second, time.Since(began))
		})
	})
}

func BenchmarkFeedPage(bench *testing.B) {
	b := setup(bench)
	for i := range 1000 {
		b.feed.add(schema.KindDossier, 1, fmt.Sprintf(`{"number":"H05.%d","filler":"%01000d"}`, i, i))
	}
	q := get("/v1/feeds/all?limit=1000")
	for bench.Loop() {
		if w := b.do(bench, q); w.Code != 200 {
			bench.Fatal(w.Code)
		}
	}
}
