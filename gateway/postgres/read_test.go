package postgres_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestRecord(t *testing.T) {
	b := setup(t)
	first, second := dossier(t, 1, nil), dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") })
	second.Version = 7
	u := unit(t, first, second)
	out, err := b.store.Ingest(t.Context(), []gateway.Unit{u})
	require.NoError(t, err)
	answered := out.Units[0].Answer.Results[1].Records[0]

	t.Run("the current revision", func(t *testing.T) {
		got, err := b.store.Record(t.Context(), first.Key())
		require.NoError(t, err)
		require.Equal(t, first.Key(), got.RecordKey)
		require.Equal(t, *answered.EntityID, got.EntityID)
		require.EqualValues(t, 2, got.Revision)
		require.EqualValues(t, 7, got.SourceVersion)
		require.True(t, second.EventTime.Equal(*got.EventTime))
		require.Equal(t, u.Submissions[1].ID, got.SubmissionID)
		require.Equal(t, string(second.Sealed.JSON), string(got.Body), "byte for byte")
		require.False(t, got.InReview)
		require.WithinDuration(t, time.Now(), got.UpdatedAt, time.Minute)
	})

	t.Run("the first arrival stays", func(t *testing.T) {
		before, err := b.store.Record(t.Context(), first.Key())
		require.NoError(t, err)
		b.push(t, dossier(t, 1, func(d *schema.Dossier) { d.Status, d.ReturnedAt = schema.Returned, at(t, "20251104153000") }))
		after, err := b.store.Record(t.Context(), first.Key())
		require.NoError(t, err)
		require.EqualValues(t, 3, after.Revision)
		require.Equal(t, before.FirstAt, after.FirstAt)
		require.True(t, after.UpdatedAt.After(before.UpdatedAt))
	})

	t.Run("what a source did not say is not there", func(t *testing.T) {
		for _, key := range []gateway.RecordKey{
			{Source: "hotich", Kind: first.Kind, ID: first.ID}, {Source: first.Source, Kind: schema.KindPerson, ID: first.ID}, {},
		} {
			_, err := b.store.Record(t.Context(), key)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
			_, err = b.store.Journey(t.Context(), key)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
		}
	})
}

func TestSubmission(t *testing.T) {
	b := setup(t)
	u := unit(t, dossier(t, 1, nil))
	u.Submissions[0].Code = fault.Invalid
	u.Submissions[0].Rejected = []gateway.RecordResult{{Verdict: gateway.Rejected, Errors: []fault.Problem{{Pointer: "/1/NgayTiepNhan", Code: "date.invalid"}}}}
	out, err := b.store.Ingest(t.Context(), []gateway.Unit{u})
	require.NoError(t, err)
	id := u.Submissions[0].ID

	t.Run("as it was answered", func(t *testing.T) {
		got, err := b.store.Submission(t.Context(), "motcua", id)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(out.Units[0].Answer.Results[0], got.Result))
		require.Len(t, got.Result.Records, 2)
		require.EqualValues(t, len(u.Submissions[0].Raw), got.Length)
		require.Len(t, got.SHA256, 32)
		require.Equal(t, fault.Invalid, got.Code)
		require.Equal(t, "test", got.Adapter)
	})

	for name, ask := range map[string]struct {
		source string
		id     uuid.UUID
	}{
		"of another source": {"hotich", id}, "an id of another kind": {"motcua", uuid.New()},
		"nobody's": {"motcua", uuid.Must(uuid.NewV7())}, "the zero id": {"motcua", uuid.Nil},
	} {
		t.Run(name+" is not found", func(t *testing.T) {
			_, err := b.store.Submission(t.Context(), ask.source, ask.id)
			require.Equal(t, fault.NotFound, fault.CodeOf(err))
		})
	}
}

// idAt returns a UUIDv7 of a time.
func idAt(t testing.TB, at time.Time) uuid.UUID {
	t.Helper()
	id, err := uuid.NewV7()
	require.NoError(t, err)
	ms := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	return id
}

