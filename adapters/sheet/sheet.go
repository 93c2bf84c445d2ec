// Package sheet reads a table of text cells (CSV) as a list of JSON objects,
// one a row with the header's names as keys, so that an adapter reads an
// exported sheet by the same wire types as the JSON of its source.
//
//	s, err := sheet.Read(raw.Body)
//	for _, row := range s.Rows { dec.Decode(row.Part(), &wire) }
//
// RFC 4180 with what spreadsheets make of it: comma, semicolon, tabulator or bar
// as separator, a byte order mark, UTF-16, and the legacy Vietnamese encodings.
// Every cell is a string; a row without any text is passed over.
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"mime"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// MaxColumns bounds a row; the widest known export has under a hundred.
const MaxColumns = 1000

// MaxRows bounds a table that comes as one message; a longer one is pushed row
// by row, as `lienthong push` does.
const MaxRows = 10_000

// Sheet is one table.
type Sheet struct {
	Header   []string
	Rows     []Row
	Problems []schema.Problem // about the bytes as a whole: an encoding that was repaired
}

// Row is one line of a table below its header.
type Row struct {
	Object []byte // JSON object, members in the header's order
	Line   int    // in the file, from 1
	index  int
}

// Part returns the row as a message part; its pointer is "/<n>", rows from 0.
func (r Row) Part() strict.Part {
	return strict.Part{Data: r.Object, Pointer: "/" + strconv.Itoa(r.index)}
}

// Is reports whether a content type says CSV.
func Is(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "text/csv" || media == "text/tab-separated-values")
}

// Read reads a table. Bytes that are no table, a header with a name that is
// empty over text or stands twice, and a row longer than the header are faults
// of code Malformed that name the line.
func Read(body []byte) (*Sheet, error) {
	text, problems, err := schema.DecodeBytes(body)
	if err != nil {
		return nil, err
	}
	comma := separator(text)
	if first, rest, found := strings.Cut(text, "\n"); found && len(strings.TrimSpace(first)) == len("sep=;") && strings.HasPrefix(first, "sep=") {
		comma, text = rune(first[len("sep=")]), rest // a spreadsheet's own word on it
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	head, err := r.Read()
	if err != nil {
		return nil, broken(err, 1)
	}
	s := &Sheet{Problems: problems}
	if s.Header, err = header(head); err != nil {
		return nil, err
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil { // a line that does not parse may have no field to ask for its place
			return nil, broken(err, 0)
		}
		line, _ := r.FieldPos(0)
		if err := s.add(cells, line); err != nil {
			return nil, err
		}
	}
}

// separator returns the one of the usual separators that the first line has most of.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best, most := ',', 0
	for _, c := range ",;\t|" {
		if n := strings.Count(first, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// header returns the names, without the empty ones at the end.
func header(cells []string) ([]string, error) {
	names := make([]string, 0, len(cells))
	seen := map[string]bool{}
	for _, c := range cells {
		name := strings.TrimSpace(c)
		if name != "" && seen[name] {
			return nil, malformed("csv.header_twice", "Một tên cột xuất hiện hai lần.", "A column name stands twice.", 1)
		}
		seen[name] = true
		names = append(names, name)
	}
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	if len(names) == 0 || len(names) > MaxColumns {
		return nil, malformed("csv.header", "Dòng đầu không phải là tên cột.", "The first line holds no column names.", 1)
	}
	return names, nil
}

// add appends a row as an object.
func (s *Sheet) add(cells []string, line int) error {
	blank := true
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		blank = false
		if i >= len(s.Header) || s.Header[i] == "" {
			return malformed("csv.row", "Dòng có nhiều ô hơn số cột.", "The line has more cells than there are columns.", line)
		}
	}
	if blank {
		return nil
	}
	if len(s.Rows) == MaxRows {
		return malformed("csv.too_many", "Bảng có quá nhiều dòng; hãy gửi từng phần.", "The table has too many lines; send it in parts.", line)
	}
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range s.Header {
		if name == "" || i >= len(cells) {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		key, kerr := jsontext.AppendQuote(nil, name)
		value, verr := jsontext.AppendQuote(nil, cells[i])
		if kerr != nil || verr != nil {
			return malformed("text.encoding", "Văn bản không phải UTF-8.", "The text is not UTF-8.", line)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	s.Rows = append(s.Rows, Row{Object: b.Bytes(), Line: line, index: len(s.Rows)})
	return nil
}

func broken(err error, line int) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		line = p.Line
	}
	return malformed("csv.syntax", "Không đọc được dòng CSV.", "The line is not CSV.", line)
}

func malformed(code, vi, en string, line int) error {
	at := " (" + strconv.Itoa(line) + ")"
	return &fault.Error{Code: fault.Malformed, Op: "sheet.Read", Problems: []fault.Problem{
		{Code: code, Detail: vi + " Dòng" + at + ".", DetailEN: en + " Line" + at + ".", Expected: "RFC 4180, UTF-8"},
	}}
}
