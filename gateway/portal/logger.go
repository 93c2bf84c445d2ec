package portal

import (
	"log/slog"

	"github.com/hashicorp/go-retryablehttp"
)

// quietLogger lets the HTTP library write to slog without what it likes to log
// best: URLs, which carry secrets at some destinations.
type quietLogger struct{ log *slog.Logger }

// Error is called for each failed attempt. The outcome of the call is logged by
// who made it, so that an attempt is worth no more than a debug line.
func (l quietLogger) Error(msg string, pairs ...any) { l.log.Debug(msg, safePairs(pairs)...) }

// Warn implements the library's interface.
func (l quietLogger) Warn(msg string, pairs ...any) { l.log.Debug(msg, safePairs(pairs)...) }

// Info implements the library's interface.
func (l quietLogger) Info(msg string, pairs ...any) { l.log.Debug(msg, safePairs(pairs)...) }

// Debug implements the library's interface.
func (l quietLogger) Debug(msg string, pairs ...any) { l.log.Debug(msg, safePairs(pairs)...) }

// safePairs keeps the attributes that cannot hold an address.
func safePairs(pairs []any) []any {
	var safe []any
	for i := 0; i+1 < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		switch value := pairs[i+1].(type) {
		case error:
			if key == "error" {
				safe = append(safe, "error", withoutURL(value).Error())
			}
		default:
			if key == "method" || key == "remaining" || key == "timeout" {
				safe = append(safe, key, value)
			}
		}
	}
	return safe
}

var _ retryablehttp.LeveledLogger = quietLogger{}
