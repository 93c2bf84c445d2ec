package simulator

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// business handles one call and returns the reply that was written down.
func (s *Simulator) business(c *call, p plan) reply {
	if c.voice == voiceEvent {
		return s.sink(c, p)
	}
	if c.stray {
		return s.noted(c, stray(c.rules.AdapterFault))
	}
	if c.voice == voiceMinistry && c.op != OpLogin {
		if p.fault == FaultSessionExpired {
			s.sessions.end(c.session)
		}
		if !s.sessions.use(&c.rules.Options, c.session) {
			rep := unauthorized()
			rep.fault = p.fault
			return s.noted(c, rep)
		}
	}
	if c.denied || (c.voice == voiceDocument && !s.sessions.use(&c.rules.Options, c.session)) {
		return s.noted(c, unauthorized())
	}
	if problem := s.admit(c, p); problem != nil {
		return s.noted(c, s.shape(c, p, problem.outcome()))
	}
	switch {
	case c.op == OpLogin:
		return s.noted(c, s.shape(c, p, s.login(c)))
	case c.op == OpLookup:
		return s.noted(c, s.shape(c, p, outcome{code: codeOK, message: textFound, result: s.lookup(c, p.lag)}))
	case c.op == OpCatalogue:
		return s.noted(c, s.shape(c, p, catalogue(c)))
	}
	return s.write(c, p)
}

// write handles a call that stores, now or, under the fault that says so, later.
func (s *Simulator) write(c *call, p plan) reply {
	if p.fault == FaultAppliedLate {
		return s.postpone(c, p)
	}
	rep, err := s.ledger.commit(c, modeOf(c, p), func(out outcome) (reply, bool) {
		return s.shape(c, p, out), p.stores()
	})
	if err != nil {
		return broken()
	}
	return rep
}

// admit checks what comes before any record is looked at: the session first, then the envelope.
func (s *Simulator) admit(c *call, p plan) *refusal {
	if c.op != OpLogin && !c.wrapper {
		if p.fault == FaultSessionExpired {
			s.sessions.end(c.session)
		}
		if c.session != "" || c.problem == nil {
			if !s.sessions.use(&c.rules.Options, c.session) {
				return refuse(textNoSession)
			}
		}
	}
	return c.problem
}

func (s *Simulator) login(c *call) outcome {
	id := s.sessions.login(&c.rules.Options, c.username, c.password)
	if id == "" {
		return refuse(textBadLogin).outcome()
	}
	return outcome{code: codeOK, message: textLoggedIn, session: id}
}

func modeOf(c *call, p plan) mode {
	o := &c.rules.Options
	return mode{
		partial: o.PartialAcceptance, enforceOrder: p.enforceOrder, anyBorn: o.AnyBorn,
		duplicateCode: o.DuplicateCode, transitions: o.Transitions,
	}
}

// postpone notes that the call gets no answer, and handles it later.
func (s *Simulator) postpone(c *call, p plan) reply {
	rep := s.noted(c, s.shape(c, p, outcome{code: codeOK}))
	if rep.fault != FaultAppliedLate {
		return rep // the log cannot be written
	}
	s.late.after(p.params.Delay, func() error { return s.ledger.commitLate(c, modeOf(c, p)) })
	return rep
}

// lookup renders what TraCuuHoSo shows of a dossier: an array, empty when there is nothing to see yet.
func (s *Simulator) lookup(c *call, lag time.Duration) jsontext.Value {
	visible := time.Now().Add(-lag)
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	d := s.ledger.dossiers[c.key]
	if d == nil {
		return jsontext.Value("[]")
	}
	var shown *version
	for i := range d.versions {
		if !d.versions[i].at.After(visible) {
			shown = &d.versions[i]
		}
	}
	if shown == nil {
		return jsontext.Value("[]")
	}
	switch c.rules.Lookup {
	case ShowExists:
		return append(quote([]byte(`[{"MaHoSo":`), c.key), `}]`...)
	case ShowHeader:
		return append(append([]byte{'['}, shown.body...), ']')
	}
	out := append([]byte{'['}, shown.body[:len(shown.body)-1]...)
	out = append(out, `,"DanhSachTienDo":[`...)
	first := true
	for _, one := range d.steps {
		if one.at.After(visible) {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		out, first = append(out, one.body...), false
	}
	return append(out, `]}]`...)
}
