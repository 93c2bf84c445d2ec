package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
)

// wrong says how the good file is spoilt, and the one line that this costs.
var wrong = map[string]struct{ old, fresh, want string }{
	"listen: wrong type":        {"127.0.0.1:8080\n", "8080\n", "1:9: listen: a text, in quotes, is expected"},
	"listen: no port":           {"127.0.0.1:8080\n", "127.0.0.1\n", "1:9: listen: host and port are expected, such as 127.0.0.1:8080"},
	"listen: port out of range": {"127.0.0.1:8080\n", "127.0.0.1:80800\n", "1:9: listen: host and port are expected, such as 127.0.0.1:8080"},
	"listen: empty":             {"127.0.0.1:8080\n", "\"\"\n", "1:9: listen: missing"},
	"database_url: missing":     {"database_url: postgres://gateway:hunter2@db.example.vn/lienthong\n", "", "1:1: database_url: missing"},
	"database_url: other kind":  {"postgres://gateway", "mysql://gateway", "2:15: database_url: postgres://… or embedded is expected"},
	"data_dir: missing for the private database": {
		"database_url: postgres://gateway:hunter2@db.example.vn/lienthong\ndata_dir: ./.lienthong", "database_url: embedded\ndata_dir: ''",
		"3:11: data_dir: missing",
	},
	"province: missing":                {"province: \"24\"\n", "", "1:1: province: missing"},
	"province: a number":               {`"24"`, "24", "4:11: province: a text, in quotes, is expected"},
	"province: dissolved":              {`"24"`, `"27"`, `4:11: province: no province has the code "27" since 01/07/2025`},
	"unknown key":                      {"province:", "region: x\nprovince:", "4:1: region: unknown key; known: listen, database_url, data_dir, province, sources, destinations, trusted_proxies, evidence_key_file, evidence_key_env, journal_key_file, journal_key_env, journal_public_keys_file, site"},
	"key given twice":                  {"province:", "listen: :1\nprovince:", "4:1: listen: given twice, first in line 1"},
	"unknown key of a source":          {"adapter: onestop", "adapter: onestop\n    kind: x", "9:5: sources[1].kind: unknown key; known: code, adapter, mapping, key_file, key_env, feeds"},
	"source: code missing":             {"- code: motcua\n    adapter", "- adapter", "7:5: sources[1].code: missing"},
	"source: code of capitals":         {"code: motcua", "code: MotCua", "7:11: sources[1].code: a code is of lower-case letters and digits, with single - or _ between them, at most 60"},
	"source: code twice":               {"code: motcua", "code: hotich", `7:11: sources[1].code: "hotich" is sources[0] already`},
	"source: adapter missing":          {"\n    adapter: onestop", "", "7:5: sources[1].adapter: missing"},
	"source: adapter unknown":          {"adapter: onestop", "adapter: onestep", `8:14: sources[1].adapter: "onestep" is not known; known: business, civil, land, mapped, onestop`},
	"source: mapping missing":          {"adapter: onestop", "adapter: mapped", "7:5: sources[1].mapping: missing: the adapter mapped needs one"},
	"source: mapping of another":       {"adapter: onestop", "adapter: onestop\n    mapping: x.yaml", "9:14: sources[1].mapping: only the adapter mapped has one"},
	"source: mapping not there":        {"adapter: onestop", "adapter: mapped\n    mapping: KEYS/none.yaml", "9:14: sources[1].mapping: KEYS/none.yaml: the mapping cannot be read"},
	"source: mapping is wrong":         {"adapter: onestop", "adapter: mapped\n    mapping: KEYS/wrong.yaml", "9:14: sources[1].mapping: KEYS/wrong.yaml:2:10: version: a whole number from 1 is expected; raise it when the same bytes give other records"},
	"source: two keys":                 {"adapter: onestop", "adapter: onestop\n    key_file: KEYS/hotich\n    key_env: K", "10:14: sources[1].key_env: key_file is given too; one of both is enough"},
	"source: key file missing":         {"KEYS/hotich", "KEYS/none", "6:46: sources[0].key_file: the file KEYS/none cannot be read: no such file or directory"},
	"source: key file empty":           {"KEYS/hotich", "KEYS/empty", "6:46: sources[0].key_file: the file KEYS/empty is empty"},
	"source: key too short":            {"KEYS/hotich", "KEYS/short", "6:46: sources[0].key_file: an API key has 24 to 512 characters, all of them printable ASCII"},
	"source: key with a space":         {"KEYS/hotich", "KEYS/spaced", "6:46: sources[0].key_file: an API key has 24 to 512 characters, all of them printable ASCII"},
	"source: variable empty":           {"key_file: KEYS/hotich", "key_env: NOTHING", "6:45: sources[0].key_env: the environment variable NOTHING is empty"},
	"source: key of another":           {"adapter: onestop", "adapter: onestop\n    key_file: KEYS/hotich", "9:15: sources[1].key_file: sources[0] has the same key"},
	"source: feed unknown":             {"adapter: civil", "adapter: civil, feeds: [nguoi]", `6:44: sources[0].feeds[0]: "nguoi" is not known; known: all, dossiers, people, organisations, parcels, civil-events`},
	"source: feed twice":               {"adapter: civil", "adapter: civil, feeds: [people, people]", "6:52: sources[0].feeds[1]: given twice"},
	"source: feeds no list":            {"adapter: civil", "adapter: civil, feeds: people", "6:43: sources[0].feeds: a list is expected"},
	"source: feeds without a key":      {"adapter: onestop", "adapter: onestop\n    feeds: [people]", "9:12: sources[1].feeds: key_file or key_env is missing; what other keys read is said by lienthong keys"},
	"proxies: no list":                 {"province:", "trusted_proxies: 127.0.0.1/32\nprovince:", "4:18: trusted_proxies: a list is expected"},
	"proxies: no network":              {"province:", "trusted_proxies: [127.0.0.1]\nprovince:", "4:19: trusted_proxies[0]: a network such as 10.24.0.0/16 or 127.0.0.1/32 is expected"},
	"proxies: a name":                  {"province:", "trusted_proxies: [localhost]\nprovince:", "4:19: trusted_proxies[0]: a network such as 10.24.0.0/16 or 127.0.0.1/32 is expected"},
	"proxies: an empty one":            {"province:", "trusted_proxies: ['']\nprovince:", "4:19: trusted_proxies[0]: a network such as 10.24.0.0/16 or 127.0.0.1/32 is expected"},
	"proxies: no number":               {"province:", "trusted_proxies: [10]\nprovince:", "4:19: trusted_proxies[0]: a text, in quotes, is expected"},
	"proxies: wider than it looks":     {"province:", "trusted_proxies: [10.24.1.7/16]\nprovince:", "4:19: trusted_proxies[0]: the network of this address is 10.24.0.0/16"},
	"proxies: everybody":               {"province:", "trusted_proxies: [0.0.0.0/0]\nprovince:", "4:19: trusted_proxies[0]: this would believe everybody"},
	"proxies: everybody, IPv6":         {"province:", "trusted_proxies: ['::/0']\nprovince:", "4:19: trusted_proxies[0]: this would believe everybody"},
	"proxies: IPv4 as IPv6":            {"province:", "trusted_proxies: ['::ffff:10.0.0.0/104']\nprovince:", "4:19: trusted_proxies[0]: an IPv4 network is written as one, such as 10.24.0.0/16"},
	"proxies: twice":                   {"province:", "trusted_proxies: [10.0.0.0/8, 10.0.0.0/8]\nprovince:", "4:31: trusted_proxies[1]: 10.0.0.0/8 is trusted_proxies[0] already"},
	"source: not keys with values":     {"  - code: motcua\n    adapter: onestop", "  - motcua", "7:5: sources[1]: keys with values are expected"},
	"source: empty item":               {"  - code: motcua\n    adapter: onestop", "  -", "7:4: sources[1]: empty"},
	"sources: no list":                 {"  - {code: hotich, adapter: civil, key_file: KEYS/hotich}\n  - code: motcua\n    adapter: onestop", "  code: motcua", "6:3: sources: a list is expected"},
	"destination: code missing":        {"code: dvcqg\n    kind", "kind", "10:5: destinations[0].code: missing"},
	"destination: kind unknown":        {"kind: dvcqg", "kind: dvcgq", `11:11: destinations[0].kind: "dvcgq" is not known; known: dvcqg, ministry, sink`},
	"destination: key of another kind": {"kind: dvcqg", "kind: dvcqg\n    ministry: {unit: G15.07}", "12:15: destinations[0].ministry: a destination of kind dvcqg has no such key"},
	"destination: url missing":         {"    url: http://127.0.0.1:9090/VXPAdapter/RestService/forward\n", "", "10:5: destinations[0].url: missing"},
	"destination: url no http":         {"http://127.0.0.1:9090", "ftp://127.0.0.1", "12:10: destinations[0].url: an http or https URL is expected"},
	"destination: url no host":         {"http://127.0.0.1:9090", "http://", "12:10: destinations[0].url: an http or https URL is expected"},
	"destination: url broken":          {"http://127.0.0.1:9090", "http://127.0.0.1:port", "12:10: destinations[0].url: an http or https URL is expected"},
	"destination: url password":        {"http://127.0.0.1", "http://u:hunter2@127.0.0.1", "12:10: destinations[0].url: a name or password must not stand in the URL"},
	"destination: url query":           {"/forward", "/forward?x=1", "12:10: destinations[0].url: a URL without ? and # is expected"},
	"destination: path":                {"kind: dvcqg", "kind: dvcqg\n    share_path: http://other/s", "12:17: destinations[0].share_path: a path below url is expected, such as mapi/g"},
	"destination: agency missing":      {"    agency: 000.00.00.H05\n", "", "10:5: destinations[0].agency: missing"},
	"destination: no username":         {"    username: 000.00.00.H05\n", "", "10:5: destinations[0].username: missing"},
	"destination: no password":         {"    password_file: KEYS/dvcqg\n", "", "10:5: destinations[0]: password_file or password_env is missing"},
	"destination: password twice":      {"lookup:", "password_env: X\n    lookup:", "17:19: destinations[0].password_env: password_file is given too; one of both is enough"},
	"destination: password file":       {"KEYS/dvcqg", "KEYS", "16:20: destinations[0].password_file: the file KEYS cannot be read: is a directory"},
	"destination: dstcode_in":          {"kind: dvcqg", "kind: dvcqg\n    dstcode_in: body", `12:17: destinations[0].dstcode_in: "body" is not known; known: header, query`},
	"destination: lookup":              {"lookup: trail", "lookup: all", `17:13: destinations[0].lookup: "all" is not known; known: exists, header, trail`},
	"destination: settle no unit":      {"settle: 30s", "settle: 30", "18:13: destinations[0].settle: a duration such as 60s is expected"},
	"destination: settle negative":     {"settle: 30s", "settle: -1s", "18:13: destinations[0].settle: a duration such as 60s is expected"},
	"destination: settle zero":         {"settle: 30s", "settle: 0s", "18:13: destinations[0].settle: a duration from 1ms to 24h is expected"},
	"destination: settle too long":     {"settle: 30s", "settle: 25h", "18:13: destinations[0].settle: a duration from 1ms to 24h is expected"},
	"destination: lanes zero":          {"lanes: 8", "lanes: 0", "19:12: destinations[0].lanes: a number from 1 to 1024 is expected"},
	"destination: lanes too many":      {"lanes: 8", "lanes: 1025", "19:12: destinations[0].lanes: a number from 1 to 1024 is expected"},
	"destination: lanes a text":        {"lanes: 8", `lanes: "8"`, "19:12: destinations[0].lanes: a whole number is expected"},
	"destination: lanes a half":        {"lanes: 8", "lanes: 8.5", "19:12: destinations[0].lanes: a whole number is expected"},
	"destination: batch zero":          {"batch: 10", "batch: 0", "20:12: destinations[0].batch: a number from 1 to 1000 is expected"},
	"destination: timeout too long for a run of a lane": {
		"timeout: 5s", "timeout: 19s", "21:14: destinations[0].timeout: a duration from 1ms to 18s is expected",
	},
	"destination: receives no list": {"receives: [dossier]", "receives: dossier", "22:15: destinations[0].receives: a list is expected"},
	"destination: receives nothing": {"receives: [dossier]", "receives: []", "22:15: destinations[0].receives: at least one kind is expected"},
	"destination: receives others":  {"receives: [dossier]", "receives: [dossier, person]", `22:25: destinations[0].receives[1]: "person" is not known; known: dossier`},
	"destination: receives twice":   {"receives: [dossier]", "receives: [dossier, dossier]", "22:25: destinations[0].receives[1]: given twice"},
	"destination: breaker":          {"lookup:", "breaker: {min_calls: -1}\n    lookup:", "17:26: destinations[0].breaker.min_calls: a number from 0 is expected"},
	"destination: breaker's key":    {"lookup:", "breaker: {open: 1s}\n    lookup:", "17:15: destinations[0].breaker.open: unknown key; known: open_for, window, min_calls, slow_call, ramp_calls"},
	"destination: token":            {"lookup:", "token_env: X\n    lookup:", "17:16: destinations[0].token_env: a destination of kind dvcqg has no such key"},
	"destination twice": {
		"destinations:\n", "destinations:\n  - {code: dvcqg, kind: dvcqg, url: 'http://127.0.0.1/', agency: a, username: u, password_file: KEYS/dvcqg}\n",
		`11:11: destinations[1].code: "dvcqg" is destinations[0] already`,
	},
	"evidence: key twice":          {"destinations:\n", "evidence_key_file: KEYS/dvcqg\nevidence_key_env: X\ndestinations:\n", "10:19: evidence_key_env: evidence_key_file is given too; one of both is enough"},
	"evidence: key missing":        {"destinations:\n", "evidence_key_file: KEYS/none\ndestinations:\n", "9:20: evidence_key_file: the file KEYS/none cannot be read: no such file or directory"},
	"journal: key of another kind": {"destinations:\n", "journal_key_file: KEYS/dvcqg\ndestinations:\n", "9:19: journal_key_file: an ed25519 private key in PEM is expected; lienthong journal keygen makes one"},
	"journal: no public keys":      {"destinations:\n", "journal_public_keys_file: KEYS/dvcqg\ndestinations:\n", "9:27: journal_public_keys_file: ed25519 public keys in PEM are expected"},
	"evidence: key too short":      {"destinations:\n", "evidence_key_file: KEYS/dvcqg\ndestinations:\n", "9:20: evidence_key_file: at least 32 characters are expected"},
	"a second document":            {"    receives: [dossier]\n", "    receives: [dossier]\n---\nlisten: x\n", "24:1: a second document; one is read"},
	"broken syntax":                {"[dossier]", "[dossier", "22:15: sequence end token ']' not found"},
	"no keys at all":               {good, "- 1\n", "1:1: keys with values are expected"},
}

