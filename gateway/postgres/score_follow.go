package postgres

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// scorePage bounds how many bodies one transaction reads.
const scorePage = 500

// follow is the row of score_follow.
type follow struct {
	version  string
	position int64
	scanned  uuid.UUID
	complete bool
}

// FollowScore counts the next dossiers that changed, and reports whether there may be
// more. Who finds another at it returns at once, unless it waits. What stood before anybody
// counted is read first, by id; then the feed is followed. A dossier is always read as it stands, so that
// it does no harm to read one twice. Indexes: score_follow_pkey, entity_live_idx, change_kind_idx, entity_pkey, score_dossier_pkey, score_count_pkey.
func (s *Store) FollowScore(ctx context.Context, wait bool) (more bool, err error) {
	lock := ` FOR UPDATE SKIP LOCKED`
	if wait {
		lock = ` FOR UPDATE`
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var f follow
		err := tx.QueryRow(ctx, `SELECT version, position, scanned, complete FROM score_follow`+lock).
			Scan(&f.version, &f.position, raw(&f.scanned), &f.complete)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err == nil && f.version != gateway.ScoreRules {
			f, err = beginScore(ctx, tx)
		}
		if err != nil {
			return err
		}
		more, err = f.page(ctx, tx)
		return err
	})
	return more, fail(err, "postgres.FollowScore")
}

// beginScore forgets what other rules counted. What changes from here on is read when the feed has it.
func beginScore(ctx context.Context, tx pgx.Tx) (follow, error) {
	f := follow{version: gateway.ScoreRules}
	if _, err := tx.Exec(ctx, `TRUNCATE score_dossier, score_count`); err != nil {
		return f, err
	}
	return f, tx.QueryRow(ctx, `SELECT position FROM feed_head`).Scan(&f.position)
}

const (
	scoreScanSQL = `
	SELECT id FROM entity
	WHERE kind = 'dossier' AND merged_into IS NULL AND id > $1
	ORDER BY id
	LIMIT $2`
	scoreChangesSQL = `
	SELECT position, entity_id FROM change
	WHERE entity_kind = 'dossier' AND position > $1
	ORDER BY position
	LIMIT $2`
)

// page counts one page and writes how far it came.
func (f *follow) page(ctx context.Context, tx pgx.Tx) (more bool, err error) {
	var ids []uuid.UUID
	if f.complete {
		more, err = f.changed(ctx, tx, &ids)
	} else {
		more, err = true, f.scan(ctx, tx, &ids)
	}
	if err != nil {
		return false, err
	}
	if err := countScore(ctx, tx, ids); err != nil {
		return false, err
	}
	if len(ids) == 0 && f.complete && !more {
		return false, nil
	}
	_, err = tx.Exec(ctx, `UPDATE score_follow SET version = $1, position = $2, scanned = $3, complete = $4`,
		f.version, f.position, f.scanned, f.complete)
	return more, err
}

func (f *follow) scan(ctx context.Context, tx pgx.Tx, ids *[]uuid.UUID) error {
	rows, err := tx.Query(ctx, scoreScanSQL, f.scanned, scorePage)
	if err != nil {
		return err
	}
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{raw(&id)}, func() error {
		*ids, f.scanned = append(*ids, id), id
		return nil
	})
	f.complete = len(*ids) < scorePage
	return err
}

func (f *follow) changed(ctx context.Context, tx pgx.Tx, ids *[]uuid.UUID) (more bool, err error) {
	rows, err := tx.Query(ctx, scoreChangesSQL, f.position, scorePage)
	if err != nil {
		return false, err
	}
	n := 0
	var id uuid.UUID
	seen := map[uuid.UUID]bool{}
	_, err = pgx.ForEachRow(rows, []any{&f.position, raw(&id)}, func() error {
		n++
		if !seen[id] {
			seen[id], *ids = true, append(*ids, id)
		}
		return nil
	})
	return n == scorePage, err
}

