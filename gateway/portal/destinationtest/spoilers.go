package destinationtest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
)

const page = `<!DOCTYPE html><html><head><title>Thông báo</title></head><body><h1>Đồng bộ thành công</h1></body></html>`

func pass(w http.ResponseWriter, r *http.Request, far http.Handler) { far.ServeHTTP(w, r) }

// says answers with a fixed status and body, and handles nothing.
func says(status int, contentType, body string, header ...string) spoiler {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // the client may have left
	}
}

// resetBefore breaks the connection with the request read and not handled.
func resetBefore(w http.ResponseWriter, _ *http.Request, _ http.Handler) { reset(w) }

// resetAfter breaks it once the request was handled.
func resetAfter(w http.ResponseWriter, r *http.Request, far http.Handler) {
	far.ServeHTTP(httptest.NewRecorder(), r)
	reset(w)
}

// resetWithin breaks it in the middle of the true answer's body.
func resetWithin(w http.ResponseWriter, r *http.Request, far http.Handler) {
	answer := httptest.NewRecorder()
	far.ServeHTTP(answer, r)
	body := answer.Body.Bytes()
	w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)+1))
	w.WriteHeader(answer.Code)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	reset(w)
}

// brokenJSON handles the request and answers with the first two thirds of the answer, as if that were all.
func brokenJSON(w http.ResponseWriter, r *http.Request, far http.Handler) {
	answer := httptest.NewRecorder()
	far.ServeHTTP(answer, r)
	says(answer.Code, answer.Header().Get("Content-Type"), answer.Body.String()[:answer.Body.Len()*2/3])(w, r, far)
}

// hang answers nothing until the client leaves or the world ends.
func (w *world) hang(rw http.ResponseWriter, r *http.Request, _ http.Handler) {
	select {
	case <-r.Context().Done():
	case <-w.ended:
	}
	reset(rw)
}

// handleThenHang is the worst that can happen to a write.
func (w *world) handleThenHang(rw http.ResponseWriter, r *http.Request, far http.Handler) {
	far.ServeHTTP(httptest.NewRecorder(), r)
	w.hang(rw, r, far)
}
