package dvcqg

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// buses are the ways in which a province's own bus takes writes, as a change of the usual configuration.
func buses() map[string]func(*Config) {
	root := func(c *Config) string { return c.URL[:len(c.URL)-len("/VXPAdapter/RestService/forward")] }
	return map[string]func(*Config){
		WireNamed: func(c *Config) { c.Wire, c.URL, c.Lookup = WireNamed, root(c)+"/api/SynsTTHCC", "" },
		WireAddresses: func(c *Config) {
			c.Wire, c.URL, c.Lookup = WireAddresses, root(c), ""
			c.CreatePath, c.UpdatePath, c.StepsPath = "dvc/ThemMoi", "/dvc/CapNhat", "dvc/DongBoTienTrinh"
		},
	}
}

func TestBusWholeLife(t *testing.T) {
	t.Parallel()
	for name, change := range buses() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, simulator.Options{}, func(c *Config) {
				change(c)
				c.Username, c.Password = "", "" // the bus logs in by itself
			})
			require.Equal(t, gateway.ShowsNothing, s.Spec().Shows)
			d := rich(t)
			d.Status, d.Steps = schema.Received, birthSteps(t)[:1]
			delivered(t, s.bring(t, d, gateway.Known{}), 2)
			require.Equal(t, gateway.Exists, s.Send(t.Context(), gateway.OpCreate, s.plan(t, d)[:1])[0].Kind, "what was sent once is there")
			d.Status, d.Steps = schema.InProgress, birthSteps(t)
			calls := s.plan(t, d)
			known := gateway.Known{Exists: true, Steps: calls[1].Steps[:1]}
			delivered(t, s.bring(t, d, known), 2)
			require.Equal(t, simulator.Totals{Dossiers: 1, Updates: 1, Steps: 2}, s.portal.State().Stored)
			_, out := s.Lookup(t.Context(), d.Number)
			require.Equal(t, gateway.Unavailable, out.Kind, "there is nobody to ask")
		})
		t.Run(name+", with the portal to be asked beside it", func(t *testing.T) {
			t.Parallel()
			s := simulate(t, simulator.Options{}, func(c *Config) {
				c.LookupURL = c.URL
				change(c)
				c.Lookup = gateway.ShowsTrail
			})
			d := birth(t)
			d.Steps = birthSteps(t)
			require.Equal(t, gateway.Known{}, s.look(t, d.Number))
			delivered(t, s.bring(t, d, gateway.Known{}), 2)
			require.Empty(t, s.bring(t, d, s.look(t, d.Number)), "what the portal shows is what went through the bus")
		})
	}
}

func (s simulated) plan(t *testing.T, d *schema.Dossier) []gateway.PlannedCall {
	t.Helper()
	calls, err := s.Plan(destinationtest.Dossier(t, d), gateway.Known{})
	require.NoError(t, err)
	return calls
}

func TestBusCall(t *testing.T) {
	t.Parallel()
	var asked *http.Request
	var body []byte
	answer := `{"error_code":"0","message":"Thêm mới thành công"}`
	door := openRaw(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r
		body, _ = io.ReadAll(r.Body)
		_, _ = io.WriteString(w, answer)
	})
	cfg := config(door)
	buses()[WireNamed](&cfg)
	d := destination(t, cfg, Deps{})
	calls, err := d.Plan(destinationtest.Dossier(t, birth(t)), gateway.Known{})
	require.NoError(t, err)
	require.Equal(t, gateway.Delivered, d.Send(t.Context(), gateway.OpCreate, calls[:1])[0].Kind)
	require.Equal(t, "/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=000.00.00.H05&isUpdating=False", asked.URL.String())
	require.Equal(t, "["+string(calls[0].Payload[0])+"]", string(body), "a bare array, and no session")
	require.Empty(t, asked.Header.Get("dstcode"), "the axis is the bus's own business")

	answer = expired
	out := d.Send(t.Context(), gateway.OpCreate, calls[:1])[0]
	require.Equal(t, gateway.Unavailable, out.Kind, "the session that expired is the bus's own")
	require.Equal(t, gateway.ShelfDestination, out.Shelf)
	require.Equal(t, "dvcqg.session", out.Cause)
}

func TestNewSaysWhatIsWrongWithABus(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"unknown":                    func(c *Config) { c.Wire = "soap" },
		"addresses without a path":   func(c *Config) { buses()[WireAddresses](c); c.StepsPath = "" },
		"a path that does nothing":   func(c *Config) { c.CreatePath = "dvc/ThemMoi" },
		"a look-up without address":  func(c *Config) { buses()[WireNamed](c); c.Lookup = gateway.ShowsTrail },
		"an address without look-up": func(c *Config) { c.LookupURL = c.URL; buses()[WireNamed](c); c.Lookup = gateway.ShowsNothing },
		"a portal that is not asked": func(c *Config) { c.Lookup = gateway.ShowsNothing },
		"a look-up elsewhere":        func(c *Config) { buses()[WireNamed](c); c.Lookup, c.LookupURL = gateway.ShowsTrail, "http://10.1.2.3" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config("http://127.0.0.1:1")
			change(&cfg)
			_, err := New(cfg, Deps{})
			require.Equal(t, fault.Usage, fault.CodeOf(err))
		})
	}
}

func openRaw(t *testing.T, answer http.HandlerFunc) (address string) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server.URL
}
