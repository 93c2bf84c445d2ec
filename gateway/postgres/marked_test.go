package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

// Few marks among many deliveries are found by their own index.
func TestLooksAreFoundByTheirIndex(t *testing.T) {
	b := setup(t)
	tx, err := b.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	for _, sql := range []string{`SET LOCAL plan_cache_mode = force_custom_plan`, `
		CREATE TABLE other (LIKE delivery INCLUDING ALL)`, `
		INSERT INTO other (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at, look)
		SELECT 'dvcqg', gen_random_uuid(), 'D-' || n, n % 1024, 'queued', 1, now(), now(), now(), CASE WHEN n % 500 = 0 THEN 'adopt' END
		FROM generate_series(1, 20000) AS n`, `ANALYZE other`} {
		_, err = tx.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	sql := strings.NewReplacer("FROM delivery\n", "FROM other\n", "JOIN delivery d", "JOIN other d").Replace(postgres.LooksSQL)
	rows, err := tx.Query(t.Context(), `EXPLAIN (FORMAT JSON) `+sql, "dvcqg", 1, 4, 20, []string{"adopt", "restore"})
	require.NoError(t, err)
	plan, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[[]byte])
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(plan, &tree))
	scans := strings.Join(walkPlan(tree, nil), "\n")
	require.NotContains(t, scans, "Seq Scan other")
	require.Contains(t, scans, "other_destination_look_slot_idx")
}

func TestOwnerOrders(t *testing.T) {
	b := setup(t)
	scope := gateway.Scope{Destination: "dvcqg", Agency: "000.12.34.H05", Procedure: "1.000001", From: gateway.DayInVietnam(2026, time.July, 1)}
	order := gateway.OwnerOrder{OwnerRule: gateway.OwnerRule{Scope: scope, Owner: gateway.OwnerMinistry, Actor: "an", Reason: "bộ đang ghi"}}
	require.NoError(t, only(b.store.SetOwner(t.Context(), order)))
	now, err := b.store.Writing(t.Context(), gateway.Mark{})
	require.NoError(t, err)
	require.Len(t, now.Rules, 1)
	require.Equal(t, gateway.OwnerMinistry, now.Rules[0].Owner)
	require.True(t, scope.From.Equal(now.Rules[0].From), "the day comes back as it was given")

	order.Owner = gateway.OwnerGateway // one rule for a scope
	require.NoError(t, only(b.store.SetOwner(t.Context(), order)))
	order.Withdraw = true
	require.NoError(t, only(b.store.SetOwner(t.Context(), order)))
	changed, err := b.store.SetOwner(t.Context(), order)
	require.NoError(t, err, "who was cut off behind it goes on with the shadows")
	require.False(t, changed)
	never := order
	never.Agency = "000.99.99.H05"
	require.Equal(t, fault.NotFound, fault.CodeOf(only(b.store.SetOwner(t.Context(), never))), "there was none")
	order.Withdraw, order.Owner = false, "nobody"
	require.Equal(t, fault.Invalid, fault.CodeOf(only(b.store.SetOwner(t.Context(), order))))

	var lines string
	require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT string_agg(lines, ' ') FROM journal_inbox WHERE lines LIKE '%own"%'`).Scan(&lines))
	for _, action := range []string{`"action":"disown"`, `"action":"own"`} {
		require.Contains(t, lines, action)
	}
	require.NotContains(t, lines, "bộ đang ghi", "words of people stay in the row")
	actions, err := b.store.OperatorActions(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, actions, 3)
	const of = ", agency 000.12.34.H05, procedure 1.000001, from 2026-07-01"
	for i, about := range []string{"no rule" + of, "gateway" + of, "ministry" + of} { // a rule that was taken back stands nowhere else
		require.Equal(t, about, string(actions[i].Operation))
		require.Contains(t, lines, about)
	}

	require.NoError(t, only(b.store.TakeSite(t.Context(), "du-phong", "an", "thử")))
	_, _, err = b.store.BeginAdoption(t.Context(), gateway.Adoption{Destination: "dvcqg", Procedure: "1.000001"}, "an", "nhận bàn giao")
	require.NoError(t, err)
	actions, err = b.store.OperatorActions(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, []gateway.Operation{"adoption, procedure 1.000001", "site du-phong"}, []gateway.Operation{actions[0].Operation, actions[1].Operation})
}

func TestAdoptionOrders(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	begin := func(agency string) (gateway.Adoption, error) {
		a, _, err := b.store.BeginAdoption(t.Context(), gateway.Adoption{Destination: "dvcqg", Agency: agency}, "an", "nhận bàn giao")
		return a, err
	}
	a, err := begin("elsewhere")
	require.NoError(t, err)
	same, err := begin("elsewhere")
	require.NoError(t, err)
	require.Equal(t, a.ID, same.ID, "said twice it is one")
	_, err = begin("")
	require.Equal(t, fault.Conflict, fault.CodeOf(err))
	done, err := b.store.ChooseAdopted(t.Context(), a.ID)
	require.NoError(t, err)
	require.True(t, done, "nothing is of that agency")

	a, err = begin("")
	require.NoError(t, err, "the first one is over")
	_, err = b.store.ChooseAdopted(t.Context(), a.ID)
	require.NoError(t, err)
	due := func() (n int) {
		require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT count(*) FROM delivery_due`).Scan(&n))
		return n
	}
	require.Zero(t, due(), "it waits for its look")
	require.NoError(t, only(b.store.SteerAdoption(t.Context(), "dvcqg", "adopt_cancel", "an", "nhầm")))
	require.Equal(t, 1, due(), "it is due again")
	require.Equal(t, fault.NotFound, fault.CodeOf(only(b.store.SteerAdoption(t.Context(), "dvcqg", "adopt_pause", "an", "nhầm"))))
}

