package dvcqg

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/schema"
)

// simulated is a destination in front of a simulated portal.
type simulated struct {
	*Destination
	portal *simulator.Simulator
}

func simulate(t *testing.T, o simulator.Options, change func(*Config)) simulated {
	t.Helper()
	o.Accounts = map[string]string{"000.00.00.H05": "mat-khau-canary"}
	p, err := simulator.New(o)
	require.NoError(t, err)
	server := httptest.NewServer(p.Handler())
	t.Cleanup(func() { server.Close(); require.NoError(t, p.Close()) })
	cfg := config(server.URL)
	cfg.Lookup = gateway.ShowsTrail
	if change != nil {
		change(&cfg)
	}
	return simulated{destination(t, cfg, Deps{}), p}
}

// bring plans and sends once, and returns the outcomes.
func (s simulated) bring(t *testing.T, d *schema.Dossier, known gateway.Known) []gateway.Outcome {
	t.Helper()
	calls, err := s.Plan(destinationtest.Dossier(t, d), known)
	require.NoError(t, err)
	var all []gateway.Outcome
	for _, c := range calls {
		all = append(all, s.Send(t.Context(), c.Operation, []gateway.PlannedCall{c})...)
	}
	return all
}

func (s simulated) look(t *testing.T, key string) gateway.Known {
	t.Helper()
	known, out := s.Lookup(t.Context(), key)
	require.Contains(t, []gateway.OutcomeKind{gateway.Found, gateway.Absent}, out.Kind, "%+v", out)
	return known
}

func delivered(t *testing.T, outcomes []gateway.Outcome, n int) {
	t.Helper()
	require.Len(t, outcomes, n)
	for _, out := range outcomes {
		require.Equal(t, gateway.Delivered, out.Kind, "%+v", out)
	}
}

func TestSimulatorWholeLife(t *testing.T) {
	t.Parallel()
	for _, codes := range []simulator.CodeStyle{simulator.CodesMixed, simulator.CodesInt, simulator.CodesString, simulator.CodesLegacy} {
		t.Run(string(codes), func(t *testing.T) {
			t.Parallel()
			s := simulate(t, simulator.Options{Codes: codes}, nil)
			d := rich(t)
			d.Status, d.Steps = schema.Received, birthSteps(t)[:1]
			require.Equal(t, gateway.Known{}, s.look(t, d.Number))
			delivered(t, s.bring(t, d, gateway.Known{}), 2)
			known := s.look(t, d.Number)
			require.True(t, known.Exists && known.TrailSeen)
			require.Empty(t, s.bring(t, d, known), "what a look-up shows is what was sent")

			d.Status, d.Steps = schema.InProgress, birthSteps(t)
			delivered(t, s.bring(t, d, known), 2)
			require.Empty(t, s.bring(t, d, s.look(t, d.Number)))

			shown, ok := s.portal.Dossier(d.Number)
			require.True(t, ok)
			require.Equal(t, 1, shown.Updates)
			require.Len(t, shown.Steps, 2)
			var last step
			require.NoError(t, json.Unmarshal(shown.Steps[1].Body, &last))
			require.EqualValues(t, "4", last.TrangThai)
			require.False(t, shown.Steps[0].Duplicate || shown.Steps[1].Duplicate)
		})
	}
}

func TestSimulatorRefusesAndKnows(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, nil)
	d := birth(t)
	delivered(t, s.bring(t, d, gateway.Known{}), 1)
	t.Run("a second create exists", func(t *testing.T) {
		require.Equal(t, gateway.Exists, s.bring(t, d, gateway.Known{})[0].Kind)
	})
	t.Run("an update of nothing is absent", func(t *testing.T) {
		other := birth(t)
		other.Number = "H05.31-251103-9999"
		other.Steps = birthSteps(t)
		for _, out := range s.bring(t, other, gateway.Known{Exists: true}) {
			require.Equal(t, gateway.Absent, out.Kind)
		}
	})
	t.Run("a poison record refuses its batch, with a cause that names the rule", func(t *testing.T) {
		call := plannedCreate(t, s.Destination)[0]
		poison := call
		poison.Payload = [][]byte{[]byte(`{"MaHoSo":"H05.31-251103-0666","MaTTHC":"","ChuHoSo":"Trần Văn Độc"}`)}
		outcomes := s.Send(t.Context(), gateway.OpCreate, []gateway.PlannedCall{poison, call})
		require.Len(t, outcomes, 2)
		require.Equal(t, gateway.RefusedData, outcomes[1].Kind)
		require.Equal(t, "dvcqg.refused:thiếu trường matthc", outcomes[1].Cause)
		require.Equal(t, gateway.ShelfSource, outcomes[1].Shelf)
		require.True(t, outcomes[0].Whole)
	})
}

