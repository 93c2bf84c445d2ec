package config_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

// good is the configuration of the documentation; KEYS is a folder.
const good = `listen: 127.0.0.1:8080
database_url: postgres://gateway:hunter2@db.example.vn/lienthong
data_dir: ./.lienthong
province: "24"
sources:
  - {code: hotich, adapter: civil, key_file: KEYS/hotich}
  - code: motcua
    adapter: onestop
destinations:
  - code: dvcqg
    kind: dvcqg
    url: http://127.0.0.1:9090/VXPAdapter/RestService/forward
    dstcode: "VN:GOV:000.00.00.G22:vpcpdvcprovider"
    agency: 000.00.00.H05
    username: 000.00.00.H05
    password_file: KEYS/dvcqg
    lookup: trail
    settle: 30s
    lanes: 8
    batch: 10
    timeout: 5s
    receives: [dossier]
`

// mapping is the smallest that makes sense.
const mapping = `name: lltp
version: 1
summary: Criminal records.
input: {format: json}
records:
  - {kind: person, order: arrival, id: ma, fields: {full_name: ten}}
`

func variables(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// keyFolder makes the files that the configurations of the tests name.
func keyFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"hotich": "lt_0123456789abcdefghijklmn\n", "dvcqg": "mat-khau\n", "empty": " \n", "short": "lt_short", "spaced": "lt_0123456789abcdef ghijklmn",
		"good.yaml": mapping, "wrong.yaml": strings.Replace(mapping, "version: 1", "version: x", 1),
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	return dir
}

func TestParse(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	text := strings.ReplaceAll(good, "KEYS", dir)

	t.Run("reads every key", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(text), variables())
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(config.Config{
			Listen: "127.0.0.1:8080", DatabaseURL: "postgres://gateway:hunter2@db.example.vn/lienthong", DataDir: "./.lienthong", Province: "24",
			Sources: []config.Source{{Code: "hotich", Adapter: "civil", KeyFile: dir + "/hotich"}, {Code: "motcua", Adapter: "onestop"}},
			Destinations: []config.Destination{{
				Code: "dvcqg", Kind: "dvcqg", URL: "http://127.0.0.1:9090/VXPAdapter/RestService/forward",
				LoginPath: "mapi/login", IntegrationPath: "mapi/g", SharePath: "mapi/s",
				DstCode: "VN:GOV:000.00.00.G22:vpcpdvcprovider", DstCodeIn: "header", Agency: "000.00.00.H05", Username: "000.00.00.H05",
				PasswordFile: dir + "/dvcqg", Lookup: "trail", Settle: config.Duration(30 * time.Second), Lanes: 8, Batch: 10,
				Timeout: config.Duration(5 * time.Second), Receives: []string{"dossier"},
			}},
		}, c))
	})

	t.Run("has defaults for what is not said", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(`
database_url: embedded
province: "24"
destinations:
  - {code: dvcqg, kind: dvcqg, url: "https://axis.example.vn/forward", agency: 000.00.00.H05, username: x, password_env: PORTAL}
`), variables("PORTAL", "secret"))
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1:8080", c.Listen)
		require.Equal(t, "./.lienthong", c.DataDir)
		d := c.Destinations[0]
		require.Equal(t, []any{"header", "1m", 16, 20, "10s", []string{"dossier"}},
			[]any{d.Lookup, d.Settle.String(), d.Lanes, d.Batch, d.Timeout.String(), d.Receives})
	})

	t.Run("reads who may read feeds and which proxies are believed", func(t *testing.T) {
		t.Parallel()
		with := strings.Replace(text, "/hotich}", "/hotich, feeds: [dossiers, people]}\n", 1) + "trusted_proxies: [127.0.0.1/32, 'fd00::/8']\n"
		c, err := config.Parse([]byte(with), variables())
		require.NoError(t, err)
		require.Equal(t, []string{"dossiers", "people"}, c.Sources[0].Feeds)
		require.Equal(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("fd00::/8")}, c.Proxies())
	})

	t.Run("a source may be described by a mapping", func(t *testing.T) {
		t.Parallel()
		with := strings.Replace(text, "adapter: onestop", "adapter: mapped\n    mapping: "+dir+"/good.yaml", 1)
		c, err := config.Parse([]byte(with), variables())
		require.NoError(t, err)
		require.Equal(t, dir+"/good.yaml", c.Sources[1].Mapping)
	})

	t.Run("the environment stands above the file", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"LIENTHONG_LISTEN", "LIENTHONG_DATABASE_URL", "LIENTHONG_DATA_DIR", "LIENTHONG_PROVINCE", "LIENTHONG_EVIDENCE_KEY_FILE", "LIENTHONG_EVIDENCE_KEY_ENV",
			"LIENTHONG_JOURNAL_KEY_FILE", "LIENTHONG_JOURNAL_KEY_ENV", "LIENTHONG_JOURNAL_PUBLIC_KEYS_FILE", "LIENTHONG_SITE"}, config.Variables())
		c, err := config.Parse([]byte(text), variables("LIENTHONG_LISTEN", ":1", "LIENTHONG_DATABASE_URL", "embedded",
			"LIENTHONG_DATA_DIR", "/d", "LIENTHONG_PROVINCE", "01"))
		require.NoError(t, err)
		require.Equal(t, []string{":1", "embedded", "/d", "01"}, []string{c.Listen, c.DatabaseURL, c.DataDir, c.Province})
	})

	t.Run("the effective configuration is one that can be read", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(text+"    breaker: {open_for: 2s, min_calls: 5}\n    retry_cap: 1h\ntrusted_proxies: [10.0.0.0/8]\n"), variables())
		require.NoError(t, err)
		written, err := c.YAML()
		require.NoError(t, err)
		again, err := config.Parse(written, variables())
		require.NoError(t, err, string(written))
		require.Empty(t, cmp.Diff(c, again))
	})
}

func TestMaskedHidesPasswords(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"postgres://u:hunter2@h/d":                    "postgres://u:xxxxx@h/d",
		"postgres://u@h/d?password=hunter2&sslmode=x": "postgres://u@h/d?password=xxxxx&sslmode=x",
		"host=h user=u password=hunter2 dbname=d":     "host=h user=u password=xxxxx dbname=d",
		`host=h password = 'hun\'ter2 x' dbname=d`:    "host=h password=xxxxx dbname=d",
		"embedded": "embedded",
		"postgres://u@h/d?host=%2Ftmp&sslmode=disable": "postgres://u@h/d?host=%2Ftmp&sslmode=disable",
	} {
		require.Equal(t, want, config.Config{DatabaseURL: url}.Masked().DatabaseURL)
	}
	require.NotContains(t, fmt.Sprint(config.Config{DatabaseURL: "postgres://u:hunter2@h/d"}.LogValue()), "hunter2")
}

func mistakes(t *testing.T, text string, getenv func(string) string) []string {
	t.Helper()
	_, err := config.Parse([]byte(text), getenv)
	if err == nil {
		return nil
	}
	require.Equal(t, fault.Usage, fault.CodeOf(err))
	var found config.Mistakes
	require.True(t, errors.As(err, &found))
	return strings.Split(found.Error(), "\n")
}