func TestEveryMistakeIsOneLine(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	require.Empty(t, mistakes(t, strings.ReplaceAll(good, "KEYS", dir), variables()))
	for name, w := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoilt := strings.Replace(good, w.old, w.fresh, 1)
			require.NotEqual(t, good, spoilt, "the good file does not hold what is to be replaced")
			found := mistakes(t, strings.ReplaceAll(spoilt, "KEYS", dir), variables())
			require.Empty(t, cmp.Diff([]string{strings.ReplaceAll(w.want, "KEYS", dir)}, found))
			require.NotContains(t, found[0], "hunter2")
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	const text = `listen: [x]
database_url: hunter2
province: 24
province: "24"
colour: red
sources:
  - code: A
    adapter: 7
  - {adapter: civil, key_env: NOTHING}
  - x
destinations:
  - code: [dvcqg]
    kind: other
    url: nowhere
    password_file: 1
    lookup: everything
    settle: soon
    lanes: 4096
    batch: -1
    timeout: 1h
    receives: {}
`
	require.Empty(t, cmp.Diff(strings.Split(`1:9: listen: a text is expected
2:15: database_url: postgres://… or embedded is expected
3:11: province: a text, in quotes, is expected
4:1: province: given twice, first in line 3
5:1: colour: unknown key; known: listen, database_url, data_dir, province, sources, destinations, trusted_proxies, evidence_key_file, evidence_key_env, journal_key_file, journal_key_env, journal_public_keys_file, site
7:11: sources[0].code: a code is of lower-case letters and digits, with single - or _ between them, at most 60
8:14: sources[0].adapter: a text, in quotes, is expected
9:5: sources[1].code: missing
9:31: sources[1].key_env: the environment variable NOTHING is empty
10:5: sources[2]: keys with values are expected
12:5: destinations[0].agency: missing
12:5: destinations[0].username: missing
12:11: destinations[0].code: a text is expected
13:11: destinations[0].kind: "other" is not known; known: dvcqg, ministry, sink
14:10: destinations[0].url: an http or https URL is expected
15:20: destinations[0].password_file: a text, in quotes, is expected
16:13: destinations[0].lookup: "everything" is not known; known: exists, header, trail
17:13: destinations[0].settle: a duration such as 60s is expected
18:12: destinations[0].lanes: a number from 1 to 1024 is expected
19:12: destinations[0].batch: a number from 1 to 1000 is expected
20:14: destinations[0].timeout: a duration from 1ms to 18s is expected
21:15: destinations[0].receives: a list is expected`, "\n"), mistakes(t, text, variables())))
}

