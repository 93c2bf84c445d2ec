package dvcqg

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestNewSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"no code":            func(c *Config) { c.Code = "" },
		"no address":         func(c *Config) { c.URL = "" },
		"not http":           func(c *Config) { c.URL = "ftp://127.0.0.1" },
		"no agency":          func(c *Config) { c.Agency = "" },
		"no account":         func(c *Config) { c.Username = "" },
		"no password":        func(c *Config) { c.Password = "" },
		"routing code":       func(c *Config) { c.DstCodeIn = "body" },
		"look-up mode":       func(c *Config) { c.Lookup = "everything" },
		"household":          func(c *Config) { c.Household = "1" },
		"kinds":              func(c *Config) { c.Receives = []schema.Kind{schema.KindPerson} },
		"negative":           func(c *Config) { c.Timeout = -1 },
		"too many lanes":     func(c *Config) { c.Lanes = gateway.Slots + 1 },
		"another machine":    func(c *Config) { c.URL = "http://10.1.2.3/VXPAdapter/RestService/forward" },
		"a name like a host": func(c *Config) { c.URL = "http://localhost.example.vn/forward" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config("http://127.0.0.1:1")
			change(&cfg)
			_, err := New(cfg, Deps{})
			require.Equal(t, fault.Usage, fault.CodeOf(err))
			require.NotContains(t, err.Error(), "10.1.2.3")
		})
	}
	t.Run("another machine, when allowed", func(t *testing.T) {
		t.Parallel()
		cfg := config("http://10.1.2.3")
		cfg.AllowRemote = true
		_, err := New(cfg, Deps{})
		require.NoError(t, err)
	})
}

func TestSpec(t *testing.T) {
	t.Parallel()
	require.Equal(t, gateway.DestinationSpec{
		Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}, Batch: 10, Lanes: 8, Shows: gateway.ShowsExistence,
		Settle: time.Minute, Timeout: 10 * time.Second,
		Writes: []gateway.Operation{gateway.OpCatalogue, gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps, gateway.OpStatus},
		Single: []gateway.Operation{gateway.OpStatus},
	}, offline(t).Spec())
}

func TestConfigPrintsNoSecret(t *testing.T) {
	t.Parallel()
	cfg := config("http://127.0.0.1:1/securityCode")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", cfg)
	require.Contains(t, log.String(), "destination dvcqg")
	require.NotContains(t, log.String(), "securityCode")
	require.NotContains(t, log.String()+fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg), "mat-khau")
}

func TestAddress(t *testing.T) {
	t.Parallel()
	cfg := config("http://127.0.0.1:1").withDefaults()
	require.Equal(t, "http://127.0.0.1:1/VXPAdapter/RestService/forward/mapi/g", cfg.address(cfg.IntegrationPath))
	cfg.URL, cfg.DstCodeIn = cfg.URL+"/", DstCodeInQuery
	require.Equal(t, "http://127.0.0.1:1/VXPAdapter/RestService/forward/mapi/g?dstcode=VN%3AGOV%3A000.00.00.G22%3Avpcpdvcprovider",
		cfg.address("/mapi/g"))
}
