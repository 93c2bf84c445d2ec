package portal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Options configure a [Client]. Timeout is required.
type Options struct {
	Timeout        time.Duration // of one attempt, to the last byte of the answer
	ConnectTimeout time.Duration // of dialling and of the TLS handshake, each; default 3 s
	RepeatWithin   time.Duration // a repeat starts after a random time below this; default 200 ms
	Connections    int           // idle connections that are kept; default 8
	MaxAnswer      int64         // bytes of an answer, decompressed; default 8 MiB
	LoopbackOnly   bool          // connect to this machine only
	Logger         *slog.Logger  // nil: none
	Now            func() time.Time
}

func (o Options) withDefaults() Options {
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = 3 * time.Second
	}
	if o.RepeatWithin == 0 {
		o.RepeatWithin = 200 * time.Millisecond
	}
	if o.Connections == 0 {
		o.Connections = 8
	}
	if o.MaxAnswer == 0 {
		o.MaxAnswer = 8 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Client calls a destination over one pool of connections.
type Client struct {
	http      *retryablehttp.Client
	maxAnswer int64
	now       func() time.Time
}

// NewClient returns a client. Nothing is started.
func NewClient(o Options) *Client {
	o = o.withDefaults()
	dialer := &net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 30 * time.Second}
	if o.LoopbackOnly {
		dialer.Control = dialLoopbackOnly
	}
	// No proxy and no HTTP/2: the adapter of the axis stands in the province's
	// own data centre, and the trace of what left is sound for HTTP/1 alone.
	transport := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    o.ConnectTimeout,
		MaxIdleConns:           o.Connections,
		MaxIdleConnsPerHost:    o.Connections,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &Client{
		http: &retryablehttp.Client{
			HTTPClient:   &http.Client{Transport: transport, Timeout: o.Timeout, CheckRedirect: stay},
			Logger:       quietLogger{o.Logger},
			RetryMax:     1,
			RetryWaitMin: o.RepeatWithin / 4,
			RetryWaitMax: o.RepeatWithin,
			CheckRetry:   repeatable,
			Backoff:      jitter,
			ErrorHandler: retryablehttp.PassthroughErrorHandler,
		},
		maxAnswer: o.MaxAnswer,
		now:       o.Now,
	}
}

// stay keeps a write where it was sent: a followed redirect would turn it into
// a GET or take it to a host that nobody configured.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Request is one call.
type Request struct {
	Method string // default POST
	URL    string
	Header http.Header
	Body   []byte
	Read   bool // changes nothing over there and may be repeated
}

// Reply is what came back, whatever its status.
type Reply struct {
	Status     int
	Body       []byte
	RetryAfter time.Duration // asked for, at most [MaxRetryAfter]; 0: not
}

// CallError is a call without a whole answer.
type CallError struct {
	Left   bool // bytes may have reached the other side
	Reason string
	Status int // of an answer that broke off; 0: none
	Err    error
}

// Error says what happened, without the address.
func (e *CallError) Error() string { return fmt.Sprintf("%s: %v", e.Reason, e.Err) }

// Unwrap returns the cause.
func (e *CallError) Unwrap() error { return e.Err }

// Post makes one call, by POST unless the request says otherwise. Its error is always a [*CallError].
func (c *Client) Post(ctx context.Context, r Request) (Reply, error) {
	ctx, a := withAttempt(ctx, r.Read)
	req, err := retryablehttp.NewRequestWithContext(ctx, cmp.Or(r.Method, http.MethodPost), r.URL, bodyOf(r))
	if err != nil {
		return Reply{}, &CallError{Reason: "request.invalid", Err: withoutURL(err)}
	}
	if r.Header != nil {
		req.Header = r.Header.Clone()
	}
	if !r.Read {
		onlyOnce(req)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return Reply{}, &CallError{Left: a.mayHaveLeft(err), Reason: reasonOf(err), Err: withoutURL(err)}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, c.maxAnswer+1))
	switch {
	case err != nil:
		return Reply{}, &CallError{Left: true, Reason: "answer." + reasonOf(err), Status: resp.StatusCode, Err: withoutURL(err)}
	case int64(len(answer)) > c.maxAnswer:
		return Reply{}, &CallError{Left: true, Reason: "answer.too_large", Status: resp.StatusCode, Err: errors.New("the answer is over the limit")}
	}
	return Reply{Status: resp.StatusCode, Body: answer, RetryAfter: retryAfter(resp.Header, c.now())}, nil
}

// onlyOnce keeps net/http from making a write again by itself. On a connection
// that was used before it repeats what was cut if it takes the call for
// idempotent: a GET without a body, and whatever has the header Idempotency-Key,
// which promises something to the other side and nothing to our own records. A
// body that cannot be had again, and the header's name in small letters, which
// mean the same on the wire, are outside of its rules.
func onlyOnce(req *retryablehttp.Request) {
	if req.Body == nil || req.Body == http.NoBody {
		req.Body, req.GetBody = io.NopCloser(strings.NewReader("")), nil
	}
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if values, ok := req.Header[name]; ok {
			delete(req.Header, name)
			req.Header[strings.ToLower(name)] = values
		}
	}
}

// bodyOf is untyped where there is no body: the library takes an empty list of bytes for a body of its own.
func bodyOf(r Request) any {
	if r.Body == nil {
		return nil
	}
	return r.Body
}

// Close gives the idle connections back.
func (c *Client) Close() { c.http.HTTPClient.CloseIdleConnections() }

// withoutURL takes the address out of what net/http reports.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
