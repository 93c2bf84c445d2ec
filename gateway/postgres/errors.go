package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lienthong/lienthong/internal/fault"
)

// SQLSTATE codes that mean something to us.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	lockNotAvailable     = "55P03"
)

// errRace says that somebody inserted what we meant to insert; the transaction is run again.
var errRace = errors.New("another writer was faster")

// again reports whether running the same transaction once more can succeed.
func again(err error) bool {
	if errors.Is(err, errRace) {
		return true
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case serializationFailure, deadlockDetected, uniqueViolation, lockNotAvailable:
		return true
	}
	return false
}

// fail turns an error of the driver into a fault. The driver's own text never
// carries values of rows here: it is kept for logs, and only its code.
func fail(err error, op string) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return fault.New(fault.NotFound, op, "no such row")
	}
	if errors.Is(err, errRace) {
		return fault.New(fault.Conflict, op, "too many writers on the same records")
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return &fault.Error{Code: codeOf(pg), Op: op, Msg: "SQLSTATE " + pg.Code + " " + pg.ConstraintName}
	}
	return &fault.Error{Code: fault.Unavailable, Op: op, Msg: "the database did not answer", Err: err}
}

// codeOf maps a server error: class 08, 53 and 57 mean that the server is away or full.
func codeOf(pg *pgconn.PgError) fault.Code {
	switch pg.Code[:2] {
	case "08", "53", "57":
		return fault.Unavailable
	case "22", "23":
		return fault.Invalid
	case "40", "55":
		return fault.Conflict
	}
	return fault.Internal
}
