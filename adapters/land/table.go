package land

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// table reads a CSV file. Lines of one parcel, which a join makes of its owners
// and uses, are taken together; the others one by one.
func (a *adapter) table(ctx context.Context, body []byte) ([]schema.Record, error) {
	s, err := sheet.Read(body)
	if err != nil {
		return nil, err
	}
	run := run{adapter: a}
	lines := map[string][]sheet.Row{}
	var order []string
	for i, row := range s.Rows {
		if i == 0 && marksOf(row.Part()) == 0 {
			return nil, unknownForm()
		}
		id := parcelID(row.Object)
		if id == "" {
			id = "line " + strconv.Itoa(i)
		}
		if lines[id] == nil {
			order = append(order, id)
		}
		lines[id] = append(lines[id], row)
	}
	for _, id := range order {
		if err := ctx.Err(); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "land.table")
		}
		run.lines(lines[id])
		run.heard = true
	}
	records, err := run.Result("land.table")
	if len(records) > 0 {
		records[0].Problems = append(records[0].Problems, s.Problems...)
	}
	return records, err
}

// parcelID returns the THUADATID of a line, "" where it has none. In an object
// that package sheet has written the key stands just so, and never inside a value.
func parcelID(object []byte) string {
	_, rest, found := bytes.Cut(object, []byte(`"THUADATID":"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	if !found {
		return ""
	}
	return string(bytes.TrimSpace(id))
}

// lines takes the lines of one parcel, or a single line of any form.
func (run *run) lines(rows []sheet.Row) {
	if len(rows) == 1 {
		if m := (message{part: rows[0].Part(), raw: rows[0].Object}); !run.take(m) {
			run.Refuse(m.part.Pointer, "form.unknown")
		}
		return
	}
	raw := []byte(`{"DC_THUADAT":[`)
	decoded := make([]row, len(rows))
	lines := make([]line, len(rows))
	root := field.At("")
	for i, from := range rows {
		p := from.Part()
		unknown, err := run.dec.Decode(p, &decoded[i])
		if err != nil {
			run.Reject(err)
			return
		}
		if i > 0 {
			raw = append(raw, ',')
		} else if !run.heard {
			root.Unknown(unknown)
		}
		raw = append(raw, from.Object...)
		index, _ := strconv.Atoi(strings.TrimPrefix(p.Pointer, "/"))
		lines[i] = line{w: &decoded[i], r: root.Item("", index), at: p.Pointer}
	}
	run.parcelOf(message{raw: append(raw, ']', '}')}, root, lines)
}
