package postgres

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// uuids is a parameter of type uuid[]. A bare []uuid.UUID goes through its
// text form, element by element.
type uuids []uuid.UUID

// Dimensions implements [pgtype.ArrayGetter].
func (a uuids) Dimensions() []pgtype.ArrayDimension {
	return []pgtype.ArrayDimension{{Length: int32(len(a)), LowerBound: 1}}
}

// Index implements [pgtype.ArrayGetter].
func (a uuids) Index(i int) any { return pgtype.UUID{Bytes: a[i], Valid: true} }

// IndexType implements [pgtype.ArrayGetter].
func (a uuids) IndexType() any { return pgtype.UUID{} }

// byteas is a parameter of type bytea[] or json[]. A bare [][]byte goes through reflection.
type byteas = pgtype.FlatArray[[]byte]

// raw lets a UUID be scanned as its bytes, not through its text form.
func raw(id *uuid.UUID) *[16]byte { return (*[16]byte)(id) }

var _ pgtype.ArrayGetter = uuids(nil)
