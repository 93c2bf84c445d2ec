package ministry

import (
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/schema"
)

func TestSimulatorWholeLife(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, nil)
	d := birth(t, s.files.URL)
	d.Steps = []schema.DossierStep{stepAt(t, "20260609083000", schema.Received)}
	var m memory
	s.bring(t, d, &m)
	require.Equal(t, []gateway.Operation{gateway.OpNumber, gateway.OpUpload, gateway.OpCreate, gateway.OpSteps, gateway.OpStatus}, m.ops)
	number := m.known.Issued["number"]
	require.Regexp(t, `^G15\.07-\d{8}-0000001$`, number)

	d.Status, d.Fees = schema.PaymentRequired, []schema.Fee{{Name: "Lệ phí", Code: "LP.01", Method: "4", Amount: 8000, Type: "1"}}
	d.Steps = append(d.Steps, stepAt(t, "20260609101500", schema.InProgress), stepAt(t, "20260609110000", schema.PaymentRequired))
	m.ops = nil
	s.bring(t, d, &m)
	require.Equal(t, []gateway.Operation{gateway.OpSteps, gateway.OpStatus}, m.ops)

	d.Status, d.Results = schema.Returned, []schema.ResultPaper{{Name: "Giấy khai sinh", Code: "KQ.G15.000031", URL: "https://files.example.vn/kq"}}
	d.Steps = append(d.Steps, stepAt(t, "20260609150000", schema.Completed), stepAt(t, "20260609160000", schema.Returned))
	m.ops = nil
	s.bring(t, d, &m)
	require.Equal(t, []gateway.Operation{gateway.OpSteps, gateway.OpStatus}, m.ops)

	shown, ok := s.portal.Dossier(number)
	require.True(t, ok)
	var codes []int
	for _, one := range shown.States {
		require.False(t, one.Duplicate)
		var w state
		require.NoError(t, json.Unmarshal(one.Body, &w))
		codes = append(codes, w.TrangThai)
	}
	require.Equal(t, []int{2, 6, 9, 10}, codes)
	require.Len(t, shown.Steps, 5)
	for _, one := range shown.Steps {
		require.False(t, one.Duplicate)
	}
	require.Equal(t, 1, s.files.times("/gcs.pdf"))
	stored := s.portal.State().Stored
	require.Equal(t, []int{1, 1, 1}, []int{stored.Numbers, stored.Uploads, stored.Dossiers})
	t.Run("results that come later do not set it back", func(t *testing.T) {
		d.Results = append(d.Results, schema.ResultPaper{Name: "Bản sao"})
		_, more := s.next(t, d, &m)
		require.False(t, more)
	})
}

func TestSimulatorTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, nil)
	d := birth(t, s.files.URL)
	var m memory
	_, _ = s.next(t, d, &m)
	_, err := s.portal.ExpireSessions()
	require.NoError(t, err)
	s.bring(t, d, &m)
	require.EqualValues(t, 2, s.portal.State().Calls[simulator.OpLogin])
	require.Equal(t, 1, s.portal.State().Stored.Numbers)

	t.Run("a second 401 is the outcome", func(t *testing.T) {
		require.NoError(t, s.portal.SetFault(simulator.Fault{Name: simulator.FaultSessionExpired, On: true}))
		out := s.Send(t.Context(), gateway.OpNumber, []gateway.PlannedCall{{Operation: gateway.OpNumber, Key: "x"}})[0]
		require.Equal(t, gateway.SessionExpired, out.Kind)
		require.Equal(t, 401, out.HTTPStatus)
		require.Equal(t, "ministry.http.401", out.Cause)
	})
}

func TestSimulatorFaults(t *testing.T) {
	t.Parallel()
	yes := true
	for name, tc := range map[string]struct {
		fault simulator.Fault
		kind  gateway.OutcomeKind
		cause string
		id    bool // idHoSo is known afterwards
	}{
		"502 with a page":            {simulator.Fault{Name: simulator.FaultHTTP502}, gateway.Unknown, "ministry.http.502", false},
		"502 after it was stored":    {simulator.Fault{Name: simulator.FaultHTTP502, Stored: &yes}, gateway.Unknown, "ministry.http.502", false},
		"503":                        {simulator.Fault{Name: simulator.FaultHTTP503}, gateway.Unavailable, "ministry.http.503", false},
		"429":                        {simulator.Fault{Name: simulator.FaultThrottle}, gateway.Throttled, "ministry.http.429", false},
		"nothing":                    {simulator.Fault{Name: simulator.FaultEmptyBody}, gateway.Unknown, "ministry.body.empty", false},
		"a page with 200":            {simulator.Fault{Name: simulator.FaultHTMLPage}, gateway.Unknown, "ministry.body.markup", false},
		"half an answer":             {simulator.Fault{Name: simulator.FaultTruncatedJSON}, gateway.Unknown, "ministry.body.broken_json", false},
		"stored, and cut":            {simulator.Fault{Name: simulator.FaultStoredAnswerLost}, gateway.Unknown, "ministry.connection.reset", false},
		"never":                      {simulator.Fault{Name: simulator.FaultHang}, gateway.Unknown, "ministry.timeout", false},
		"success with a bad code":    {simulator.Fault{Name: simulator.FaultSuccessTextBadCode}, gateway.Unknown, "ministry.contradiction", true},
		"taken, and called a repeat": {simulator.Fault{Name: simulator.FaultDuplicateAnswer}, gateway.Exists, "ministry.exists", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, simulator.Options{}, func(c *Config) {
				if tc.fault.Name == simulator.FaultHang {
					c.Timeout = time.Second // enough for the calls before it on a slow machine
				}
			})
			d := birth(t, s.files.URL)
			var m memory
			_, _ = s.next(t, d, &m)
			_, _ = s.next(t, d, &m)
			tc.fault.On, tc.fault.Ops = true, []simulator.Op{simulator.OpDossier}
			require.NoError(t, s.portal.SetFault(tc.fault))
			out, _ := s.next(t, d, &m)
			require.Equal(t, tc.kind, out.Kind, "%+v", out)
			require.Equal(t, tc.cause, out.Cause)
			require.Equal(t, tc.id, m.known.Issued["id"] != "")
			require.NotContains(t, out.Message+out.Cause, "Hạnh")
		})
	}
}

func TestSimulatorKeepsASecondCreateOut(t *testing.T) {
	t.Parallel()
	for name, shows := range map[string]bool{"and tells the id": true, "and tells nothing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := simulate(t, simulator.Options{Ministry: simulator.Ministry{ExistsShowsID: shows}}, nil)
			d := birth(t, s.files.URL)
			var m memory
			_, _ = s.next(t, d, &m)
			_, _ = s.next(t, d, &m)
			require.NoError(t, s.portal.SetFault(simulator.Fault{Name: simulator.FaultStoredAnswerLost, On: true, Count: 1, Ops: []simulator.Op{simulator.OpDossier}}))
			out, _ := s.next(t, d, &m)
			require.Equal(t, gateway.Unknown, out.Kind)
			out, _ = s.next(t, d, &m)
			require.Equal(t, gateway.Exists, out.Kind)
			require.Equal(t, shows, out.Issued["id"] != "")
			require.Equal(t, 1, s.portal.State().Stored.Dossiers)
		})
	}
}
