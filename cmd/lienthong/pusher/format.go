package pusher

import (
	"bufio"
	"bytes"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

var bom = []byte("\xef\xbb\xbf")

// newReader returns the reader of a file by its format.
func newReader(name string, o InputOptions, b *bufio.Reader) (reader, error) {
	if mark, _ := b.Peek(len(bom)); bytes.Equal(mark, bom) {
		_, _ = b.Discard(len(bom))
	}
	format := o.Format
	if format == "" || format == Auto {
		format = guess(name, b)
	}
	switch format {
	case NDJSON:
		return &lineReader{r: b}, nil
	case JSON:
		return newValueReader(b), nil
	case Whole:
		return &wholeReader{r: b, contentType: jsonMedia}, nil
	case XML:
		return &wholeReader{r: b, contentType: "application/xml"}, nil
	case CSV:
		return newRowReader(b, o.Delimiter)
	}
	return nil, fault.New(fault.Usage, "pusher.Open", name+" has no format that its name or its beginning would tell; say it with --format")
}

const jsonMedia = "application/json"

// guess tells the format by the name, where that says enough, else by the
// beginning: a first line that is a whole value, with more to come, is NDJSON.
func guess(name string, b *bufio.Reader) Format {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz"))) {
	case ".ndjson", ".jsonl":
		return NDJSON
	case ".xml":
		return XML
	case ".csv", ".tsv":
		return CSV
	}
	begin, _ := b.Peek(readAhead)
	begin = bytes.TrimLeft(begin, " \t\r\n")
	switch {
	case len(begin) == 0:
		return JSON
	case begin[0] == '<':
		return XML
	case begin[0] != '{' && begin[0] != '[':
		return ""
	}
	line, rest, ended := bytes.Cut(begin, []byte("\n"))
	if ended && wellFormed(line) && len(bytes.TrimSpace(rest)) > 0 {
		return NDJSON
	}
	return JSON
}

// wellFormed reports whether the bytes are one JSON value, however doubtful
// otherwise: what else is wrong with it is for the adapter to say.
func wellFormed(b []byte) bool {
	return jsontext.Value(b).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
