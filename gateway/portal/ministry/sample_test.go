package ministry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/schema"
)

const sampleKey = "H05.31-260609-0007"

// birth is a birth registration with one paper. All people are invented.
func birth(t testing.TB, files string) *schema.Dossier {
	t.Helper()
	return &schema.Dossier{
		Number: sampleKey, Channel: schema.Online,
		Procedure: schema.ProcedureRef{Code: "1.001193", Name: "Thủ tục đăng ký khai sinh"},
		Applicant: schema.Applicant{
			Kind: schema.Citizen, Name: "Nguyễn Thị Hạnh", Phone: "0912000001", Email: "hanh.nt@example.vn",
			Identifiers: []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}},
			Address:     schema.Address{Street: "Số 5 phố Vũ", Commune: "09187", Province: "24"},
		},
		SubmittedAt: destinationtest.When(t, "20260609080512"), ReceivedAt: destinationtest.When(t, "20260609083000"), DueAt: destinationtest.When(t, "20260609170000"),
		Status: schema.Received, ProcessingUnit: "UBND phường Kinh Bắc",
		Papers: []schema.Paper{{ID: "88121", Name: "Giấy chứng sinh", Component: "000.00.00.G15-KQ000111", URL: files + "/gcs.pdf", ReplacingCode: "KQ.DVC.THONGTIN"}},
	}
}

func stepAt(t testing.TB, at string, s schema.Status) schema.DossierStep {
	t.Helper()
	return schema.DossierStep{Dossier: sampleKey, At: destinationtest.When(t, at), Status: s, Officer: "Lê Thị Cúc", Unit: "UBND phường Kinh Bắc"}
}

func config(base string) Config {
	return Config{
		Code: "ministry", URL: base + "/ministry", ClientID: "may-khach", ClientSecret: "bi-mat-canary",
		NumberCode: "000.00.07.G15", Unit: "G15.07", FileHosts: []string{"127.0.0.1"}, Timeout: 10 * time.Second,
	}
}

func destination(t testing.TB, cfg Config, deps Deps) *Destination {
	t.Helper()
	d, err := New(cfg, deps)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// store is a store of files, which counts what is fetched.
type store struct {
	*httptest.Server
	mu      sync.Mutex
	fetched map[string]int
}

func openStore(t testing.TB) *store {
	t.Helper()
	s := &store{fetched: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.fetched[r.URL.Path]++
		s.mu.Unlock()
		switch {
		case strings.HasPrefix(r.URL.Path, "/mat"):
			http.NotFound(w, r)
		case strings.HasPrefix(r.URL.Path, "/nghen"):
			w.WriteHeader(http.StatusServiceUnavailable)
		case strings.HasPrefix(r.URL.Path, "/rong"):
		case strings.HasPrefix(r.URL.Path, "/rat-dai"):
			_, _ = io.WriteString(w, strings.Repeat("x", 65))
		case strings.HasPrefix(r.URL.Path, "/chuyen"):
			http.Redirect(w, r, "/gcs.pdf", http.StatusFound)
		default:
			_, _ = io.WriteString(w, "%PDF of "+r.URL.Path)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *store) times(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched[path]
}

// simulated is a destination in front of a simulated portal and a store of files.
type simulated struct {
	*Destination
	portal *simulator.Simulator
	files  *store
}

func simulate(t testing.TB, o simulator.Options, change func(*Config)) simulated {
	t.Helper()
	o.Accounts = map[string]string{"may-khach": "bi-mat-canary"}
	p, err := simulator.New(o)
	require.NoError(t, err)
	server := httptest.NewServer(p.Handler())
	t.Cleanup(func() { server.Close(); require.NoError(t, p.Close()) })
	cfg := config(server.URL)
	if change != nil {
		change(&cfg)
	}
	return simulated{destination(t, cfg, Deps{}), p, openStore(t)}
}

// memory is what the engine keeps of one delivery, folded as the engine does.
type memory struct {
	known gateway.Known
	ops   []gateway.Operation
}

// next plans and makes one call. It returns false when there is nothing to do.
func (s simulated) next(t testing.TB, d *schema.Dossier, m *memory) (gateway.Outcome, bool) {
	t.Helper()
	calls, err := s.Plan(destinationtest.Dossier(t, d), m.known)
	require.NoError(t, err)
	if len(calls) == 0 {
		return gateway.Outcome{}, false
	}
	c := calls[0]
	m.ops = append(m.ops, c.Operation)
	out := s.Send(t.Context(), c.Operation, []gateway.PlannedCall{c})[0]
	issued := map[string]string{}
	for _, given := range []map[string]string{m.known.Issued, out.Issued} {
		for k, v := range given {
			issued[k] = v
		}
	}
	m.known.Issued = issued
	if out.Kind == gateway.Delivered {
		m.known.Exists = m.known.Exists || c.Operation == gateway.OpCreate
		m.known.Steps = append(m.known.Steps, c.Steps...)
	}
	return out, true
}

// bring goes on until there is nothing to do.
func (s simulated) bring(t testing.TB, d *schema.Dossier, m *memory) {
	t.Helper()
	for range 20 {
		out, more := s.next(t, d, m)
		if !more {
			return
		}
		require.Equal(t, gateway.Delivered, out.Kind, "%+v", out)
	}
	require.Fail(t, "it never ends")
}
