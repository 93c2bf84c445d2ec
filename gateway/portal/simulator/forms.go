package simulator

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/internal/fault"
)

// submitted carries out a form: read, do, and go back, or say what is wrong.
func (s *Simulator) submitted(w http.ResponseWriter, r *http.Request, back string, do func(form url.Values) error) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	err := fault.Wrap(r.ParseForm(), fault.Malformed, "simulator.form")
	if err == nil {
		if asked := r.PostForm.Get("back"); strings.HasPrefix(asked, "/_sim/") {
			back = asked
		}
		err = do(r.PostForm)
	}
	if err != nil {
		s.mistake(w, adminStatus(err), err.Error(), back)
		return
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// formFaults switches one fault on or off, or all of them off.
func (s *Simulator) formFaults(w http.ResponseWriter, r *http.Request) {
	s.submitted(w, r, "/_sim/", func(form url.Values) error {
		f := FaultSwitch{Name: FaultName(form.Get("name"))}
		switch form.Get("action") {
		case "clear":
			return s.change(func(sw *Switches) error { sw.Faults = []FaultSwitch{}; return nil })
		case "off":
			return s.SetFault(Fault{Name: f.Name})
		}
		for _, member := range []string{"share", "delay", "count", "rate", "ending", "stored"} {
			if err := f.set(member, strings.TrimSpace(form.Get(member))); err != nil {
				return fault.New(fault.Usage, "simulator.form", member+" is not understood")
			}
		}
		for _, op := range form["ops"] {
			f.Ops = append(f.Ops, Op(op))
		}
		return s.SetFault(f.fault())
	})
}

// formSwitches turns every knob that the form has.
func (s *Simulator) formSwitches(w http.ResponseWriter, r *http.Request) {
	s.submitted(w, r, "/_sim/switches", func(form url.Values) error {
		return s.change(func(sw *Switches) error {
			for path, values := range form {
				if path == "back" {
					continue
				}
				if err := sw.set(path, strings.TrimSpace(values[0])); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (s *Simulator) formExpire(w http.ResponseWriter, r *http.Request) {
	s.submitted(w, r, "/_sim/", func(url.Values) error { _, err := s.ExpireSessions(); return err })
}

// formListener closes or opens the port, after the answer has left.
func (s *Simulator) formListener(w http.ResponseWriter, r *http.Request) {
	var up, turn bool
	var lift Span
	s.submitted(w, r, "/_sim/", func(form url.Values) error {
		up = form.Get("up") == "true"
		if err := lift.UnmarshalText([]byte(strings.TrimSpace(form.Get("for")))); err != nil {
			return err
		}
		err := s.mayTurn(up, time.Duration(lift))
		turn = err == nil
		return err
	})
	if turn {
		s.turnListener(w, up, time.Duration(lift))
	}
}

// formBorn announces a portal-born dossier with the fields of the form; empty ones are left out.
func (s *Simulator) formBorn(w http.ResponseWriter, r *http.Request) {
	s.submitted(w, r, "/_sim/born", func(form url.Values) error {
		record := map[string]string{}
		for name, values := range form {
			if value := strings.TrimSpace(values[0]); value != "" && name != "back" {
				record[name] = value
			}
		}
		body, err := json.Marshal(record, json.Deterministic(true))
		if err != nil {
			return fault.Wrap(err, fault.Malformed, "simulator.form")
		}
		_, err = s.Announce(body)
		return err
	})
}
