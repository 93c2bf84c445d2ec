package gateway

import (
	"context"
	"strings"
)

// Correlation joins what one request leaves behind: lines of the log, spans,
// and the commit that it shares with others.
type Correlation struct {
	RequestID     string // ours, of one request
	CorrelationID string // 32 hexadecimal digits: the caller's trace id, or one of our own
	Trace         string // W3C traceparent of the span that is open; "" while nobody traces
}

type correlationKey struct{}

// WithCorrelation returns a context that carries c.
func WithCorrelation(ctx context.Context, c Correlation) context.Context {
	return context.WithValue(ctx, correlationKey{}, c)
}

// CorrelationOf returns what ctx carries, zero when it carries nothing.
func CorrelationOf(ctx context.Context) Correlation {
	c, _ := ctx.Value(correlationKey{}).(Correlation)
	return c
}

// TraceID returns the trace id of a traceparent header (W3C Trace Context,
// level 1). Whatever is not exactly one, with an id that is not zero, is none:
// text of a caller never gets into logs under this name.
func TraceID(traceparent string) (id string, ok bool) {
	parts := strings.Split(traceparent, "-")
	if len(parts) < 4 || len(parts[0]) != 2 || len(parts[1]) != 32 || len(parts[2]) != 16 || len(parts[3]) != 2 {
		return "", false
	}
	if parts[0] == "ff" || parts[0] == "00" && len(parts) != 4 {
		return "", false
	}
	for _, p := range parts[:4] {
		if strings.Trim(p, "0123456789abcdef") != "" {
			return "", false
		}
	}
	if strings.Trim(parts[1], "0") == "" || strings.Trim(parts[2], "0") == "" {
		return "", false
	}
	return parts[1], true
}
