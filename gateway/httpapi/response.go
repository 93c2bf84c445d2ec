package httpapi

import (
	"net/http"
	"time"
)

// response renews the write deadline while bytes flow, so that a slow line may
// take its time and a dead one may not.
type response struct {
	http.ResponseWriter
	ctl      *http.ResponseController
	progress time.Duration
	status   int // 0: nothing sent yet
}

func newResponse(w http.ResponseWriter, progress time.Duration) *response {
	return &response{ResponseWriter: w, ctl: http.NewResponseController(w), progress: progress}
}

// chunk is how much must flow within the progress limit: at 60 s about 1 KB/s.
const chunk = 64 << 10

// WriteHeader notes the status.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

// Write sends p piece by piece, each under a deadline of its own.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	sent := 0
	for {
		piece := p[sent:min(len(p), sent+chunk)]
		w.extend()
		n, err := w.ResponseWriter.Write(piece)
		sent += n
		if err != nil || sent == len(p) {
			return sent, err
		}
	}
}

// leftover is granted on top, since package http first reads what is left of
// the body, up to the read deadline, and only then writes.
const leftover = 10 * time.Second

// extend also replaces the deadline that an earlier answer left on the connection.
func (w *response) extend() {
	_ = w.ctl.SetWriteDeadline(time.Now().Add(w.progress + leftover)) // not every writer has one
}

// Unwrap lets [http.ResponseController] find the connection.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// send writes a whole answer.
func send(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that is gone asks again
}
