package portal

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a password or key. It prints as a mask with every verb, in slog
// and in every encoding that asks for text; Reveal gives the value.
type Secret string

const masked = "***"

// Reveal returns the value, for the one place that sends it.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask, "" when there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString is String, so that %#v shows nothing more.
func (s Secret) GoString() string { return s.String() }

// Format writes the mask for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue returns the mask.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the mask.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