// A shadow that waits to be compared is compared after an adoption of it was called off.
func TestACancelledAdoptionLeavesShadowsToBeCompared(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	for _, sql := range []string{`DELETE FROM delivery_due`, `UPDATE delivery SET state = 'shadow', cause = 'shadow.unseen', look = 'compare'`} {
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	a, _, err := b.store.BeginAdoption(t.Context(), gateway.Adoption{Destination: "dvcqg"}, "an", "nhận bàn giao")
	require.NoError(t, err)
	_, err = b.store.ChooseAdopted(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery WHERE look = 'adopt'`))
	require.NoError(t, only(b.store.SteerAdoption(t.Context(), "dvcqg", "adopt_cancel", "an", "nhầm")))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery WHERE look = 'compare'`))
	require.Zero(t, b.count(t, `SELECT count(*) FROM delivery_due`))

	require.NoError(t, only(b.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: 1, Actor: "node", Reason: "thử"})))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery WHERE look = 'restore'`))
	require.NoError(t, only(b.store.ReleaseObserved(t.Context(), "dvcqg", "an", "thử")))
	require.Equal(t, 1, b.count(t, `SELECT count(*) FROM delivery WHERE look = 'compare'`), "nor does a restore that nobody waits for")
}

// Two nodes that find out a restore at the same moment begin one epoch.
func TestARestoreIsDeclaredOnce(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil))
	declare := func(epoch int64) gateway.Writing {
		require.NoError(t, only(b.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: epoch, Actor: "node", Reason: "thử"})))
		now, err := b.store.Writing(t.Context(), gateway.Mark{})
		require.NoError(t, err)
		return now
	}
	first := declare(1)
	require.Greater(t, first.Epoch, int64(1))
	require.Equal(t, []string{"dvcqg"}, first.Observing)
	require.Equal(t, []string{"dvcqg"}, first.Looks)
	require.Equal(t, first.Epoch, declare(1).Epoch)
	require.Greater(t, declare(first.Epoch).Epoch, first.Epoch)

	lease := gateway.LaneLease{Destination: "dvcqg", Lane: 0, Lanes: 1, Holder: uuid.New(), Node: "a"}
	claimed, err := b.store.ClaimMarked(t.Context(), lease, []gateway.LookReason{gateway.LookRestore}, 5)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	require.True(t, claimed[0].Stale && claimed[0].Backup)
	ended, err := b.store.EndObserving(t.Context(), "dvcqg", false)
	require.NoError(t, err)
	require.False(t, ended, "one was not looked at")
	_, err = b.pool.Exec(t.Context(), `UPDATE delivery SET tries = 5`)
	require.NoError(t, err)
	ended, err = b.store.EndObserving(t.Context(), "dvcqg", false)
	require.NoError(t, err)
	require.True(t, ended, "one that cannot be read keeps itself alone")
	taken, _, err := b.store.TakeLane(t.Context(), lease, time.Minute, 0)
	require.NoError(t, err)
	require.True(t, taken)
	marked, err := b.store.BeginCall(t.Context(), lease, time.Minute, gateway.BeginCall{Attempt: uuid.New(), Operation: gateway.OpCreate, Deliveries: claimed})
	require.NoError(t, err)
	require.Empty(t, marked, "nothing leaves for it")
	declare(declare(1).Epoch)
	require.NoError(t, only(b.store.ReleaseObserved(t.Context(), "dvcqg", "an", "đã xem màn hình cổng")))
	now, err := b.store.Writing(t.Context(), gateway.Mark{})
	require.NoError(t, err)
	require.Empty(t, now.Observing)
}

// What was written after a batch that the database lacks did not come with the backup, though the restore was found out later.
func TestWhatCameAfterARestoreIsNotOfTheBackup(t *testing.T) {
	for name, c := range map[string]struct {
		lacks  time.Duration // after the entity was written
		backup bool
	}{
		"written before the batch": {time.Millisecond, true},
		"written after it":         {-time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			b.push(t, dossier(t, 1, nil))
			var written time.Time
			require.NoError(t, b.pool.QueryRow(t.Context(), `SELECT updated_at FROM entity`).Scan(&written))
			require.NoError(t, only(b.store.DeclareRestored(t.Context(), gateway.Restoration{Epoch: 1, Lacks: written.Add(c.lacks), Actor: "node", Reason: "thử"})))
			lease := gateway.LaneLease{Destination: "dvcqg", Lane: 0, Lanes: 1, Holder: uuid.New(), Node: "a"}
			claimed, err := b.store.ClaimMarked(t.Context(), lease, []gateway.LookReason{gateway.LookRestore}, 5)
			require.NoError(t, err)
			require.Len(t, claimed, 1)
			require.Equal(t, c.backup, claimed[0].Backup)
		})
	}
}

// only is the error of an order, whether it changed anything or not.
func only(_ bool, err error) error { return err }