// unnumbered counts what changed and has no number yet, a page in a transaction. It is read again when it has.
func (s *Store) unnumbered(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `SELECT DISTINCT entity_id FROM change_inbox WHERE entity_kind = 'dossier'`)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	for page := range slices.Chunk(ids, scorePage) {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT FROM score_follow FOR UPDATE`); err != nil {
				return err
			}
			return countScore(ctx, tx, page)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ScoreCounts returns the counts of a month, by commune and in the order of indicators; an empty commune is
// all. They hold everything that is committed: what no node has counted yet is counted first.
// Index: score_count_pkey.
func (s *Store) ScoreCounts(ctx context.Context, month, commune string) ([]gateway.ScoreCount, error) {
	const op = "postgres.ScoreCounts"
	if err := s.unnumbered(ctx); err != nil { // before the others: what gets its number meanwhile is among them
		return nil, fail(err, op)
	}
	for more := true; more; {
		var err error
		if more, err = s.FollowScore(ctx, true); err != nil {
			return nil, err
		}
	}
	var all []gateway.ScoreCount
	err := s.planned(ctx, scoreCountsSQL, func(rows pgx.Rows) (err error) {
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.ScoreCount])
		return err
	}, month, commune)
	if err != nil {
		return nil, fail(err, op)
	}
	place := map[string]int{}
	for i, indicator := range score.Indicators() {
		place[indicator.Code] = i
	}
	slices.SortFunc(all, func(a, b gateway.ScoreCount) int {
		return cmp.Or(cmp.Compare(a.Commune, b.Commune), cmp.Compare(place[a.Indicator], place[b.Indicator]))
	})
	return all, nil
}

const scoreCountsSQL = `
	SELECT commune, indicator, good, counted
	FROM (SELECT commune, indicator, good, counted, max(counted) OVER (PARTITION BY commune) AS most
	      FROM score_count
	      WHERE month = $1 AND ($2 = '' OR commune = $2)) AS counts
	WHERE most > 0 -- of a commune whose dossiers all went elsewhere there is nothing to say`

// scoreLine is what a dossier adds, and where.
type scoreLine struct {
	month, commune string
	mark           score.Mark
}

// scoreKey is a row of score_count.
type scoreKey struct{ month, commune, indicator string }

// countScore puts what dossiers add now in place of what they added before.
func countScore(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	now, err := scoreNow(ctx, tx, ids)
	if err != nil {
		return err
	}
	moved := map[scoreKey][2]int{}
	add := func(l scoreLine, sign int) {
		for i, indicator := range score.Indicators() {
			k := scoreKey{l.month, l.commune, indicator.Code}
			v := moved[k]
			moved[k] = [2]int{v[0] + sign*int(l.mark.Good>>i&1), v[1] + sign*int(l.mark.Counted>>i&1)}
		}
	}
	rows, err := tx.Query(ctx, `
		DELETE FROM score_dossier WHERE entity_id = ANY ($1)
		RETURNING month, commune, counted, good`, uuids(ids))
	if err != nil {
		return err
	}
	var was scoreLine
	_, err = pgx.ForEachRow(rows, []any{&was.month, &was.commune, &was.mark.Counted, &was.mark.Good}, func() error {
		add(was, -1)
		return nil
	})
	if err != nil {
		return err
	}
	lines := newCopy(5, len(now), 64)
	for id, l := range now {
		add(l, 1)
		lines.row()
		lines.uuid(id)
		lines.text(l.month)
		lines.text(l.commune)
		lines.int16(int16(l.mark.Counted))
		lines.int16(int16(l.mark.Good))
	}
	if err := lines.send(ctx, tx, "score_dossier", "entity_id, month, commune, counted, good"); err != nil {
		return err
	}
	return moveScore(ctx, tx, moved)
}

// scoreNow reads dossiers as they stand.
func scoreNow(ctx context.Context, tx pgx.Tx, ids []uuid.UUID) (map[uuid.UUID]scoreLine, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, body::text
		FROM entity
		WHERE id = ANY ($1) AND kind = 'dossier' AND merged_into IS NULL AND revision > 0 AND withdrawn_at IS NULL`, uuids(ids))
	if err != nil {
		return nil, err
	}
	now := make(map[uuid.UUID]scoreLine, len(ids))
	var id uuid.UUID
	var body string
	_, err = pgx.ForEachRow(rows, []any{raw(&id), &body}, func() error {
		opened, err := schema.OpenBody(schema.KindDossier, []byte(body))
		if d, ok := opened.(*schema.Dossier); ok && err == nil {
			if month, commune, counts := gateway.ScorePlace(d); counts {
				now[id] = scoreLine{month, clean(commune), score.MarkOf(d)}
			}
		}
		return err
	})
	return now, err
}

// moveScore writes what moved. Who does it is alone, by the row of score_follow. Index: score_count_pkey.
func moveScore(ctx context.Context, tx pgx.Tx, moved map[scoreKey][2]int) error {
	var months, communes, indicators []string
	var good, counted []int64
	for _, k := range slices.SortedFunc(maps.Keys(moved), func(a, b scoreKey) int {
		return cmp.Or(cmp.Compare(a.month, b.month), cmp.Compare(a.commune, b.commune), cmp.Compare(a.indicator, b.indicator))
	}) {
		months, communes, indicators = append(months, k.month), append(communes, k.commune), append(indicators, k.indicator)
		good, counted = append(good, int64(moved[k][0])), append(counted, int64(moved[k][1]))
	}
	_, err := tx.Exec(ctx, `
		WITH moved AS (
		    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS m (month, commune, indicator, good, counted)),
		written AS (
		    UPDATE score_count c SET good = c.good + m.good, counted = c.counted + m.counted
		    FROM moved m
		    WHERE c.month = m.month AND c.commune = m.commune AND c.indicator = m.indicator AND (m.good <> 0 OR m.counted <> 0))
		INSERT INTO score_count (month, commune, indicator, good, counted)
		SELECT month, commune, indicator, good, counted FROM moved m
		WHERE NOT EXISTS (SELECT FROM score_count c WHERE c.month = m.month AND c.commune = m.commune AND c.indicator = m.indicator)`,
		months, communes, indicators, good, counted)
	return err
}
