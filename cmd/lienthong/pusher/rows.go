package pusher

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// rowReader makes a JSON object of each row of CSV (RFC 4180): the names of
// the first row, the values as text. Rows without any value are passed over.
type rowReader struct {
	r     *csv.Reader
	names []string
}

func newRowReader(b *bufio.Reader, delimiter rune) (*rowReader, error) {
	if delimiter == 0 {
		delimiter = guessDelimiter(b)
	}
	r := csv.NewReader(b)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = delimiter, -1, true
	names, err := r.Read()
	if errors.Is(err, io.EOF) {
		return &rowReader{r: r}, nil
	}
	if err != nil {
		return nil, fault.New(fault.Malformed, "pusher.Open", "the first row of the CSV cannot be read")
	}
	rows := &rowReader{r: r}
	seen := map[string]bool{}
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name == "" || seen[name] || !utf8.ValidString(name) {
			return nil, fault.New(fault.Usage, "pusher.Open", "the first row of the CSV has to name each column, in UTF-8 and each name once")
		}
		seen[name] = true
		rows.names = append(rows.names, name)
	}
	return rows, nil
}

// guessDelimiter takes what stands most often in the first row.
func guessDelimiter(b *bufio.Reader) rune {
	begin, _ := b.Peek(readAhead)
	first, _, _ := bytes.Cut(begin, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		if n := bytes.Count(first, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

func (r *rowReader) next() (Message, error) {
	for {
		row, err := r.r.Read()
		line, _ := 0, 0
		if len(row) > 0 {
			line, _ = r.r.FieldPos(0)
		}
		m := Message{Line: int64(line), ContentType: jsonMedia}
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad):
			m.Line = int64(bad.StartLine)
			m.Unread = badRow("csv.syntax", "Dòng CSV sai cú pháp.", "The row is not CSV.", "RFC 4180")
		case err != nil:
			return Message{}, err
		case empty(row):
			continue
		case len(row) != len(r.names):
			m.Unread = badRow("csv.fields", "Số cột khác với dòng tiêu đề.", "The row has more or fewer fields than the first.", "")
		default:
			m.Body, m.Unread = r.object(row)
		}
		return m, nil
	}
}

func empty(row []string) bool {
	for _, field := range row {
		if strings.TrimSpace(field) != "" {
			return false
		}
	}
	return true
}

func (r *rowReader) object(row []string) ([]byte, *fault.Problem) {
	b := []byte{'{'}
	for i, field := range row {
		if !utf8.ValidString(field) {
			return nil, badRow("csv.encoding", "Bảng mã không phải UTF-8.", "The text is not UTF-8.", "UTF-8")
		}
		if i > 0 {
			b = append(b, ',')
		}
		b, _ = jsontext.AppendQuote(b, r.names[i]) // both are valid UTF-8
		b, _ = jsontext.AppendQuote(append(b, ':'), field)
	}
	b = append(b, '}')
	if len(b) > MaxMessage {
		return nil, tooLarge()
	}
	return b, nil
}

func badRow(code, vi, en, expected string) *fault.Problem {
	return &fault.Problem{Code: code, Detail: vi, DetailEN: en, Expected: expected}
}
