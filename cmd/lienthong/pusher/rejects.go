package pusher

import (
	"bufio"
	"encoding/json"
	"io"
	"os"

	"github.com/lienthong/lienthong/internal/fault"
)

// Rejects writes down what was rejected and why, one line of JSON for each
// problem: where the message stands, never what stands in it.
type Rejects struct {
	f      *os.File
	w      *bufio.Writer
	length int64
	synced int64
}

// Reject is one line of a rejects file.
type Reject struct {
	File         string `json:"file"`
	Position     int64  `json:"position"`       // of the message in its file, from 1
	Line         int64  `json:"line,omitempty"` // where it begins, from 1; 0: not known
	SubmissionID string `json:"submission_id,omitempty"`
	Pointer      string `json:"pointer"` // RFC 6901, into the message
	Code         string `json:"code"`
	Detail       string `json:"detail,omitempty"`
}

// OpenRejects opens the file and keeps so much of it as belongs to what an
// earlier run had acknowledged; 0 begins anew. An empty name keeps nothing.
func OpenRejects(name string, keep int64) (*Rejects, error) {
	r := &Rejects{w: bufio.NewWriter(io.Discard)}
	if name == "" {
		return r, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, cannotWrite(err)
	}
	info, err := f.Stat()
	if err == nil {
		r.length = min(keep, info.Size())
		err = f.Truncate(r.length)
	}
	if err == nil {
		_, err = f.Seek(r.length, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		return nil, cannotWrite(err)
	}
	r.f, r.w, r.synced = f, bufio.NewWriter(f), r.length
	return r, nil
}

func cannotWrite(err error) error {
	return &fault.Error{Code: fault.Usage, Op: "pusher.Rejects", Msg: "the rejects file cannot be written", Err: err}
}

// Add writes one line.
func (r *Rejects) Add(line Reject) error {
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	n, err := r.w.Write(append(b, '\n'))
	r.length += int64(n)
	if err != nil {
		return cannotWrite(err)
	}
	return nil
}

// Flush writes everything to the disk and returns the length of the file: what
// is acknowledged afterwards will not be told again.
func (r *Rejects) Flush() (int64, error) {
	err := r.w.Flush()
	if err == nil && r.f != nil && r.synced != r.length {
		err = r.f.Sync()
	}
	if err != nil {
		return 0, cannotWrite(err)
	}
	r.synced = r.length
	return r.length, nil
}

// Close flushes and closes the file.
func (r *Rejects) Close() error {
	_, err := r.Flush()
	if r.f != nil {
		if closed := r.f.Close(); err == nil && closed != nil {
			err = cannotWrite(closed)
		}
	}
	return err
}
