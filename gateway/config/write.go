package config

import (
	"log/slog"
	"net/url"
	"regexp"

	"github.com/goccy/go-yaml"
)

// YAML returns the configuration as a file that [Parse] reads. It holds the
// database's password, if there is one; see [Config.Masked].
func (c Config) YAML() ([]byte, error) {
	return yaml.MarshalWithOptions(c, yaml.IndentSequence(true))
}

// LogValue keeps everything but codes out of logs.
func (c Config) LogValue() slog.Value {
	return slog.GroupValue(slog.String("province", c.Province), slog.Int("sources", len(c.Sources)), slog.Int("destinations", len(c.Destinations)))
}

const mask = "xxxxx" // as [url.URL.Redacted] has it

// inKeywords finds a password in "host=… password=…".
var inKeywords = regexp.MustCompile(`(?i)\b((?:ssl)?password)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

// Masked returns the configuration with nothing in it that opens a door.
func (c Config) Masked() Config {
	u, err := url.Parse(c.DatabaseURL)
	if err != nil || u.Scheme == "" {
		c.DatabaseURL = inKeywords.ReplaceAllString(c.DatabaseURL, "$1="+mask)
		return c
	}
	query := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if query.Has(name) {
			query.Set(name, mask)
			u.RawQuery = query.Encode()
		}
	}
	c.DatabaseURL = u.Redacted()
	return c
}
