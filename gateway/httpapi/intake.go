package httpapi

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// intake reads bodies: decompressed, within limits of size, memory and
// patience, and checked against Content-Digest.
type intake struct {
	limits Limits
	held   atomic.Int64 // bytes of bodies in memory
	gzips  sync.Pool    // *gzip.Reader
}

func newIntake(l Limits) *intake { return &intake{limits: l} }

// body is a body in memory.
type body struct {
	data []byte
	in   *intake
	size int64 // reserved
}

// free gives its share of the memory back; the data is not to be used afterwards.
func (b *body) free() {
	b.in.held.Add(-b.size)
	b.size = 0
}

// reserve takes a share of the memory for bodies, unless there is too little left.
func (b *body) reserve(n int64) error {
	if b.in.held.Add(n) > b.in.limits.BodyMemory {
		b.in.held.Add(-n)
		return &fault.Error{Code: fault.Unavailable, Op: "httpapi.intake", Msg: "too many bodies in memory", RetryAfter: 2 * time.Second}
	}
	b.size += n
	return nil
}

// read returns the decompressed body of a request, at most limit bytes.
func (in *intake) read(w *response, r *http.Request, limit int64) (*body, error) {
	b := &body{in: in}
	zipped, err := zippedBody(r.Header)
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(r.Header)
	if err != nil {
		return nil, err
	}
	length := r.ContentLength
	if zipped {
		length = -1 // of what it becomes
	}
	if length > limit {
		w.Header().Set("Connection", "close") // the rest is not worth reading
		return nil, tooLarge(limit)
	}
	line := newPaced(w.ctl, r.Body, in.limits.Progress, limit+chunk)
	defer line.stop()
	err = in.fill(b, digest.over(line), zipped, length, limit)
	switch {
	case line.err != nil:
		err = line.failure(limit) // whatever the layers above made of it
	case err == nil && !digest.matches():
		err = digestMismatch()
	}
	if err != nil {
		b.free()
		return nil, err
	}
	return b, nil
}

func (in *intake) fill(b *body, from io.Reader, zipped bool, length, limit int64) error {
	if !zipped {
		return b.readAll(from, length, limit)
	}
	gz, _ := in.gzips.Get().(*gzip.Reader)
	if gz == nil {
		gz = new(gzip.Reader)
	}
	defer in.gzips.Put(gz)
	if err := gz.Reset(from); err != nil {
		return badGzip()
	}
	err := b.readAll(gz, length, limit)
	var known *fault.Error
	if err != nil && !errors.As(err, &known) {
		return badGzip()
	}
	return err
}

// firstGrab is the first buffer of a body that does not say how long it is.
const firstGrab = 64 << 10

// largestGrab is the most that is set aside for a body before any of it is there.
const largestGrab = 1 << 20

// readAll reads to the end. A known length (-1: unknown) is one allocation while
// it is small; else the buffer doubles with what has arrived, since an announced
// length costs a caller nothing.
func (b *body) readAll(from io.Reader, length, limit int64) error {
	size := min(length+1, largestGrab) // one more, to see the end without growing
	if length < 0 {
		size = min(firstGrab, limit+1)
	}
	if err := b.reserve(size); err != nil {
		return err
	}
	b.data = make([]byte, 0, size)
	for {
		n, err := from.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		if int64(len(b.data)) > limit {
			return tooLarge(limit)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(b.data) == cap(b.data) {
			if err := b.grow(limit + 1); err != nil {
				return err
			}
		}
	}
}

func (b *body) grow(most int64) error {
	size := min(2*int64(cap(b.data)), most)
	if err := b.reserve(size - int64(cap(b.data))); err != nil {
		return err
	}
	larger := make([]byte, len(b.data), size)
	copy(larger, b.data)
	b.data = larger
	return nil
}

func tooLarge(limit int64) error {
	return badBody(fault.TooLarge, fault.Problem{
		Code: "body.too_large", Detail: "Dung lượng sau khi giải nén vượt giới hạn của thao tác này.",
		DetailEN: "The decompressed size is over the limit of this operation.", Expected: "≤ " + itoa(int(limit)) + " bytes",
	})
}

func badGzip() error {
	return badHeader(fault.Malformed, "Content-Encoding", fault.Problem{
		Code: "body.gzip", Detail: "Nội dung không phải gzip hợp lệ.", DetailEN: "The content is not valid gzip.",
	})
}

// zippedBody reads Content-Encoding.
func zippedBody(h http.Header) (bool, error) {
	values := h.Values("Content-Encoding")
	switch {
	case len(values) == 0:
		return false, nil
	case len(values) == 1 && (equalFold(values[0], "identity") || values[0] == ""):
		return false, nil
	case len(values) == 1 && (equalFold(values[0], "gzip") || equalFold(values[0], "x-gzip")):
		return true, nil
	}
	f := badHeader(fault.UnsupportedMedia, "Content-Encoding", fault.Problem{
		Code: "header.content_encoding", Detail: "Chỉ nhận gzip hoặc không nén.",
		DetailEN: "Only gzip or no compression is taken.", Expected: "gzip",
	})
	f.header = http.Header{"Accept-Encoding": {"gzip, identity"}}
	return false, f
}
