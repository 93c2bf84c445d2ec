package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// call is what is known of the request at hand.
type call struct {
	id     uuid.UUID // Gateway-Request-Id
	lang   language
	caller gateway.Caller // whose key it is; zero on public routes
	source string         // of the caller; "" where it does not push
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callOf returns the call of a request that came through [API.ServeHTTP].
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return new(call)
}
