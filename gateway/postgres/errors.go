package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lienthong/lienthong/internal/fault"
)

// SQLSTATE codes that mean something to us.
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	exclusionViolation   = "23P01"
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

// fail turns an error into a fault. Texts of the server and of encoders quote
// values of rows, so none is kept: of the server's errors only the code and
// the constraint, of others only the type.
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
	if away(err) {
		return &fault.Error{Code: fault.Unavailable, Op: op, Msg: "the database did not answer", Err: err}
	}
	return fault.New(fault.Internal, op, fmt.Sprintf("%T", innermost(err)))
}

// away reports whether the connection is what failed. Such texts name hosts and ports.
func away(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// codeOf maps a server error by its class. What breaks a CHECK or a type
// (22, 23) came from outside past our own checks; a UNIQUE that is broken after
// all tries is a writer who was faster.
func codeOf(pg *pgconn.PgError) fault.Code {
	if pg.Code == uniqueViolation || pg.Code == exclusionViolation {
		return fault.Conflict
	}
	switch class(pg) {
	case "08", "53", "57", "58": // connection, resources, operator intervention, its disk
		return fault.Unavailable
	case "22", "23": // data, integrity
		return fault.Invalid
	case "40", "55": // rollback, object in use
		return fault.Conflict
	}
	return fault.Internal
}

func class(pg *pgconn.PgError) string { return pg.Code[:min(2, len(pg.Code))] }
