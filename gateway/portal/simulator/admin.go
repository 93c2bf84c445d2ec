package simulator

import (
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// wireFault is a [Fault] in JSON: durations are text such as "1.5s".
type wireFault struct {
	Name   FaultName `json:"name"`
	On     bool      `json:"on"`
	Share  float64   `json:"share,omitzero"`
	Delay  string    `json:"delay,omitzero"`
	Count  int       `json:"count,omitzero"`
	Ops    []Op      `json:"ops,omitempty"`
	Rate   float64   `json:"rate,omitzero"`
	Ending Ending    `json:"ending,omitzero"`
	Stored *bool     `json:"stored,omitzero"`
}

func wireOf(f Fault) wireFault {
	w := wireFault{Name: f.Name, On: f.On, Share: f.Share, Count: f.Count, Ops: f.Ops, Rate: f.Rate, Ending: f.Ending, Stored: f.Stored}
	if f.Delay > 0 {
		w.Delay = f.Delay.String()
	}
	return w
}

func (w wireFault) fault() (Fault, error) {
	f := Fault{Name: w.Name, On: w.On, Share: w.Share, Count: w.Count, Ops: w.Ops, Rate: w.Rate, Ending: w.Ending, Stored: w.Stored}
	var err error
	f.Delay, err = parseDuration(w.Delay)
	return f, err
}

func parseDuration(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, fault.New(fault.Usage, "simulator.admin", `a duration is text such as "1.5s"`)
	}
	return d, nil
}

func (s *Simulator) adminRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /_sim/faults", local(answering(s.adminFaults)))
	mux.HandleFunc("GET /_sim/state", local(answering(s.adminState)))
	mux.HandleFunc("POST /_sim/sessions/expire", local(answering(s.adminExpire)))
	mux.HandleFunc("GET /_sim/dossiers/{key}", local(answering(s.adminDossier)))
	mux.HandleFunc("POST /_sim/listener", local(s.adminListener))
}

// local lets only callers on this machine in.
func local(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddrPort(r.RemoteAddr)
		if err != nil || !from.Addr().Unmap().IsLoopback() {
			http.Error(w, "only on loopback", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}

func answering(serve func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := serve(r)
		if err != nil {
			http.Error(w, err.Error(), adminStatus(err))
			return
		}
		w.Header().Set("Content-Type", jsonType)
		_ = json.MarshalWrite(w, answer, json.Deterministic(true), jsontext.Multiline(true)) // the reader may have left
	}
}

func adminStatus(err error) int {
	switch fault.CodeOf(err) {
	case fault.Usage, fault.Malformed:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

func readAdmin(r *http.Request, into any) error {
	if err := json.UnmarshalRead(http.MaxBytesReader(nil, r.Body, 1<<20), into, json.RejectUnknownMembers(true)); err != nil {
		return fault.Wrap(err, fault.Malformed, "simulator.admin")
	}
	return nil
}

// adminFaults takes one switch or a list of them and answers with what is on.
func (s *Simulator) adminFaults(r *http.Request) (any, error) {
	var raw jsontext.Value
	if err := readAdmin(r, &raw); err != nil {
		return nil, err
	}
	if raw.Kind() != '[' {
		raw = append(append(jsontext.Value{'['}, raw...), ']')
	}
	var asked []wireFault
	if err := json.Unmarshal(raw, &asked, json.RejectUnknownMembers(true)); err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "simulator.admin")
	}
	for _, one := range asked {
		f, err := one.fault()
		if err == nil {
			err = s.SetFault(f)
		}
		if err != nil {
			return nil, err
		}
	}
	return object{"faults": wireFaults(s.faults.list())}, nil
}

func wireFaults(all []Fault) []wireFault {
	out := make([]wireFault, len(all))
	for i, f := range all {
		out[i] = wireOf(f)
	}
	return out
}

func (s *Simulator) adminState(*http.Request) (any, error) {
	st := s.State()
	return struct {
		State
		Faults []wireFault `json:"faults"`
	}{st, wireFaults(st.Faults)}, nil
}

func (s *Simulator) adminExpire(*http.Request) (any, error) {
	n, err := s.ExpireSessions()
	return object{"expired": n}, err
}

func (s *Simulator) adminDossier(r *http.Request) (any, error) {
	d, ok := s.Dossier(strings.TrimSpace(r.PathValue("key")))
	if !ok {
		return nil, fault.New(fault.NotFound, "simulator.admin", "no such dossier")
	}
	return d, nil
}

// adminListener closes or opens the port. The answer may travel over the very
// connection that is to be closed, so it leaves first.
func (s *Simulator) adminListener(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Up  bool   `json:"up"`
		For string `json:"for"`
	}
	err := readAdmin(r, &asked)
	lift, durationErr := parseDuration(asked.For)
	if err = errors.Join(err, durationErr); err == nil {
		err = s.mayTurn(asked.Up, lift)
	}
	if err != nil {
		http.Error(w, err.Error(), adminStatus(err))
		return
	}
	body := `{"up":` + strconv.FormatBool(asked.Up) + `}`
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = io.WriteString(w, body) // the caller may have left; the port is turned all the same
	_ = http.NewResponseController(w).Flush()
	select {
	case s.front.commands <- command{up: asked.Up, lift: lift, done: make(chan error, 1)}:
	case <-s.front.ended:
	}
}

func (s *Simulator) mayTurn(up bool, lift time.Duration) error {
	if !s.front.isRunning() {
		return fault.New(fault.Usage, "simulator.admin", "the simulator does not run a listener of its own")
	}
	if !up && lift <= 0 && s.AdminAddr() == "" {
		return fault.New(fault.Usage, "simulator.admin", `without an admin address nobody could open the port again: say "for"`)
	}
	return nil
}