func TestSubmissionOfAnyMonth(t *testing.T) {
	b := setup(t)
	partitions := map[string]bool{}
	now := time.Now().UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for _, received := range []time.Time{now, month.AddDate(0, 1, 10), month.AddDate(-3, 0, 5), month.AddDate(0, 1, 0).Add(-time.Millisecond), month.AddDate(0, 1, 0)} {
		id := idAt(t, received)
		_, err := b.pool.Exec(t.Context(), `
			INSERT INTO submission (id, received_at, source, content_type, adapter, adapter_version, sha256, raw, result)
			VALUES ($1, $2, 'motcua', '', 'test', 1, sha256(''), '', '{"records":[]}')`, id, received.Add(time.Second))
		require.NoError(t, err)
		got, err := b.store.Submission(t.Context(), "motcua", id)
		require.NoError(t, err, "received %s", received)
		require.WithinDuration(t, received, got.ReceivedAt, time.Minute)
		var partition string
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT tableoid::regclass::text FROM submission WHERE id = $1`, id).Scan(&partition))
		partitions[partition] = true
	}
	require.GreaterOrEqual(t, len(partitions), 3, "or this test has not crossed a border: %v", partitions)
}

func TestJourney(t *testing.T) {
	b := setup(t)
	finished := dossier(t, 1, func(d *schema.Dossier) { d.Status, d.FinishedAt = schema.Completed, at(t, "20251103153000") })
	b.push(t, dossier(t, 1, nil), finished) // two revisions of one moment
	record, err := b.store.Record(t.Context(), finished.Key())
	require.NoError(t, err)
	for i, month := range []int{0, 1} {
		_, err = b.pool.Exec(t.Context(), `
			INSERT INTO attempt (id, started_at, ended_at, destination, entity_id, key, operation, entity_rev, outcome, shelf, cause, http_status, node)
			VALUES ($1, now() + make_interval(months => $3), now(), 'dvcqg', $2, 'k', 'create', 1, $4, '', $5, 200, 'n1')`,
			uuid.Must(uuid.NewV7()), record.EntityID, month, []string{"unknown", "delivered"}[i], []string{"timeout", ""}[i])
		require.NoError(t, err)
	}
	_, err = b.pool.Exec(t.Context(), `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		SELECT destination, $1, 'k', 1, 'confirmed', 1, now(), now(), now() + interval '2 months'
		FROM unnest('{another,third}'::text[]) AS d (destination)`, record.EntityID)
	require.NoError(t, err)

	j, err := b.store.Journey(t.Context(), finished.Key())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(record, j.Record))
	var got []string
	for _, e := range j.Events {
		got = append(got, strings.TrimSpace(e.What+" "+e.Destination+" "+e.Detail))
	}
	require.Equal(t, []string{
		"revision  1", "revision  2", "delivery dvcqg queued", "attempt dvcqg create unknown: timeout", "attempt dvcqg create delivered",
		"delivery another confirmed", "delivery third confirmed",
	}, got)
}

// TestJourneyHeld asks for one dossier that waits, and for one that the portal has already.
func TestJourneyHeld(t *testing.T) {
	closed := []string{}
	b := setup(t)
	b.store.WithMaintenance(func(time.Time) []string { return closed }).WithDestinations(
		gateway.DestinationSpec{Code: "dvcqg", Writes: []gateway.Operation{
			gateway.OpNumber, gateway.OpUpload, gateway.OpCreate, gateway.OpSteps, gateway.OpStatus, gateway.OpRetract,
		}}, gateway.DestinationSpec{Code: "another"})
	b.push(t, dossier(t, 1, nil), dossier(t, 2, nil))
	_, err := b.pool.Exec(t.Context(), `UPDATE delivery SET acked_hash = sha256('') WHERE key = $1`, number(2))
	require.NoError(t, err)
	states := func() (states []string) {
		for i := range 2 {
			pushed := dossier(t, i+1, nil)
			j, err := b.store.Journey(t.Context(), pushed.Key())
			require.NoError(t, err)
			last := j.Events[len(j.Events)-1]
			require.Equal(t, "delivery", last.What)
			states = append(states, last.Detail)
		}
		return states
	}
	force := func(destination string, op gateway.Operation, state gateway.BreakerState) {
		_, err := b.store.ForceBreaker(t.Context(), gateway.Order{
			Key: gateway.BreakerKey{Destination: destination, Operation: op}, State: state, Actor: "an", Reason: "x",
		})
		require.NoError(t, err)
	}
	queued, held := "queued", "held"
	require.Equal(t, []string{queued, queued}, states())
	for _, destination := range []string{"dvcqg", gateway.EveryDestination} {
		force(destination, gateway.OpAll, gateway.BreakerOpen)
		require.Equal(t, []string{held, held}, states(), destination)
		force(destination, gateway.OpAll, "")
	}
	force("another", gateway.OpAll, gateway.BreakerOpen)
	require.Equal(t, []string{queued, queued}, states())
	force("dvcqg", gateway.OpCreate, gateway.BreakerOpen)
	require.Equal(t, []string{held, queued}, states(), "only the first needs a create")
	force("dvcqg", gateway.OpCreate, gateway.BreakerClosed)
	_, err = b.pool.Exec(t.Context(), `
		INSERT INTO breaker (destination, operation, state, open_until, updated_at) VALUES ('dvcqg', 'steps', 'open', now(), now());
		UPDATE breaker SET state = 'open', open_until = now() WHERE operation = 'create'`)
	require.NoError(t, err)
	require.Equal(t, []string{queued, held}, states(), "the operator's word on creates stands above")
	_, err = b.pool.Exec(t.Context(), `DELETE FROM breaker`)
	require.NoError(t, err)
	for op, want := range map[gateway.Operation][]string{
		gateway.OpNumber: {held, queued}, gateway.OpUpload: {held, queued}, gateway.OpStatus: {queued, held}, gateway.OpRetract: {queued, queued},
		gateway.OpCatalogue: {queued, queued}, gateway.OpUpdate: {queued, queued}, gateway.OpLookup: {queued, queued},
	} {
		force("dvcqg", op, gateway.BreakerOpen)
		require.Equal(t, want, states(), "%s, as it is declared or is not", op)
		force("dvcqg", op, "")
	}
	force("dvcqg", gateway.OpRetract, gateway.BreakerOpen)
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET withheld_at = now() WHERE key = $1`, number(2))
	require.NoError(t, err)
	require.Equal(t, []string{queued, held}, states(), "only what is gone waits to be retracted")
	force("dvcqg", gateway.OpRetract, "")
	_, err = b.store.ThrottleBreaker(t.Context(), "dvcqg", "a", time.Minute)
	require.NoError(t, err)
	require.Equal(t, []string{held, held}, states(), "it asked to wait")
	force("dvcqg", gateway.OpAll, "")
	require.Equal(t, []string{queued, queued}, states())
	closed = []string{"dvcqg"}
	require.Equal(t, []string{held, held}, states())
}

