package httpapi

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// paced reads a body from the line. Its read deadline moves on with what
// arrives, so that a slow line may take hours and a dead one a minute.
type paced struct {
	ctl      *http.ResponseController
	from     io.Reader
	progress time.Duration
	most     int64 // bytes on the line
	read     int64
	since    int64 // read when the deadline was last moved
	ended    bool  // the whole body is here
	err      error // what ended the reading before that
}

// renewal is how many bytes are progress: who sends less within the limit keeps
// a connection busy and nothing else.
const renewal = 1 << 10

func newPaced(ctl *http.ResponseController, from io.Reader, progress time.Duration, most int64) *paced {
	p := &paced{ctl: ctl, from: from, progress: progress, most: most}
	p.renew()
	return p
}

func (p *paced) renew() {
	p.since = p.read
	_ = p.ctl.SetReadDeadline(time.Now().Add(p.progress)) // not every connection has one
}

// Read implements [io.Reader].
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	p.read += int64(n)
	if err == nil && p.read-p.since >= renewal {
		p.renew()
	}
	if p.read > p.most {
		err = errLong
	}
	switch {
	case err == io.EOF:
		p.ended = true
	case err != nil:
		p.err = err
	}
	return n, err
}

// stop ends the pace once the body is here: a deadline that is left would cut
// the connection under a long commit. What nobody reads keeps its deadline.
func (p *paced) stop() {
	if p.ended {
		_ = p.ctl.SetReadDeadline(time.Time{})
	}
}

var errLong = errors.New("httpapi: more bytes on the line than any body needs")

// failure says what a broken line means for its caller, who may well be gone.
func (p *paced) failure(limit int64) error {
	switch {
	case errors.Is(p.err, errLong):
		return tooLarge(limit)
	case errors.Is(p.err, os.ErrDeadlineExceeded):
		return &failure{
			cause: fault.New(requestTimeout, "httpapi.intake", "no progress"), header: http.Header{"Connection": {"close"}},
		}
	}
	return badBody(fault.Malformed, fault.Problem{
		Code: "body.incomplete", Detail: "Nội dung không đến trọn vẹn.", DetailEN: "The content did not arrive as a whole.",
	})
}
