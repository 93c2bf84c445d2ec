package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/schema/units"
)

// checker says what is wrong with values that could be read.
type checker struct {
	*reader
	getenv func(string) string
	keys   map[string]string // API key → path of its source
}

// complain adds a mistake, unless the value could not even be read.
func (k *checker) complain(path, format string, args ...any) {
	at, found := k.places[path]
	for p := path; ; p = parent(p) {
		if k.unread[p] {
			return
		}
		if !found {
			at, found = k.places[p]
		}
		if p == "" {
			break
		}
	}
	k.at(at, path, format, args...)
}

// parent cuts the last part off a path: "a[0].b" → "a[0]" → "a" → "".
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// given complains about a missing value.
func (k *checker) given(path, value string) bool {
	if value == "" {
		k.complain(path, "missing")
	}
	return value != ""
}

func (k *checker) oneOf(path, value string, known ...string) {
	if k.given(path, value) && !slices.Contains(known, value) {
		k.complain(path, "%q is not known; known: %s", value, strings.Join(known, ", "))
	}
}

func (k *checker) check(c *Config) {
	k.listen(c.Listen)
	k.database(c)
	if k.given("province", c.Province) {
		if _, ok := units.Province(c.Province); !ok {
			k.complain("province", "no province has the code %q since 01/07/2025", c.Province)
		}
	}
	if len(c.Site) > maxSite || strings.ContainsFunc(c.Site, unicode.IsControl) {
		k.complain("site", "a name of at most %d bytes is expected", maxSite)
	}
	codes := map[string]string{}
	for i := range c.Sources {
		k.source(fmt.Sprintf("sources[%d]", i), &c.Sources[i], codes)
	}
	codes = map[string]string{}
	for i := range c.Destinations {
		path := fmt.Sprintf("destinations[%d]", i)
		k.destination(path, &c.Destinations[i], codes)
	}
	k.proxies("trusted_proxies", c.TrustedProxies)
	if secret, at := k.secret("", "evidence_key", c.EvidenceKeyFile, c.EvidenceKeyEnv, true); secret != "" && len(secret) < MinEvidenceKey {
		k.complain(at, "at least %d characters are expected", MinEvidenceKey)
	}
	k.journal(c)
}

func (k *checker) journal(c *Config) {
	if secret, at := k.secret("", "journal_key", c.JournalKeyFile, c.JournalKeyEnv, true); secret != "" {
		if _, err := journal.ParseKey(secret); err != nil {
			k.complain(at, "an ed25519 private key in PEM is expected; lienthong journal keygen makes one")
		}
	}
	if c.JournalPublicKeysFile == "" {
		return
	}
	text, err := Secret(c.JournalPublicKeysFile, "", k.getenv)
	if err != nil {
		k.complain("journal_public_keys_file", "the file %s cannot be read", c.JournalPublicKeysFile)
	} else if _, err := journal.ParseKeys([]byte(text)); err != nil {
		k.complain("journal_public_keys_file", "ed25519 public keys in PEM are expected")
	}
}

func (k *checker) listen(address string) {
	if !k.given("listen", address) {
		return
	}
	_, port, err := net.SplitHostPort(address)
	if n, wrong := strconv.ParseUint(port, 10, 16); err != nil || wrong != nil || n > 65535 {
		k.complain("listen", "host and port are expected, such as 127.0.0.1:8080")
	}
}

// keyword is one word of a connection string that is no URL: host=… dbname=….
var keyword = regexp.MustCompile(`^\s*[a-z_]+\s*=`)

func (k *checker) database(c *Config) {
	if !k.given("database_url", c.DatabaseURL) {
		return
	}
	if c.DatabaseURL == Embedded {
		k.given("data_dir", c.DataDir)
		return
	}
	// The value may hold a password: neither it nor an error that quotes it is repeated.
	u, err := url.Parse(c.DatabaseURL)
	isURL := err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql")
	if !isURL && !keyword.MatchString(c.DatabaseURL) {
		k.complain("database_url", "postgres://… or %s is expected", Embedded)
	}
}

// Codes stand in paths, metrics and names of queues.
var codePattern = regexp.MustCompile(`^[a-z0-9]+(?:[_-][a-z0-9]+)*$`)

const maxCode = 60

// ValidCode reports whether a text can be the code of a source or destination.
func ValidCode(code string) bool { return codePattern.MatchString(code) && len(code) <= maxCode }

// MinEvidenceKey is the shortest secret that wraps evidence keys, in characters.
const MinEvidenceKey = 32

func (k *checker) code(path, code string, codes map[string]string) {
	path += ".code"
	if !k.given(path, code) {
		return
	}
	if !ValidCode(code) {
		k.complain(path, "a code is of lower-case letters and digits, with single - or _ between them, at most %d", maxCode)
		return
	}
	if first, twice := codes[code]; twice {
		k.complain(path, "%q is %s already", code, first)
		return
	}
	codes[code] = parent(path)
}

// secret checks that one secret can be read, from a file or a variable, and returns it.
func (k *checker) secret(path, name, file, variable string, optional bool) (value, at string) {
	fileAt, variableAt := strings.TrimPrefix(path+"."+name+"_file", "."), strings.TrimPrefix(path+"."+name+"_env", ".")
	switch {
	case k.unread[fileAt] || k.unread[variableAt]:
		return "", ""
	case file != "" && variable != "":
		k.complain(variableAt, "%s_file is given too; one of both is enough", name)
		return "", ""
	case file == "" && variable == "":
		if !optional {
			k.complain(path, "%s_file or %s_env is missing", name, name)
		}
		return "", ""
	}
	at = fileAt
	if variable != "" {
		at = variableAt
	}
	value, err := Secret(file, variable, k.getenv)
	var wrong *fault.Error
	if errors.As(err, &wrong) {
		k.complain(at, "%s", wrong.Msg)
	}
	return value, at
}
