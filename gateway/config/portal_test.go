package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
)

// goodBus is a configuration whose writes go through the province's own bus; KEYS is a folder.
const goodBus = `listen: 127.0.0.1:8080
database_url: embedded
province: "24"
destinations:
  - code: truc-tinh
    kind: dvcqg
    url: http://127.0.0.1:9090
    agency: 000.00.00.H05
    wire: addresses
    create_path: dvc/ThemMoi
    update_path: dvc/CapNhat
    steps_path: dvc/DongBoTienTrinh
    born_numbers: G22
    chunk: 20
    household: "4"
    partial_batches: true
`

func TestBus(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	asked := "    lookup_url: http://127.0.0.1:9091/forward\n    lookup: trail\n    username: 000.00.00.H05\n    password_file: " + dir + "/dvcqg\n"
	t.Run("is read, and shows nothing where nobody can be asked", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(goodBus), variables())
		require.NoError(t, err)
		d := c.Destinations[0]
		require.Equal(t, []any{"addresses", "dvc/ThemMoi", "dvc/CapNhat", "dvc/DongBoTienTrinh", "none", 20, "4", true},
			[]any{d.Wire, d.CreatePath, d.UpdatePath, d.StepsPath, d.Lookup, d.Chunk, d.Household, d.Partial})
	})
	t.Run("may be asked beside it", func(t *testing.T) {
		t.Parallel()
		c, err := config.Parse([]byte(goodBus+asked), variables())
		require.NoError(t, err)
		require.Equal(t, []any{"http://127.0.0.1:9091/forward", "trail"}, []any{c.Destinations[0].LookupURL, c.Destinations[0].Lookup})
	})
	for name, tc := range map[string]struct{ old, fresh, want string }{
		"unknown":           {"wire: addresses", "wire: soap", `destinations[0].wire: "soap" is not known; known: envelope, named, addresses`},
		"no path":           {"    steps_path: dvc/DongBoTienTrinh\n", "", "destinations[0].steps_path: missing"},
		"a path with host":  {"dvc/CapNhat", "http://x/y", "destinations[0].update_path: a path below url is expected, such as mapi/g"},
		"paths of another":  {"wire: addresses", "wire: named", "destinations[0].create_path: only wire: addresses has such a key"},
		"an idle account":   {"chunk: 20", "username: x", "destinations[0].username: a destination of kind dvcqg behind a bus that nobody can ask has no such key"},
		"an idle look-up":   {"chunk: 20", "lookup: trail", `destinations[0].lookup: "trail" is not known; known: none`},
		"no account to ask": {"chunk: 20", "lookup: trail\n    lookup_url: http://127.0.0.1:1", "destinations[0].username: missing"},
		"chunk":             {"chunk: 20", "chunk: 0", "destinations[0].chunk: a number from 1 to 1000 is expected"},
		"partial in words":  {"partial_batches: true", `partial_batches: "yes"`, "destinations[0].partial_batches: true or false is expected"},
		"household":         {`household: "4"`, `household: "1"`, `destinations[0].household: "1" is not known; known: 2, 4`},
		"a portal elsewhere": {
			"wire: addresses\n    create_path: dvc/ThemMoi\n    update_path: dvc/CapNhat\n    steps_path: dvc/DongBoTienTrinh\n",
			"lookup_url: http://127.0.0.1:1\n", "destinations[0].lookup_url: the portal itself is asked where it is written to",
		},
		"of a sink":     {"kind: dvcqg", "kind: sink", "destinations[0].wire: a destination of kind sink has no such key"},
		"of a ministry": {"kind: dvcqg", "kind: ministry", "destinations[0].partial_batches: a destination of kind ministry has no such key"},
	} {
		t.Run("refuses: "+name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, goodBus, tc.old)
			_, err := config.Parse([]byte(strings.Replace(goodBus, tc.old, tc.fresh, 1)), variables())
			require.ErrorContains(t, err, tc.want)
		})
	}
}
