package config

import (
	"strings"
	"time"
)

// Duration is a duration as people write it: "60s", "1m30s".
type Duration time.Duration

// parseDuration reads what a person wrote; negative ones are none.
func parseDuration(text string) (Duration, bool) {
	d, err := time.ParseDuration(text)
	return Duration(d), err == nil && d >= 0
}

// String returns the duration without empty parts: "1m", not "1m0s".
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// MarshalYAML implements yaml.BytesMarshaler.
func (d Duration) MarshalYAML() ([]byte, error) { return []byte(d.String()), nil }

// IsZero lets "omitempty" leave out what was not given.
func (d Duration) IsZero() bool { return d == 0 }
