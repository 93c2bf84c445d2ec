package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/gateway"
)

// grouped is what stands, counted line by line.
const grouped = `
	SELECT count(*) FROM (
	    SELECT destination, unit, state, shelf, cause, look, sum(n) AS n FROM delivery_count GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(n) <> 0
	    EXCEPT ALL
	    SELECT destination, split_part(key, '-', 1), CASE WHEN state IN ('held', 'sending', 'unknown') THEN 'queued' ELSE state END, shelf,
	           CASE WHEN shelf <> '' OR state = 'shadow' OR cause LIKE 'adopted.%' THEN cause ELSE '' END, coalesce(nullif(look, 'compare'), ''), count(*)
	    FROM delivery
	    WHERE state NOT IN ('delivered', 'confirmed', 'redacted') OR shelf <> '' OR cause LIKE 'adopted.%' OR look = 'adopt'
	    GROUP BY 1, 2, 3, 4, 5, 6) AS wrong`

// Whoever writes to delivery, in whichever statement, the counts follow; folding changes none of them.
func TestCountsFollowEveryWriter(t *testing.T) {
	b := setup(t)
	statements := []string{
		`INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		 SELECT 'dvcqg', gen_random_uuid(), 'H05.' || n || '-251103-' || n, n, 'queued', 1, now(), now(), now() FROM generate_series(1, 40) AS n
		 ON CONFLICT DO NOTHING`,
		`INSERT INTO delivery AS d (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		 SELECT destination, entity_id, key, slot, 'queued', 1, now(), now(), now() FROM delivery UNION ALL
		 SELECT 'sink', gen_random_uuid(), 'H05.3-1', 1, 'queued', 1, now(), now(), now()
		 ON CONFLICT (destination, entity_id) DO UPDATE SET state = 'parked'`,
		`UPDATE delivery SET state = 'sending' WHERE state = 'queued' AND random() < 0.5`,
		`UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'cause-' || slot % 3 WHERE random() < 0.3`,
		`UPDATE delivery SET state = 'delivered', shelf = '', cause = '' WHERE random() < 0.3`,
		`UPDATE delivery SET state = 'delivered', shelf = '', cause = 'adopted.same' WHERE random() < 0.2`,
		`UPDATE delivery SET state = 'shadow', shelf = '', cause = 'shadow.same' WHERE random() < 0.2`,
		`UPDATE delivery SET look = CASE WHEN random() < 0.5 THEN 'adopt' WHEN random() < 0.5 THEN 'compare' END`,
		`WITH gone AS (DELETE FROM delivery WHERE random() < 0.1 RETURNING destination, slot)
		 UPDATE delivery SET state = 'unknown' WHERE slot IN (SELECT slot + 1 FROM gone)`,
	}
	draw := rand.New(rand.NewPCG(1, 1))
	for i := range 60 {
		sql := statements[draw.IntN(len(statements))]
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
		if i%20 == 19 {
			require.NoError(t, b.store.FoldCounts(t.Context()))
		}
		require.Zero(t, b.count(t, grouped), sql)
	}
	require.Positive(t, b.count(t, `SELECT count(*) FROM delivery_count`))
	require.Zero(t, b.count(t, `SELECT recount_deliveries()`))
}

func TestFoldedCounts(t *testing.T) {
	b := setup(t)
	insert := func(n int) {
		_, err := b.pool.Exec(t.Context(), `
			INSERT INTO delivery_count (destination, unit, state, shelf, cause, look, n)
			SELECT 'dvcqg', 'H05.' || i % 7, 'queued', '', '', '', CASE WHEN i % 3 = 0 THEN -1 ELSE 1 END FROM generate_series(1, $1::int) AS i`, n)
		require.NoError(t, err)
	}
	insert(500)
	require.NoError(t, b.store.FoldCounts(t.Context()))
	require.Equal(t, 500, b.count(t, `SELECT count(*) FROM delivery_count`), "few lines are left to stand")
	insert(1000)
	sum := b.count(t, `SELECT sum(n) FROM delivery_count`)
	require.NoError(t, b.store.FoldCounts(t.Context()))
	require.Equal(t, 7, b.count(t, `SELECT count(*) FROM delivery_count`))
	require.Equal(t, sum, b.count(t, `SELECT sum(n) FROM delivery_count`))
}

// What was written past the triggers is found and put right, once.
func TestRecount(t *testing.T) {
	b := setup(t)
	b.push(t, dossier(t, 1, nil), dossier(t, 2, nil))
	for _, sql := range []string{
		`ALTER TABLE delivery DISABLE TRIGGER USER`,
		`UPDATE delivery SET state = 'failed_data', shelf = 'source', cause = 'x'`,
		`ALTER TABLE delivery ENABLE TRIGGER USER`,
	} {
		_, err := b.pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	groups, err := b.store.FailureGroups(t.Context(), gateway.FailureQuery{})
	require.NoError(t, err)
	require.Empty(t, groups)
	for _, want := range []int{2, 0} { // what is there too many, and what is lacking
		require.Equal(t, want, b.count(t, `SELECT recount_deliveries()`))
	}
	groups, err = b.store.FailureGroups(t.Context(), gateway.FailureQuery{})
	require.NoError(t, err)
	require.Len(t, groups, 1)
	require.Equal(t, 2, groups[0].Count)
}

// The store and the program see the same agency in a key.
func TestUnitsOfKeys(t *testing.T) {
	b := setup(t)
	for _, key := range []string{
		"H05.31-251103-0007", "000.00.01.H24-261123-0001", "H05-1", "H05.31", "land_parcel/0b3c-1.2", "0b3c1f9e-6a5d-4c43-b0d7-94ee8f2f1a10", ".-", "-", "a.b-c/d",
	} {
		require.Equal(t, gateway.UnitOf(key), b.text(t, `SELECT delivery_unit($1)`, key), key)
	}
}

// While lines are written and folded, by several at once, every reader sees the same sum.
func TestCountsUnderWriters(t *testing.T) {
	b := setup(t)
	const all = 200
	_, err := b.pool.Exec(t.Context(), `
		INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		SELECT 'dvcqg', gen_random_uuid(), 'H05.' || n || '-251103-' || n, n, 'queued', 1, now(), now(), now() FROM generate_series(1, $1::int) AS n`, all)
	require.NoError(t, err)
	var writers, folders errgroup.Group
	for i := range 4 {
		writers.Go(func() error {
			for n := range 30 {
				_, err := b.pool.Exec(t.Context(), `
					UPDATE delivery SET shelf = 'source', state = 'failed_data', cause = 'cause-' || $2::int WHERE slot % 4 = $1`, i, n)
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	done := make(chan struct{})
	for range 2 {
		folders.Go(func() error {
			for {
				select {
				case <-done:
					return nil
				default:
				}
				if err := b.store.FoldCounts(t.Context()); err != nil {
					return err
				}
				var sum int
				if err := b.pool.QueryRow(t.Context(), `SELECT sum(n) FROM delivery_count`).Scan(&sum); err != nil || sum != all {
					return fmt.Errorf("the sum is %d: %w", sum, err)
				}
			}
		})
	}
	require.NoError(t, writers.Wait())
	close(done)
	require.NoError(t, folders.Wait())
	require.NoError(t, b.store.FoldCounts(t.Context()))
	require.Zero(t, b.count(t, grouped))
	require.Less(t, b.count(t, `SELECT count(*) FROM delivery_count`), 3000, "they were folded meanwhile")
}
