package simulator

import (
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// adminRoutes builds /_sim/. One path serves programs and people: JSON, or a page
// where the caller asks for HTML; JSON in, or a form.
func (s *Simulator) adminRoutes(mux *http.ServeMux) {
	own := http.NewServeMux()
	own.HandleFunc("GET /_sim/{$}", s.pageOverview)
	own.HandleFunc("GET /_sim/style.css", serveStyle)
	own.HandleFunc("GET /_sim/state", answering(s.adminState))
	own.HandleFunc("GET /_sim/calls", answering(func(*http.Request) (any, error) { return object{"calls": s.recent.list()}, nil }))
	own.HandleFunc("GET /_sim/faults", answering(func(*http.Request) (any, error) { return s.openFaults(), nil }))
	own.HandleFunc("POST /_sim/faults", s.either(answering(s.adminFaults), s.formFaults))
	own.HandleFunc("GET /_sim/switches", forPeople(answering(func(*http.Request) (any, error) { return s.Switches(), nil }), s.pageSwitches))
	own.HandleFunc("POST /_sim/switches", s.either(answering(s.adminSwitches), s.formSwitches))
	own.HandleFunc("POST /_sim/sessions/expire", s.either(answering(s.adminExpire), s.formExpire))
	own.HandleFunc("POST /_sim/listener", s.either(s.adminListener, s.formListener))
	own.HandleFunc("GET /_sim/dossiers", forPeople(answering(s.adminDossiers), s.pageDossiers))
	own.HandleFunc("GET /_sim/dossiers/{key}", forPeople(answering(s.adminDossier), s.pageDossier))
	own.HandleFunc("GET /_sim/events", answering(s.adminEvents))
	own.HandleFunc("GET /_sim/born", forPeople(answering(s.adminBornList), s.pageBorn))
	own.HandleFunc("POST /_sim/born", s.either(answering(s.adminBorn), s.formBorn))
	mux.Handle("/_sim/", local(new(http.CrossOriginProtection).Handler(own)))
}

// either picks by what was sent.
func (s *Simulator) either(program, form http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
			form(w, r)
			return
		}
		program(w, r)
	}
}

// forPeople picks by what is asked for; browsers name HTML, programs do not.
func forPeople(program, page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Accept")
		if strings.Contains(r.Header.Get("Accept"), "text/html") {
			page(w, r)
			return
		}
		program(w, r)
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
	case fault.Conflict:
		return http.StatusConflict
	}
	return http.StatusInternalServerError
}

// readAdmin reads a document of at most 1 MiB.
func readAdmin(r *http.Request) (jsontext.Value, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20))
	if err != nil {
		return nil, fault.Wrap(err, fault.Malformed, "simulator.admin")
	}
	return body, nil
}

// understand decodes strictly: an unknown member is a mistake of the caller.
func understand(body jsontext.Value, into any) error {
	return fault.Wrap(json.Unmarshal(body, into, json.RejectUnknownMembers(true)), fault.Malformed, "simulator.admin")
}

// openFaults is what POST and GET /_sim/faults answer.
func (s *Simulator) openFaults() object { return object{"faults": faultSwitches(s.faults.list())} }

// adminFaults takes one switch or a list of them, all or none, and answers with what is on.
func (s *Simulator) adminFaults(r *http.Request) (any, error) {
	body, err := readAdmin(r)
	if err != nil {
		return nil, err
	}
	if !body.IsValid() {
		return nil, fault.New(fault.Malformed, "simulator.admin", "the body is no JSON")
	}
	if body.Kind() != '[' {
		body = append(append(jsontext.Value{'['}, body...), ']')
	}
	var asked []FaultSwitch
	if err := understand(body, &asked); err != nil {
		return nil, err
	}
	all := make([]Fault, len(asked))
	for i, one := range asked {
		all[i] = one.fault()
	}
	if err := s.setFaults(all...); err != nil {
		return nil, err
	}
	return s.openFaults(), nil
}

// adminSwitches takes what shall change and answers with all that stands.
func (s *Simulator) adminSwitches(r *http.Request) (any, error) {
	body, err := readAdmin(r)
	if err != nil {
		return nil, err
	}
	if err := s.change(func(sw *Switches) error { return understand(body, sw) }); err != nil {
		return nil, err
	}
	return s.Switches(), nil
}

func (s *Simulator) adminState(*http.Request) (any, error) {
	st := s.State()
	return struct {
		State
		Faults   []FaultSwitch `json:"faults"`
		Switches Switches      `json:"switches"`
	}{st, faultSwitches(st.Faults), s.now().switches()}, nil
}

func (s *Simulator) adminExpire(*http.Request) (any, error) {
	n, err := s.ExpireSessions()
	return object{"expired": n}, err
}

// maxListed is how many dossiers one list shows.
const maxListed = 100

func (s *Simulator) adminDossiers(r *http.Request) (any, error) {
	found, total := s.Dossiers(r.URL.Query().Get("q"), maxListed)
	return object{"dossiers": found, "total": total}, nil
}

func (s *Simulator) adminDossier(r *http.Request) (any, error) {
	d, ok := s.Dossier(strings.TrimSpace(r.PathValue("key")))
	if !ok {
		return nil, fault.New(fault.NotFound, "simulator.admin", "no such dossier")
	}
	return d, nil
}

func (s *Simulator) adminEvents(*http.Request) (any, error) {
	found, total := s.SinkEvents(maxListed)
	return object{"events": found, "total": total}, nil
}

func (s *Simulator) adminBornList(*http.Request) (any, error) {
	found, total := s.BornDossiers(maxListed)
	return object{"born": found, "total": total}, nil
}

func (s *Simulator) adminBorn(r *http.Request) (any, error) {
	body, err := readAdmin(r)
	if err != nil {
		return nil, err
	}
	key, err := s.Announce(body)
	return object{"MaHoSo": key}, err
}

// adminListener closes or opens the port. The answer may travel over the very
// connection that is to be closed, so it leaves first.
func (s *Simulator) adminListener(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Up  bool `json:"up"`
		For Span `json:"for"`
	}
	body, err := readAdmin(r)
	if err == nil {
		err = understand(body, &asked)
	}
	if err == nil {
		err = s.mayTurn(asked.Up, time.Duration(asked.For))
	}
	if err != nil {
		http.Error(w, err.Error(), adminStatus(err))
		return
	}
	answer := `{"up":` + strconv.FormatBool(asked.Up) + `}`
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = io.WriteString(w, answer) // the caller may have left; the port is turned all the same
	s.turnListener(w, asked.Up, time.Duration(asked.For))
}

// turnListener sends off what was answered and has Run turn the port.
func (s *Simulator) turnListener(w http.ResponseWriter, up bool, lift time.Duration) {
	_ = http.NewResponseController(w).Flush()
	select {
	case s.front.commands <- command{up: up, lift: lift, done: make(chan error, 1)}:
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
