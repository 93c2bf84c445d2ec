package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
)

// goodMinistry is a configuration with the portal of a ministry; KEYS is a folder.
const goodMinistry = `listen: 127.0.0.1:8080
database_url: embedded
province: "24"
destinations:
  - code: botuphap
    kind: ministry
    url: http://127.0.0.1:9090/ministry
    settle: 90s
    lanes: 4
    ministry:
      client_id: H05
      client_secret_file: KEYS/dvcqg
      number_code: 000.00.07.G15
      unit: G15.07
      file_hosts: [files.example.vn, "10.0.0.8:9000"]
      file_limit_mb: 10
      unknown_create: park
      token_path: oauth/token
`

func TestMinistry(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	text := strings.ReplaceAll(goodMinistry, "KEYS", dir)
	t.Run("is read", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(text), variables())
		require.NoError(t, err)
		d := c.Destinations[0]
		require.Equal(t, []any{"ministry", 4, config.Duration(90 * time.Second)}, []any{d.Kind, d.Lanes, d.Settle})
		require.Empty(t, cmp.Diff(config.Ministry{
			ClientID: "H05", ClientSecretFile: dir + "/dvcqg", NumberCode: "000.00.07.G15", Unit: "G15.07",
			FileHosts: []string{"files.example.vn", "10.0.0.8:9000"}, FileLimitMB: 10, UnknownCreate: "park", TokenPath: "oauth/token",
		}, d.Ministry))
	})
	t.Run("a second destination has breakers and waits of its own", func(t *testing.T) {
		t.Parallel()
		second := text[strings.Index(text, "  - code:"):]
		second = strings.Replace(second, "botuphap", "bonoivu", 1) + "    breaker: {open_for: 2s, min_calls: 3}\n    retry_cap: 1m\n"
		c, err := config.Parse([]byte(text+second), variables())
		require.NoError(t, err)
		require.Zero(t, c.Destinations[0].RetryCap)
		require.Equal(t, config.Breaker{OpenFor: config.Duration(2 * time.Second), MinCalls: 3}, c.Destinations[1].Breaker)
		require.Equal(t, config.Duration(time.Minute), c.Destinations[1].RetryCap)
	})
	for name, tc := range map[string]struct{ old, fresh, want string }{
		"no block":         {text[strings.Index(text, "    ministry:"):], "", "5:5: destinations[0].ministry.client_id: missing"},
		"no unit":          {"      unit: G15.07\n", "", "11:7: destinations[0].ministry.unit: missing"},
		"no secret":        {"      client_secret_file: " + dir + "/dvcqg\n", "", "11:7: destinations[0].ministry: client_secret_file or client_secret_env is missing"},
		"a host with *":    {"files.example.vn", "'*.vn'", "15:20: destinations[0].ministry.file_hosts[0]: a host or host:port is expected, such as files.example.vn"},
		"a URL as host":    {"files.example.vn", "http://files.example.vn", "15:20: destinations[0].ministry.file_hosts[0]: a host or host:port is expected, such as files.example.vn"},
		"a huge file":      {"file_limit_mb: 10", "file_limit_mb: 51", "16:22: destinations[0].ministry.file_limit_mb: a number from 1 to 50 is expected"},
		"unknown create":   {"create: park", "create: hope", `17:23: destinations[0].ministry.unknown_create: "hope" is not known; known: repeat, park`},
		"a path with host": {"oauth/token", "http://x/y", "18:19: destinations[0].ministry.token_path: a path below url is expected, such as GetToken"},
		"a look-up":        {"lanes: 4", "lookup: header", "9:13: destinations[0].lookup: a destination of kind ministry has no such key"},
		"a batch":          {"lanes: 4", "batch: 10", "9:12: destinations[0].batch: a destination of kind ministry has no such key"},
		"a key of a sink":  {"lanes: 4", "purpose: x", "9:14: destinations[0].purpose: a destination of kind ministry has no such key"},
		"another kind":     {"kind: ministry", "kind: sink", "11:7: destinations[0].ministry: a destination of kind sink has no such key"},
		"a wrong rate":     {"lanes: 4", "rate: 5", "9:11: destinations[0].rate: "},
		"an unknown key":   {"client_id: H05", "client_id: H05\n      realm: x", "12:7: destinations[0].ministry.realm: unknown key; known: client_id, "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, text, tc.old)
			_, err := config.Parse([]byte(strings.Replace(text, tc.old, tc.fresh, 1)), variables())
			require.ErrorContains(t, err, tc.want)
		})
	}
	t.Run("is written as a file that reads the same", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(text), variables())
		require.NoError(t, err)
		written, err := c.YAML()
		require.NoError(t, err)
		again, err := config.Parse(written, variables())
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(c.Destinations, again.Destinations))
	})
}
