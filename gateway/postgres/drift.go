package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// openDrift are the rows of the four partial indexes of look.
const openDrift = ` FROM look WHERE class <> '' AND NOT accepted`

// driftFilter is the rest of a WHERE, and its arguments. The narrowest index has
// its condition first: look_place_idx, look_class_idx, look_destination_idx, look_found_idx.
func driftFilter(q gateway.DriftQuery) (sql string, args []any) {
	for _, one := range []struct{ column, value string }{
		{"commune", q.Commune}, {"class", string(q.Class)}, {"destination", q.Destination},
	} {
		if one.value != "" {
			args = append(args, one.value)
			sql += ` AND ` + one.column + ` = $` + strconv.Itoa(len(args))
		}
	}
	if q.After.EntityID != uuid.Nil {
		args = append(args, q.After.FoundAt, q.After.EntityID)
		sql += ` AND (found_at, entity_id) > ($` + strconv.Itoa(len(args)-1) + `, $` + strconv.Itoa(len(args)) + `)`
	}
	return sql, args
}

// driftsSQL lists a page. Indexes: look_place_idx, look_class_idx, look_destination_idx or look_found_idx.
func driftsSQL(q gateway.DriftQuery) (string, []any) {
	where, args := driftFilter(q)
	args = append(args, q.Limit)
	return `SELECT destination, entity_id, key, class, found_at, looked_at, commune, agency, procedure, coalesce(detail::text, '{}')` +
		openDrift + where + ` ORDER BY found_at, entity_id LIMIT $` + strconv.Itoa(len(args)), args
}

// Drifts implements [gateway.DriftStore].
func (s *Store) Drifts(ctx context.Context, q gateway.DriftQuery) ([]gateway.Drift, error) {
	const op = "postgres.Drifts"
	sql, args := driftsSQL(q)
	all := []gateway.Drift{}
	err := s.planned(ctx, sql, func(rows pgx.Rows) error {
		var d gateway.Drift
		var class, detail string
		_, err := pgx.ForEachRow(rows, []any{
			&d.Destination, raw(&d.EntityID), &d.Key, &class, &d.FoundAt, &d.LookedAt, &d.Commune, &d.Agency, &d.Procedure, &detail,
		}, func() error {
			d.Difference = gateway.Difference{}
			if err := json.Unmarshal([]byte(detail), &d.Difference); err != nil {
				return err
			}
			d.Class, d.FoundAt, d.LookedAt = gateway.DriftClass(class), d.FoundAt.UTC(), d.LookedAt.UTC()
			all = append(all, d)
			return nil
		})
		return err
	}, args...)
	return all, fail(err, op)
}

// countDriftSQL counts up to a limit, so that it costs no more than a long page.
func countDriftSQL(q gateway.DriftQuery, limit int) (string, []any) {
	where, args := driftFilter(q)
	args = append(args, limit)
	return `SELECT count(*) FROM (SELECT` + openDrift + where + ` LIMIT $` + strconv.Itoa(len(args)) + `) AS counted`, args
}

// CountDrift implements [gateway.DriftStore].
func (s *Store) CountDrift(ctx context.Context, q gateway.DriftQuery, limit int) (n int, err error) {
	sql, args := countDriftSQL(q, limit)
	err = s.planned(ctx, sql, func(rows pgx.Rows) (err error) {
		n, err = pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		return err
	}, args...)
	return n, fail(err, "postgres.CountDrift")
}

// agreementSQL is one line per code, with one probe each for its oldest look.
// Indexes: agreement_pkey, and look_commune_idx, look_agency_idx or look_procedure_idx.
func agreementSQL(dimension string) string {
	return `
	SELECT a.destination, a.code, a.looked, a.differing, oldest.looked_at
	FROM agreement a
	LEFT JOIN LATERAL (
	    SELECT looked_at FROM look l
	    WHERE l.destination = a.destination AND l.` + pgx.Identifier{dimension}.Sanitize() + ` = a.code
	    ORDER BY looked_at LIMIT 1) AS oldest ON true
	WHERE a.dimension = $1 AND a.looked > 0
	ORDER BY a.destination, a.code`
}

// Agreement implements [gateway.DriftStore].
func (s *Store) Agreement(ctx context.Context, dimension string) ([]gateway.AgreementLine, error) {
	const op = "postgres.Agreement"
	if !slices.Contains(gateway.Dimensions(), dimension) {
		return nil, fault.New(fault.Invalid, op, "agreement is counted by commune, agency or procedure")
	}
	all := []gateway.AgreementLine{}
	err := s.planned(ctx, agreementSQL(dimension), func(rows pgx.Rows) error {
		var a gateway.AgreementLine
		var oldest *time.Time
		_, err := pgx.ForEachRow(rows, []any{&a.Destination, &a.Code, &a.Looked, &a.Differing, &oldest}, func() error {
			a.Rate = 1 - float64(a.Differing)/float64(a.Looked)
			if a.OldestLook = nil; oldest != nil {
				at := oldest.UTC()
				a.OldestLook = &at
			}
			all = append(all, a)
			return nil
		})
		return err
	}, dimension)
	return all, fail(err, op)
}

var _ gateway.DriftStore = (*Store)(nil)
