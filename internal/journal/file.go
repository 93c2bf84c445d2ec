package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// fileForm is the first line of an exported journal.
const fileForm = "lienthong/journal/v1"

// fileLine is one line of an exported journal: its form, a batch, or a line of
// the batch before it.
type fileLine struct {
	Journal  string    `json:"journal,omitempty"`
	Batch    *Batch    `json:"batch,omitempty"`
	Leaves   []byte    `json:"leaves,omitempty"` // of the batch: its lines' hashes, which tell what line was changed
	Position int64     `json:"position,omitempty"`
	ID       uuid.UUID `json:"id,omitzero"`
	At       time.Time `json:"at,omitzero"`
	Line     *string   `json:"line,omitempty"` // absent: redacted
}

// Writer exports a journal as JSON lines.
type Writer struct {
	out  *bufio.Writer
	json *json.Encoder
}

// NewWriter begins an export.
func NewWriter(w io.Writer) (*Writer, error) {
	more := ContinueWriter(w)
	return more, more.json.Encode(fileLine{Journal: fileForm})
}

// ContinueWriter writes more of an export that was begun elsewhere: piece after piece they are one file.
func ContinueWriter(w io.Writer) *Writer {
	out := bufio.NewWriterSize(w, 1<<20)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return &Writer{out: out, json: e}
}

// Batch writes a batch and its lines.
func (w *Writer) Batch(b *Batch, leaves []Hash, lines []Stored) error {
	if err := w.json.Encode(fileLine{Batch: b, Leaves: Pack(leaves)}); err != nil {
		return err
	}
	for i := range lines {
		l := fileLine{Position: lines[i].Position, ID: lines[i].ID, At: lines[i].At.UTC(), Line: lines[i].Line}
		if err := w.json.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// Close writes out what is left.
func (w *Writer) Close() error { return w.out.Flush() }

// VerifyFile lets a verifier follow an exported journal. An error means that
// the file is no export, or that it cannot be read.
func VerifyFile(r io.Reader, v *Verifier) error {
	const op = "journal.VerifyFile"
	in := bufio.NewReaderSize(r, 1<<20)
	var batch *Batch
	var leaves []Hash
	var lines []Stored
	end := func() {
		if batch != nil {
			v.Batch(batch, leaves, lines)
		}
		lines = lines[:0]
	}
	for n := 1; ; n++ {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(text)) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return fault.Wrap(err, fault.Unavailable, op)
		}
		var l fileLine
		if json.Unmarshal(text, &l) != nil || (n == 1) != (l.Journal == fileForm) {
			return fault.New(fault.Malformed, op, fmt.Sprintf("line %d does not belong to an exported journal", n))
		}
		switch {
		case n == 1:
		case l.Batch != nil:
			end()
			batch, leaves = l.Batch, Unpack(l.Leaves)
		case batch == nil:
			v.Stray(&Stored{Position: l.Position})
		default:
			lines = append(lines, Stored{Position: l.Position, At: l.At, ID: l.ID, Line: l.Line})
		}
	}
	end()
	return nil
}