func TestSimulatorForgetsSessions(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{SessionCalls: 2}, nil)
	d := birth(t)
	d.Steps = birthSteps(t)
	delivered(t, s.bring(t, d, gateway.Known{}), 2)
	require.Empty(t, s.bring(t, d, s.look(t, d.Number)), "the third call renewed the session")
	_, err := s.portal.ExpireSessions()
	require.NoError(t, err)
	d.Note = "khác"
	delivered(t, s.bring(t, d, s.look(t, d.Number)), 1)
	shown, _ := s.portal.Dossier(d.Number)
	require.Equal(t, 1, shown.Updates)
}

func TestSimulatorFaults(t *testing.T) {
	t.Parallel()
	const writes = simulator.OpDossier
	for name, tc := range map[string]struct {
		fault  simulator.Fault
		kind   gateway.OutcomeKind
		stored bool
	}{
		"reset":                         {simulator.Fault{Name: simulator.FaultRefuse}, gateway.Unknown, false},
		"throttled":                     {simulator.Fault{Name: simulator.FaultThrottle}, gateway.Throttled, false},
		"503":                           {simulator.Fault{Name: simulator.FaultHTTP503, Delay: time.Second}, gateway.Unavailable, false},
		"502":                           {simulator.Fault{Name: simulator.FaultHTTP502}, gateway.Unknown, false},
		"session":                       {simulator.Fault{Name: simulator.FaultSessionExpired, Count: 1}, gateway.Delivered, true},
		"session for good":              {simulator.Fault{Name: simulator.FaultSessionExpired}, gateway.SessionExpired, false},
		"empty":                         {simulator.Fault{Name: simulator.FaultEmptyBody}, gateway.Unknown, false},
		"broken off":                    {simulator.Fault{Name: simulator.FaultTruncatedJSON}, gateway.Unknown, true},
		"stored, then cut":              {simulator.Fault{Name: simulator.FaultStoredAnswerLost}, gateway.Unknown, true},
		"stored, answered as duplicate": {simulator.Fault{Name: simulator.FaultDuplicateAnswer}, gateway.Exists, true},
		"success with a bad code":       {simulator.Fault{Name: simulator.FaultSuccessTextBadCode}, gateway.Unknown, true},
		"code 0 with other words":       {simulator.Fault{Name: simulator.FaultCodeOKBadText}, gateway.Unknown, true},
		"never answered":                {simulator.Fault{Name: simulator.FaultHang}, gateway.Unknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, simulator.Options{}, func(c *Config) {
				if tc.fault.Name == simulator.FaultHang {
					c.Timeout = time.Second // enough for the login on a slow machine
				}
			})
			tc.fault.On, tc.fault.Ops = true, []simulator.Op{writes}
			require.NoError(t, s.portal.SetFault(tc.fault))
			out := send(t, s.Destination, gateway.OpCreate)
			require.Equal(t, tc.kind, out.Kind, "%+v", out)
			tc.fault.On = false
			require.NoError(t, s.portal.SetFault(tc.fault))
			known := s.look(t, sampleKey)
			require.Equal(t, tc.stored, known.Exists, "a look-up ends the doubt")
			if tc.stored {
				require.Empty(t, s.bring(t, birth(t), known))
			}
		})
	}
}

func TestSimulatorOfAnotherMember(t *testing.T) {
	t.Parallel()
	for _, form := range []simulator.AdapterFault{simulator.AdapterFaultJSON, simulator.AdapterFaultXML} {
		s := simulate(t, simulator.Options{AdapterFault: form}, func(c *Config) { c.DstCode = "VN:GOV:000.00.00.G99:nobody" })
		out := send(t, s.Destination, gateway.OpCreate)
		require.Equal(t, gateway.Unavailable, out.Kind)
		require.Equal(t, gateway.ShelfGateway, out.Shelf)
		require.Equal(t, "dvcqg.login.axis.unknown_member", out.Cause)
	}
}

func TestSimulatorRoutingCodeInTheQuery(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{Lookup: simulator.ShowHeader}, func(c *Config) { c.DstCodeIn, c.Lookup = DstCodeInQuery, gateway.ShowsHeader })
	d := birth(t)
	d.Steps = birthSteps(t)
	delivered(t, s.bring(t, d, gateway.Known{}), 2)
	known := s.look(t, d.Number)
	require.False(t, known.TrailSeen)
	require.NotZero(t, known.HeaderHash)
	calls, err := s.Plan(destinationtest.Dossier(t, d), known)
	require.NoError(t, err)
	require.Len(t, calls, 1, "the steps are the caller's to remember")
	require.Equal(t, gateway.OpSteps, calls[0].Operation)
}

func TestSimulatorWrongPassword(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, func(c *Config) { c.Password = "sai" })
	out := send(t, s.Destination, gateway.OpCreate)
	require.Equal(t, gateway.Unavailable, out.Kind)
	require.Equal(t, gateway.ShelfGateway, out.Shelf)
	require.Equal(t, "dvcqg.login.refused:tài khoản hoặc mật khẩu không đúng", out.Cause)
}
