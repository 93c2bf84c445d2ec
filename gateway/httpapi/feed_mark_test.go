package httpapi_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/schema"
)

// A mark speaks of no single entity: it is a valid event all the same.
func TestFeedMark(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.feed.add(schema.KindDossier, 1, `{"number":"H05.1"}`)
	mark := b.feed.add(schema.KindDossier, 1, `{"kind":"dossier","created":7}`)
	b.feed.lines[1].Type, b.feed.lines[1].DataRev = gateway.SnapshotLoaded, 0
	w := b.do(t, get("/v1/feeds/dossiers?types=vn.snapshot.loaded.v1"))
	p := page(t, w)
	require.Len(t, p.Items, 1)
	require.Equal(t, httpapi.Event{
		SpecVersion: "1.0", ID: p.Items[0].ID, Source: "/systems/lienthong", Type: "vn.snapshot.loaded.v1",
		Subject: "snapshot/" + mark.EntityID.String(), Time: mark.RecordedAt, DataContentType: "application/json",
		Sequence: "00000000000000000002", PartitionKey: mark.EntityID.String(), RecordedTime: mark.RecordedAt,
		Data: json.RawMessage(`{"snapshot_url":"/v1/feeds/dossiers/snapshot","kind":"dossier","created":7}`),
	}, p.Items[0])
	require.Equal(t, uuid.Version(7), p.Items[0].ID.Version())

	var raw struct{ Items []map[string]json.RawMessage }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &raw))
	for _, name := range []string{"entityid", "entityrevision", "datarevision"} {
		require.NotContains(t, raw.Items[0], name)
	}
}
