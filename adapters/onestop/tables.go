package onestop

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// read finds the items of a message by its media type.
func (a *adapter) read(raw adapters.Raw, h *field.Harvest) (message, error) {
	switch raw.ContentType {
	case "", "application/json", "text/json":
		return a.open(strict.Message(raw.Body), h, 0)
	case "application/x-ndjson", "application/ndjson":
		return lines(raw.Body)
	}
	switch {
	case !sheet.Is(raw.ContentType):
		return message{}, fault.New(fault.UnsupportedMedia, "onestop.Normalize", "the one-stop forms are JSON, lines of JSON or CSV")
	case strict.Message(raw.Body).Kind() == '{':
		return a.open(strict.Message(raw.Body), h, 0) // a row that was kept of a sheet, sent again under the sheet's type
	}
	return rows(raw.Body)
}

// rows reads a sheet whose columns are named as the flat keys of a form. An
// empty cell is a value that is not given.
func rows(body []byte) (message, error) {
	s, err := sheet.Read(body)
	if err != nil {
		return message{}, err
	}
	m := message{problems: s.Problems, items: make([]strict.Part, len(s.Rows))}
	for i, row := range s.Rows {
		m.items[i] = row.Part()
	}
	if len(m.items) == 0 && !slices.ContainsFunc(s.Header, isNumber) {
		return message{}, unknownForm() // any text is a header
	}
	return m, nil
}

// isNumber reports whether a column holds the number of a dossier, which every form has.
func isNumber(column string) bool { return column == "MaHoSo" || column == "DocCode" }

// lines reads one item a line; empty lines are passed over.
func lines(body []byte) (message, error) {
	m := message{lines: true}
	rest := strict.Message(body)
	for data := range bytes.Lines(rest.Data) {
		if line := bytes.TrimSpace(data); len(line) > 0 {
			m.items = append(m.items, strict.Part{Data: line, Pointer: "/" + strconv.Itoa(len(m.items))})
		}
	}
	if len(m.items) == 0 {
		return message{}, &fault.Error{Code: fault.Malformed, Op: "onestop.Normalize", Problems: []fault.Problem{{
			Code: "json.empty", Detail: "Thông điệp rỗng.", DetailEN: "The message is empty."}}}
	}
	return m, nil
}

// brokenLine refuses a line that is no JSON. Unlike a broken element of an array
// it condemns nobody else: each line is a document of its own.
func (a *adapter) brokenLine(line strict.Part, h *field.Harvest) bool {
	err := a.check(line)
	if !strict.Broken(err) {
		return false
	}
	r := field.At(line.Pointer)
	for _, p := range fault.ProblemsOf(err) {
		p.Level = schema.Refused
		r.Note("", p)
	}
	h.Take(schema.Record{}, r)
	return true
}
