package telemetry

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"

	"go.opentelemetry.io/otel/trace"

	"github.com/lienthong/lienthong/gateway"
)

// LogOptions are the settings of a [Handler].
type LogOptions struct {
	Service string // "" leaves service and version out, as on a terminal
	Version string
	Key     []byte // of record_ref; nil: a new one, so that references are of this process alone
}

// Handler is the one schema of our logs: every line says which service of
// which version wrote it and, where they are known, which request, which
// correlation and which span it belongs to. It is also the last gate for
// personal data: a value is written when its type is known to be harmless or
// masks itself, everything else shows its type alone; a record is shown by a
// keyed hash (record_ref), and numbers as long as those of people are masked
// in whatever text is left.
type Handler struct {
	next   slog.Handler
	key    []byte
	given  []string // keys of attributes that the logger already has
	nested bool     // below a group: the fields of the schema belong above it
}

// NewHandler returns a handler in front of next, which writes the lines.
func NewHandler(next slog.Handler, o LogOptions) *Handler {
	if o.Service != "" {
		next = next.WithAttrs([]slog.Attr{slog.String("service", o.Service), slog.String("version", o.Version)})
	}
	key := o.Key
	if len(key) == 0 {
		key = make([]byte, sha256.Size)
		_, _ = rand.Read(key) // never fails
	}
	return &Handler{next: next, key: key}
}

// Enabled implements [slog.Handler].
func (h *Handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle implements [slog.Handler].
func (h *Handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, scrub(r.Message), r.PC)
	given := h.given
	r.Attrs(func(a slog.Attr) bool {
		safe := h.safe(a)
		clean.AddAttrs(safe...)
		if !h.nested {
			given = append(slices.Clip(given), keysOf(safe)...)
		}
		return true
	})
	if !h.nested {
		for _, a := range belonging(ctx) {
			if !slices.Contains(given, a.Key) {
				clean.AddAttrs(a)
			}
		}
	}
	return h.next.Handle(ctx, clean)
}

// belonging says what a line written under ctx belongs to.
func belonging(ctx context.Context) []slog.Attr {
	var attrs []slog.Attr
	c := gateway.CorrelationOf(ctx)
	if c.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", c.RequestID))
	}
	if c.CorrelationID != "" {
		attrs = append(attrs, slog.String("correlation_id", c.CorrelationID))
	}
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		attrs = append(attrs, slog.String("trace_id", sc.TraceID().String()), slog.String("span_id", sc.SpanID().String()))
	}
	return attrs
}

// WithAttrs implements [slog.Handler].
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var safe []slog.Attr
	for _, a := range attrs {
		safe = append(safe, h.safe(a)...)
	}
	with := *h
	with.next = h.next.WithAttrs(safe)
	if !h.nested {
		with.given = append(slices.Clip(h.given), keysOf(safe)...)
	}
	return &with
}

// WithGroup implements [slog.Handler].
func (h *Handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	with := *h
	with.next, with.nested = h.next.WithGroup(name), true
	return &with
}

func keysOf(attrs []slog.Attr) []string {
	keys := make([]string, len(attrs))
	for i, a := range attrs {
		keys[i] = a.Key
	}
	return keys
}

// refLength is how much of the hash is shown: enough that two records of a province do not meet.
const refLength = 8

// ref is what a record is called in logs: equal for equal records, and of no use without the key.
func (h *Handler) ref(k gateway.RecordKey) string {
	mac := hmac.New(sha256.New, h.key)
	for _, part := range []string{k.Source, string(k.Kind), k.ID} {
		_, _ = mac.Write([]byte(part)) // never fails
		_, _ = mac.Write([]byte{0})
	}
	return hex.EncodeToString(mac.Sum(nil)[:refLength])
}

var _ slog.Handler = (*Handler)(nil)
