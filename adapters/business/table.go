package business

import (
	"context"

	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// table reads an exported sheet, one organisation a line: the columns of the
// public search, or those of a flat row. What is kept of a line is a message by itself.
func (a *adapter) table(ctx context.Context, body []byte) ([]schema.Record, error) {
	s, err := sheet.Read(body)
	if err != nil {
		return nil, err
	}
	run := run{adapter: a}
	for _, line := range s.Rows {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "business.table")
		}
		if !run.take(message{part: line.Part(), raw: line.Object}) {
			return nil, unknownForm() // all lines have the same columns
		}
		run.heard = true
	}
	records, err := run.Result("business.table")
	if len(records) > 0 {
		records[0].Problems = append(records[0].Problems, s.Problems...)
	}
	return records, err
}
