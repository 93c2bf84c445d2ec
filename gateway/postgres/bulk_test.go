package postgres_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// loadPart stores records as one part of a new load and ends the load.
func (b bundle) loadPart(t *testing.T, records ...gateway.PreparedRecord) gateway.Load {
	t.Helper()
	load, err := b.store.BeginLoad(t.Context(), gateway.LoadOrder{Source: "motcua", Fingerprint: schema.Hash{1}, Again: true})
	require.NoError(t, err)
	part := gateway.LoadPart{Submissions: unit(t, records...).Submissions}
	part.Last, part.Messages = int64(len(records)), make([]byte, (len(records)+7)/8)
	for i := range records {
		part.Messages[i/8] |= 1 << (i % 8)
	}
	part.Tally.Messages = int64(len(records))
	tally, err := b.store.CommitPart(t.Context(), load, part)
	require.NoError(t, err)
	load.Position = part.Last
	load.Tally.Add(tally)
	require.NoError(t, b.store.AdvanceLoad(t.Context(), load))
	load, err = b.store.EndLoad(t.Context(), load, gateway.LoadDone)
	require.NoError(t, err)
	return load
}

func TestBulkLoadInTheFeed(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	owner := schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}
	named := func(d *schema.Dossier) { d.Applicant.Identifiers = []schema.Identifier{owner} }
	load := b.loadPart(t, dossier(t, 1, nil), dossier(t, 2, nil), dossier(t, 3, named), step(t, "motcua", 1, "20251103083000", schema.Received, "Tiếp nhận"))
	q := b.sequenced(t)
	q.Nudge()
	moved := b.store.FeedMoved()
	for b.count(t, `SELECT count(*) FROM change_inbox`) > 0 {
		<-moved
		moved = b.store.FeedMoved()
	}

	page, err := b.store.ReadFeed(t.Context(), schema.KindDossier, gateway.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, 2, "one line of the push, one of the load; none for each entity of the load")
	require.Equal(t, "vn.dossier.created.v1", page.Items[0].Type)
	mark := page.Items[1]
	require.True(t, mark.IsMark())
	require.Equal(t, schema.KindDossier, mark.Kind)
	require.Zero(t, mark.DataRev)
	var data gateway.LoadMark
	require.NoError(t, json.Unmarshal(mark.Data, &data))
	require.Equal(t, load.ID, data.Load)
	require.EqualValues(t, 2, data.Created)
	require.EqualValues(t, 1, data.Changed)
	require.False(t, data.EndedAt.Before(data.StartedAt))

	people, err := b.store.ReadFeed(t.Context(), schema.KindPerson, gateway.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, people.Items, 1)
	require.True(t, people.Items[0].IsMark())
	parcels, err := b.store.ReadFeed(t.Context(), schema.KindLandParcel, gateway.Cursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, parcels.Items)
}

func TestBulkLoadAndDeliveries(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET state = 'confirmed'; DELETE FROM delivery_due`)
	require.NoError(t, err)
	b.loadPart(t, dossier(t, 2, nil), step(t, "motcua", 1, "20251103152000", schema.Completed, "Đã xử lý xong"))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery`), "nothing new is sent")
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery d JOIN entity e ON e.id = d.entity_id
		JOIN delivery_due USING (destination, entity_id)
		WHERE key = $1 AND state = 'queued' AND wanted_rev = 2 AND e.revision = 2`, number(1)), "what the portal shows is brought up to date")
}