func TestMistakesOfTheEnvironmentNameTheVariable(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"1:1: province: missing",
		"LIENTHONG_DATABASE_URL: postgres://… or embedded is expected",
		"LIENTHONG_LISTEN: host and port are expected, such as 127.0.0.1:8080",
	}, mistakes(t, "", variables("LIENTHONG_LISTEN", "somewhere", "LIENTHONG_DATABASE_URL", "hunter2")))
}

func TestLoadNamesTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	require.NoError(t, os.WriteFile(file, []byte("database_url: embedded\nprovince: \"99\"\n"), 0o600))
	_, err := config.Load(file, variables())
	require.ErrorContains(t, err, file+`:2:11: province: no province has the code "99"`)
	_, err = config.Load(file+".none", variables())
	require.ErrorContains(t, err, "cannot be read")
}

// FuzzParse looks for a text that brings the reader down.
func FuzzParse(f *testing.F) {
	f.Add(good)
	for _, w := range wrong {
		f.Add(strings.Replace(good, w.old, w.fresh, 1))
	}
	f.Add("a: &x [*x]\n<<: *x\n? [y]: z")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse([]byte(text), variables())
		if err == nil && (c.DatabaseURL == "" || c.Province == "") {
			t.Fatal("a configuration without what is needed was taken")
		}
	})
}

