package httpapi_test

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func snapshotPage(t testing.TB, w *httptest.ResponseRecorder) httpapi.SnapshotPage {
	t.Helper()
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	p := decode[httpapi.SnapshotPage](t, w.Body.Bytes())
	require.Equal(t, p.DeltaCursor, w.Header().Get("Gateway-Snapshot-Cursor"))
	require.NotEmpty(t, w.Header().Get("Gateway-As-Of"))
	return p
}

func TestSnapshotItem(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.feed.add(schema.KindDossier, 1, `{}`)
	id := uuid.MustParse("0190c3d2-1234-7000-8000-000000000001")
	b.feed.entity(schema.KindDossier, id, 3, `{"number":"H05.1"}`)
	p := snapshotPage(t, b.do(t, get("/v1/feeds/dossiers/snapshot")))
	require.Len(t, p.Items, 1)
	at := time.Date(2026, 3, 2, 1, 2, 3, 456_000_000, time.UTC)
	require.Equal(t, httpapi.Event{
		SpecVersion: "1.0", ID: p.Items[0].ID, Source: "/systems/lienthong", Type: "vn.dossier.snapshot.v1", Subject: "dossier/" + id.String(),
		Time: at, DataContentType: "application/json", Sequence: "00000000000000000001", PartitionKey: id.String(), EntityID: id,
		EntityRevision: 3, DataRevision: 3, RecordedTime: at, Data: json.RawMessage(`{"number":"H05.1"}`),
	}, p.Items[0])
	require.False(t, p.HasMore)
	require.Empty(t, p.NextCursor)
	delta, err := gateway.ParseCursor(p.DeltaCursor)
	require.NoError(t, err)
	require.Equal(t, gateway.Cursor{Epoch: 7, Position: 1}, delta)

	t.Run("its id is a UUIDv7 of entity and revision", func(t *testing.T) {
		own := p.Items[0].ID
		require.Equal(t, uuid.Version(7), own.Version())
		require.Equal(t, uuid.RFC4122, own.Variant())
		require.Equal(t, id[:6], own[:6], "with the time of the entity's")
		b.feed.add(schema.KindDossier, 2, `{}`)
		require.Equal(t, own, snapshotPage(t, b.do(t, get("/v1/feeds/all/snapshot"))).Items[0].ID, "in every snapshot that shows it")
		b.feed.live[0].Revision++
		require.NotEqual(t, own, snapshotPage(t, b.do(t, get("/v1/feeds/dossiers/snapshot"))).Items[0].ID)
	})
}

func TestSnapshotPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 7 {
		b.feed.entity(schema.KindDossier, uuid.UUID{15: byte(i + 1)}, 1, `{}`)
	}
	b.feed.entity(schema.KindPerson, uuid.UUID{15: 99}, 1, `{}`)
	b.feed.add(schema.KindDossier, 1, `{}`)

	t.Run("each entity once, and one delta cursor on all pages", func(t *testing.T) {
		b := b
		var seen []byte
		var delta string
		for cursor := ""; ; {
			p := snapshotPage(t, b.do(t, get("/v1/feeds/dossiers/snapshot?limit=3&cursor="+cursor)))
			for _, e := range p.Items {
				seen = append(seen, e.EntityID[15])
			}
			if delta == "" {
				delta = p.DeltaCursor
			}
			require.Equal(t, delta, p.DeltaCursor)
			b.feed.add(schema.KindDossier, 2, `{}`) // the feed goes on meanwhile
			if cursor = p.NextCursor; !p.HasMore {
				require.Empty(t, cursor)
				break
			}
		}
		require.Equal(t, []byte{1, 2, 3, 4, 5, 6, 7}, seen)
		require.Len(t, page(t, b.do(t, get("/v1/feeds/dossiers?cursor="+delta))).Items, 3, "what changed meanwhile")
	})

	t.Run("of nothing it is an empty page with a cursor to go on", func(t *testing.T) {
		p := snapshotPage(t, b.do(t, get("/v1/feeds/parcels/snapshot")))
		require.NotNil(t, p.Items)
		require.Empty(t, p.Items)
		require.False(t, p.HasMore)
		require.NotEmpty(t, p.DeltaCursor)
	})
}

func TestSnapshotRefusals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.feed.entity(schema.KindDossier, uuid.UUID{15: 1}, 1, `{}`)
	at := func(feed schema.Kind, epoch, position int64) string {
		return gateway.SnapshotCursor{Feed: feed, Delta: gateway.Cursor{Epoch: epoch, Position: position}, Kind: schema.KindDossier, ID: uuid.UUID{15: 1}}.String()
	}
	for _, tt := range []struct {
		name, path string
		status     int
		code       fault.Code
	}{
		{"an unknown feed", "/v1/feeds/secrets/snapshot", 404, fault.NotFound},
		{"a limit over the limit", "/v1/feeds/all/snapshot?limit=1001", 422, fault.Invalid},
		{"a wait, which it does not have", "/v1/feeds/all/snapshot?wait=3", 422, fault.Invalid},
		{"a cursor that is none", "/v1/feeds/all/snapshot?cursor=abc", 400, fault.CursorInvalid},
		{"the cursor of the feed", "/v1/feeds/all/snapshot?cursor=" + gateway.Cursor{Epoch: 7}.String(), 400, fault.CursorInvalid},
		{"its cursor at the feed", "/v1/feeds/all?cursor=" + at("", 7, 0), 400, fault.CursorInvalid},
		{"the cursor of another feed's", "/v1/feeds/all/snapshot?cursor=" + at(schema.KindDossier, 7, 0), 400, fault.CursorInvalid},
		{"one that was begun in an earlier epoch", "/v1/feeds/all/snapshot?cursor=" + at("", 6, 0), 410, fault.CursorExpired},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := b.do(t, get(tt.path))
			p := problem(t, w)
			require.Equal(t, tt.status, w.Code)
			require.Equal(t, tt.code, p.Code)
			if tt.status == 410 {
				require.Equal(t, "/v1/feeds/all/snapshot", p.SnapshotURL)
				require.Equal(t, "/v1/feeds/all?cursor="+p.ResumeCursor, p.ResumeURL)
				snapshotPage(t, b.do(t, get(p.SnapshotURL)))
			}
		})
	}
	b.feed.err = fault.New(fault.Unavailable, "x", "y")
	require.Equal(t, 503, problem(t, b.do(t, get("/v1/feeds/all/snapshot"))).Status)
}

// A reader behind what was dropped is told how to go on, from the beginning too.
func TestFeedDropped(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 9 {
		b.feed.add(schema.KindDossier, 1, `{}`)
	}
	b.feed.held = 6
	for _, cursor := range []string{"", gateway.Cursor{Epoch: 7, Position: 4}.String()} {
		w := b.do(t, get("/v1/feeds/dossiers?cursor="+cursor))
		p := problem(t, w)
		require.Equal(t, 410, w.Code)
		require.Equal(t, "/v1/feeds/dossiers/snapshot", p.SnapshotURL)
		require.Equal(t, gateway.Cursor{Epoch: 7, Position: 5}.String(), p.ResumeCursor)
		require.Equal(t, []string{"06", "07", "08", "09"}, sequences(page(t, b.do(t, get(p.ResumeURL)))))
	}
}