func TestJourneyReadsNoWholeTable(t *testing.T) {
	b := setup(t)
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	// Tables of a few rows are read whole, unless there is an index for it and reading whole is dear.
	_, err = tx.Exec(t.Context(), `SET LOCAL enable_seqscan = off`)
	require.NoError(t, err)
	rows, err := tx.Query(t.Context(), `EXPLAIN (FORMAT JSON) `+postgres.JourneySQL, uuid.Nil, []string{},
		[]string{"dvcqg"}, []string{"create"}, []bool{false}, "motcua", "dossier", number(1))
	require.NoError(t, err)
	plan, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(plan, &tree))
	scans := walkPlan(tree, nil)
	require.NotEmpty(t, scans)
	for _, s := range scans {
		require.NotContains(t, s, "Seq Scan")
		if s != "Index Only Scan delivery_pkey <nil>" { // the first destination: one row
			require.NotContains(t, s, "<nil>", "an index without a condition is read whole")
		}
		if strings.Contains(s, "delivery_pkey (") && strings.Contains(s, "entity_id =") {
			require.Contains(t, s, "destination =")
		}
	}
	all := strings.Join(scans, "\n")
	for _, index := range []string{"record_key", "record_revision_pkey", "delivery_pkey", "entity_id_started_at_idx", "breaker_pkey"} {
		require.Contains(t, all, index)
	}
}

// walkPlan lists the scans of indexes in a plan with their conditions, and those of whole tables.
func walkPlan(node any, to []string) []string {
	switch n := node.(type) {
	case []any:
		for _, e := range n {
			to = walkPlan(e, to)
		}
	case map[string]any:
		if n["Index Name"] != nil || n["Node Type"] == "Seq Scan" && n["Relation Name"] != "delivery_count" { // which is read whole
			to = append(to, fmt.Sprint(n["Node Type"], " ", n["Index Name"], " ", n["Index Cond"]))
		}
		for _, e := range n {
			to = walkPlan(e, to)
		}
	}
	return to
}

func TestPing(t *testing.T) {
	b := setup(t)
	require.NoError(t, b.store.Ping(t.Context()))
}