// sinkOf is a configuration with one sink.
func sinkOf(keys ...string) string {
	return "database_url: embedded\nprovince: \"24\"\ndestinations:\n  - code: kho\n    kind: sink\n    url: http://127.0.0.1:9090/sink/events\n    " +
		strings.Join(keys, "\n    ") + "\n"
}

func TestSink(t *testing.T) {
	t.Parallel()
	secret := variables("SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", "TOKEN", "canary")
	c, err := config.Parse([]byte(sinkOf("receives: [land_parcel, civil_event]", "secret_env: SECRET", "token_env: TOKEN")), secret)
	require.NoError(t, err)
	d := c.Destinations[0]
	require.Equal(t, []any{"none", 50, 16, ""}, []any{d.Lookup, d.Batch, d.Lanes, d.DstCode})
	written, err := c.YAML()
	require.NoError(t, err)
	require.NotContains(t, string(written), "canary")
	again, err := config.Parse(written, secret)
	require.NoError(t, err, string(written))
	require.Empty(t, cmp.Diff(c.Destinations, again.Destinations))
	_, err = config.Parse([]byte(sinkOf("receives: [person]", "purpose: kho-du-lieu", "lookup: exists", "batch: 1")), secret)
	require.NoError(t, err)

	const receives = "receives: [dossier]"
	for want, keys := range map[string][]string{
		"4:5: destinations[0].receives: at least one kind is expected":                                                                   {"lanes: 1"},
		"4:5: destinations[0]: purpose is missing; people are sent for a stated purpose only":                                            {"receives: [dossier, person]"},
		"8:14: destinations[0].purpose: a code is of lower-case letters and digits, with single - or _ between them, at most 60":         {receives, "purpose: Kho dữ liệu"},
		`7:16: destinations[0].receives[0]: "dossier_step" is not known; known: dossier, civil_event, land_parcel, organisation, person`: {"receives: [dossier_step]"},
		"8:13: destinations[0].agency: a destination of kind sink has no such key":                                                       {receives, "agency: x"},
		`8:13: destinations[0].lookup: "trail" is not known; known: none, exists`:                                                        {receives, "lookup: trail"},
		"8:17: destinations[0].secret_env: a signing secret is whsec_ and 24 to 64 bytes in base64":                                      {receives, "secret_env: TOKEN"},
		"8:16: destinations[0].token_env: the environment variable NOTHING is empty":                                                     {receives, "token_env: NOTHING"},
	} {
		require.Empty(t, cmp.Diff([]string{want}, mistakes(t, sinkOf(keys...), secret)))
	}
}
