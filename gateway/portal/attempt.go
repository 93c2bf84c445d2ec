package portal

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
	"sync/atomic"
)

// attempt watches one call go out. It belongs to the call's context and starts
// over with each connection that the transport asks for: the transport itself
// moves to another one only when it wrote nothing to the last.
type attempt struct {
	read         bool // the call changes nothing over there
	connected    atomic.Bool
	wroteHeaders atomic.Bool
}

type attemptKey struct{}

func withAttempt(ctx context.Context, read bool) (context.Context, *attempt) {
	a := &attempt{read: read}
	trace := &httptrace.ClientTrace{
		GetConn: func(string) {
			a.connected.Store(false)
			a.wroteHeaders.Store(false)
		},
		GotConn:      func(httptrace.GotConnInfo) { a.connected.Store(true) },
		WroteHeaders: func() { a.wroteHeaders.Store(true) },
	}
	return httptrace.WithClientTrace(context.WithValue(ctx, attemptKey{}, a), trace), a
}

func attemptOf(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// mayHaveLeft reports whether bytes of the request may have reached the other
// side in a call that ended with err. Headers count from the moment they are in
// the write buffer. A call that was cut by its deadline once it had a connection
// counts too: its writer may not have heard of the end yet.
func (a *attempt) mayHaveLeft(err error) bool {
	if !a.connected.Load() {
		return false
	}
	return a.wroteHeaders.Load() || isDeadline(err)
}

func isDeadline(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.As(err, &timeout) && timeout.Timeout()
}
