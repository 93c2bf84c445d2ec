package pusher

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// Waits between tries.
const (
	firstWait = 500 * time.Millisecond
	longest   = 30 * time.Second
	mostAsked = 5 * time.Minute // of Retry-After
)

// client posts requests until they are answered.
type client struct {
	http     *http.Client
	url, key string
	language string
	patience time.Duration // without any answer; 0: for ever
	pause    time.Duration // before the second try
	say      func(format string, args ...any)
}

// newHTTPClient is made for a bad line: a connection that stands still is
// given up, a slow one is not; nobody is sent elsewhere with our key.
func newHTTPClient() *http.Client {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 15 * time.Second,
			ResponseHeaderTimeout: 2 * time.Minute, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// reply is an answer that settles a request.
type reply struct {
	status   int
	body     []byte
	replayed bool // it is the saved answer to an earlier request with the same key
}

// ofTheData reports whether the gateway refused what was sent, not who sent it
// or how. A page of somebody in between says nothing of the data, but for its size.
func (r reply) ofTheData() bool {
	switch r.status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		code := r.problem().Code
		return code != "" && code != string(fault.KeyReused)
	}
	return false
}

// problem reads a problem document (RFC 9457); zero where there is none.
func (r reply) problem() (p struct {
	Code         string    `json:"code"`
	Title        string    `json:"title"`
	SubmissionID string    `json:"submission_id"`
	Errors       []problem `json:"errors"`
},
) {
	_ = json.Unmarshal(r.body, &p)
	return p
}

// refusal is the answer to a message that was refused when it was sent alone.
func (r reply) refusal() answered {
	p := r.problem()
	code := p.Code
	if code == "" {
		code = "http." + strconv.Itoa(r.status)
	}
	return answered{SubmissionID: p.SubmissionID, Code: code, Errors: p.Errors}
}

// fatal is the end of a push: repeating would not help.
func (r reply) fatal() error {
	code := map[int]fault.Code{
		http.StatusUnauthorized: fault.Unauthorized, http.StatusForbidden: fault.Forbidden,
		http.StatusUnprocessableEntity: fault.KeyReused, http.StatusNotFound: fault.Usage, http.StatusMethodNotAllowed: fault.Usage,
	}[r.status]
	if code == "" {
		code = fault.Invalid
	}
	text := fmt.Sprintf("the gateway answered %d", r.status)
	if title := r.problem().Title; title != "" {
		text += ": " + title
	}
	return fault.New(code, "push", text)
}

// post repeats a request until an answer settles it, patience ends or ctx does.
func (c *client) post(ctx context.Context, r request) (reply, error) {
	began := time.Now()
	for try := 0; ; try++ {
		got, again, wait, err := c.once(ctx, r)
		if !again {
			return got, err
		}
		if ctx.Err() != nil {
			return reply{}, ctx.Err()
		}
		if c.patience > 0 && time.Since(began) > c.patience {
			return reply{}, &fault.Error{Code: fault.Unavailable, Op: "pusher.Push", Msg: "no answer for " + c.patience.String(), Err: err}
		}
		wait = max(wait, c.backoff(try))
		if try > 0 { // one lost connection is nothing to speak of
			c.say("%v; trying again in %s", err, wait.Round(100*time.Millisecond))
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return reply{}, ctx.Err()
		}
	}
}

// backoff doubles up to [longest], with a quarter of chance.
func (c *client) backoff(try int) time.Duration {
	d := min(c.pause<<min(try, 10), longest)
	return d - time.Duration(rand.Int64N(int64(d)/4+1))
}

// once sends a request once. again says that the answer settles nothing.
func (c *client) once(ctx context.Context, r request) (got reply, again bool, wait time.Duration, err error) {
	sent, err := c.request(ctx, r)
	if err != nil {
		return reply{}, false, 0, err
	}
	response, err := c.http.Do(sent)
	if err != nil {
		return reply{}, true, 0, lineFailed()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 256<<20))
	if err != nil {
		return reply{}, true, 0, lineFailed()
	}
	got = reply{status: response.StatusCode, body: body, replayed: response.Header.Get("Idempotent-Replayed") == "true"}
	if !later(got) {
		return got, false, 0, nil
	}
	return got, true, retryAfter(response.Header), fault.New(fault.Unavailable, "pusher.Push", fmt.Sprintf("the gateway answered %d", got.status))
}

// lineFailed hides the text of the cause, which names hosts, and URLs with what is in them.
func lineFailed() error {
	return fault.New(fault.Unavailable, "pusher.Push", "the line to the gateway failed")
}

func (c *client) request(ctx context.Context, r request) (*http.Request, error) {
	var body bytes.Buffer
	zip, err := gzip.NewWriterLevel(&body, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err = zip.Write(r.body); err != nil {
		return nil, err
	}
	if err = zip.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body.Bytes())
	sent, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+r.path, bytes.NewReader(body.Bytes()))
	if err != nil {
		return nil, fault.New(fault.Usage, "pusher.Push", "the URL of the gateway is none")
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + c.key, "Content-Type": r.contentType, "Content-Encoding": "gzip",
		"Content-Digest":  "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
		"Idempotency-Key": strconv.Quote(r.key), "Accept-Language": c.language,
	} {
		sent.Header.Set(name, value)
	}
	return sent, nil
}

// later reports whether the same request may be answered otherwise: the
// server is busy or broken, or says so itself.
func later(r reply) bool {
	switch {
	case r.status >= 500:
		return r.status != http.StatusNotImplemented
	case r.status == http.StatusRequestTimeout, r.status == http.StatusConflict, r.status == http.StatusTooEarly,
		r.status == http.StatusTooManyRequests:
		return true
	case r.status < 400:
		return false
	}
	var told struct {
		Retryable bool `json:"retryable"`
	}
	return json.Unmarshal(r.body, &told) == nil && told.Retryable
}

// retryAfter reads the header (RFC 9110 §10.2.3): seconds or a date.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil && s >= 0 {
		return min(time.Duration(s)*time.Second, mostAsked)
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(time.Until(at), 0), mostAsked)
	}
	return 0
}
