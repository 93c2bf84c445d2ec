// Package config is the one file that a node of the gateway is started with.
//
// The file is YAML and read strictly: an unknown key or a wrong type is an
// error with its line and column. Environment variables LIENTHONG_LISTEN,
// LIENTHONG_DATABASE_URL and LIENTHONG_DATA_DIR stand above the file. Secrets
// come from files or the environment, never from the configuration itself.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/lienthong/lienthong/internal/fault"
)

// Config is the whole of it.
type Config struct {
	Listen       string        `yaml:"listen"`       // address of the API; ":0" takes a free port
	DatabaseURL  string        `yaml:"database_url"` // postgres://…
	DataDir      string        `yaml:"data_dir"`     // what a node keeps beside the database
	Province     string        `yaml:"province"`     // code since 01/07/2025; decides ambiguous commune codes
	Sources      []Source      `yaml:"sources"`
	Destinations []Destination `yaml:"destinations"`
}

// Source is one register that pushes.
type Source struct {
	Code    string `yaml:"code"`
	Adapter string `yaml:"adapter"`
	KeyFile string `yaml:"key_file"` // holds its API key
	KeyEnv  string `yaml:"key_env"`  // or the variable that does
}

// Destination is one portal.
type Destination struct {
	Code         string   `yaml:"code"`
	Kind         string   `yaml:"kind"` // dvcqg
	URL          string   `yaml:"url"`
	DstCode      string   `yaml:"dstcode"`
	DstCodeIn    string   `yaml:"dstcode_in"` // header | query
	Agency       string   `yaml:"agency"`
	Username     string   `yaml:"username"`
	PasswordFile string   `yaml:"password_file"`
	PasswordEnv  string   `yaml:"password_env"`
	Lookup       string   `yaml:"lookup"` // exists | header | trail
	Settle       Duration `yaml:"settle"`
	Lanes        int      `yaml:"lanes"`
	Batch        int      `yaml:"batch"`
	Timeout      Duration `yaml:"timeout"`
	Receives     []string `yaml:"receives"`
	Breaker      Breaker  `yaml:"breaker"`
	RetryCap     Duration `yaml:"retry_cap"` // no wait of ours before another try is longer
}

// Breaker says when the destination's breakers open and for how long; zero fields take the defaults.
type Breaker struct {
	OpenFor  Duration `yaml:"open_for"`
	Window   Duration `yaml:"window"`
	MinCalls int      `yaml:"min_calls"`
	SlowCall Duration `yaml:"slow_call"`
}

// Duration is a duration as people write it: "60s", "1m30s".
type Duration time.Duration

// UnmarshalYAML implements yaml.BytesUnmarshaler.
func (d *Duration) UnmarshalYAML(text []byte) error {
	parsed, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(text)), `"'`))
	if err != nil || parsed < 0 {
		return errors.New(`a duration such as "60s" is expected`)
	}
	*d = Duration(parsed)
	return nil
}

// MarshalYAML implements yaml.BytesMarshaler.
func (d Duration) MarshalYAML() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// Load reads a file and what the environment says above it.
func Load(path string, getenv func(string) string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, &fault.Error{Code: fault.Usage, Op: "config.Load", Msg: "the configuration cannot be read", Err: err}
	}
	return Parse(data, getenv)
}

// Parse is [Load] without the file.
func Parse(data []byte, getenv func(string) string) (Config, error) {
	c := Config{Listen: "127.0.0.1:8080", DataDir: "./.lienthong"}
	err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&c)
	if err != nil && !errors.Is(err, io.EOF) {
		return Config{}, &fault.Error{Code: fault.Usage, Op: "config.Parse", Msg: yaml.FormatError(err, false, true)}
	}
	for name, to := range map[string]*string{
		"LIENTHONG_LISTEN": &c.Listen, "LIENTHONG_DATABASE_URL": &c.DatabaseURL, "LIENTHONG_DATA_DIR": &c.DataDir,
	} {
		if v := getenv(name); v != "" {
			*to = v
		}
	}
	return c, c.validate()
}

// validate returns every mistake at once.
func (c *Config) validate() error {
	var mistakes []string
	complain := func(format string, args ...any) { mistakes = append(mistakes, fmt.Sprintf(format, args...)) }
	if c.DatabaseURL == "" {
		complain("database_url: missing")
	}
	codes := map[string]bool{}
	for i, s := range c.Sources {
		if s.Code == "" || codes[s.Code] {
			complain("sources[%d].code: missing or given twice", i)
		}
		codes[s.Code] = true
		if s.Adapter == "" {
			complain("sources[%d].adapter: missing", i)
		}
		if (s.KeyFile == "") == (s.KeyEnv == "") {
			complain("sources[%d]: exactly one of key_file and key_env is needed", i)
		}
	}
	for i, d := range c.Destinations {
		if d.Code == "" || codes[d.Code] {
			complain("destinations[%d].code: missing or given twice", i)
		}
		codes[d.Code] = true
		if d.Kind != "dvcqg" {
			complain("destinations[%d].kind: only dvcqg is known", i)
		}
		if (d.PasswordFile == "") == (d.PasswordEnv == "") {
			complain("destinations[%d]: exactly one of password_file and password_env is needed", i)
		}
	}
	if len(mistakes) > 0 {
		return fault.New(fault.Usage, "config.Parse", strings.Join(mistakes, "\n"))
	}
	return nil
}

// Secret returns the content of a file or of an environment variable, without
// white space around it.
func Secret(file, variable string, getenv func(string) string) (string, error) {
	if variable != "" {
		if v := strings.TrimSpace(getenv(variable)); v != "" {
			return v, nil
		}
		return "", fault.New(fault.Usage, "config.Secret", "the environment variable "+variable+" is empty")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", &fault.Error{Code: fault.Usage, Op: "config.Secret", Msg: "a secret cannot be read", Err: err}
	}
	return strings.TrimSpace(string(data)), nil
}
