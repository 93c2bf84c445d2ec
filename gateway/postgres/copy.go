package postgres

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// copyRows is a set of rows in PostgreSQL's binary COPY format (documentation
// of COPY, "Binary Format"). Most of what ingest writes is appended; writing the format
// here takes a fraction of the time of pgx.CopyFrom, which boxes and plans each
// value, and is cheaper for the server than INSERT. A row is begun by row and
// then given one value for each column.
type copyRows struct {
	columns int16
	buf     []byte
	n       int
}

const copySignature = "PGCOPY\n\xff\r\n\x00"

// postgresEpoch is 2000-01-01 in microseconds of Unix time.
const postgresEpoch = 946_684_800_000_000

// newCopy returns room for about rows rows of size bytes each.
func newCopy(columns int16, rows, size int) *copyRows {
	c := &copyRows{columns: columns, buf: make([]byte, 0, 32+rows*(size+4*int(columns)+2))}
	c.buf = append(c.buf, copySignature...)
	c.buf = append(c.buf, 0, 0, 0, 0, 0, 0, 0, 0) // flags, length of the header's extension
	return c
}

func (c *copyRows) row() {
	c.buf = binary.BigEndian.AppendUint16(c.buf, uint16(c.columns))
	c.n++
}

func (c *copyRows) size(n int) { c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(n)) }

func (c *copyRows) null() { c.buf = append(c.buf, 0xff, 0xff, 0xff, 0xff) }

func (c *copyRows) uuid(id uuid.UUID) {
	c.size(len(id))
	c.buf = append(c.buf, id[:]...)
}

// text is for columns of type text.
func (c *copyRows) text(s string) {
	c.size(len(s))
	c.buf = append(c.buf, s...)
}

// bytes is for columns of types bytea, json and text.
func (c *copyRows) bytes(b []byte) {
	c.size(len(b))
	c.buf = append(c.buf, b...)
}

func (c *copyRows) boolean(v bool) {
	c.size(1)
	if v {
		c.buf = append(c.buf, 1)
	} else {
		c.buf = append(c.buf, 0)
	}
}

func (c *copyRows) int16(v int16) {
	c.size(2)
	c.buf = binary.BigEndian.AppendUint16(c.buf, uint16(v))
}

func (c *copyRows) int32(v int32) {
	c.size(4)
	c.buf = binary.BigEndian.AppendUint32(c.buf, uint32(v))
}

func (c *copyRows) int64(v int64) {
	c.size(8)
	c.buf = binary.BigEndian.AppendUint64(c.buf, uint64(v))
}

func (c *copyRows) float64(v float64) { c.int64(int64(math.Float64bits(v))) }

// time is for columns of type timestamptz.
func (c *copyRows) time(t time.Time) { c.int64(t.UnixMicro() - postgresEpoch) }

// send writes the rows to a table; columns are separated by commas.
func (c *copyRows) send(ctx context.Context, tx pgx.Tx, table, columns string) error {
	if c.n == 0 {
		return nil
	}
	c.buf = append(c.buf, 0xff, 0xff)
	sql := strings.Join([]string{"COPY", table, "(" + columns + ")", "FROM STDIN BINARY"}, " ")
	_, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(c.buf), sql)
	return err
}
