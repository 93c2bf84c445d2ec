package simulator

import (
	"crypto/sha256"
	"strings"
)

// mode is how the portal decides at the moment.
type mode struct {
	partial       bool
	enforceOrder  bool
	anyBorn       bool
	duplicateCode string
	transitions   Transitions
}

// standing is what a batch sees of one dossier: the stored state and what the
// records before it in the same batch have done to it.
type standing struct {
	exists bool
	hash   [sha256.Size]byte
	header string // status of the record
	last   string // status of the latest step, "" without one
	stored map[stepKey]bool
	added  map[stepKey]bool
}

func (s *standing) hasStep(k stepKey) bool { return s.stored[k] || s.added[k] }

// draft collects the effects of one call.
type draft struct {
	ledger  *ledger
	mode    mode
	touched map[string]*standing
	effects []*effectLine
}

// stage decides what a call would store and what it is told, and changes nothing. The
// caller holds the lock.
func (l *ledger) stage(c *call, m mode) ([]change, outcome) {
	switch {
	case c.voice == voiceMinistry && c.op != OpLogin:
		return l.stageMinistry(c, m)
	case c.op == OpStatus:
		return l.stageStatus(c, m)
	case c.op == OpDocument:
		return l.stageDocument(c)
	case c.op == OpEvent:
		return l.stageEvents(c)
	case !c.writes():
		return nil, outcome{code: codeOK, message: textStored}
	}
	d := draft{ledger: l, mode: m, touched: map[string]*standing{}}
	var refused []*refusal
	var keys []string
	for i := range c.items {
		problem := c.items[i].problem
		if problem == nil {
			problem = d.add(c, &c.items[i])
		}
		if problem == nil {
			continue
		}
		if !m.partial {
			return nil, problem.outcome()
		}
		refused, keys = append(refused, problem), append(keys, c.items[i].key)
	}
	changes := make([]change, len(d.effects))
	for i, e := range d.effects {
		e.Index, e.Of = i, len(d.effects)
		changes[i] = e
	}
	if len(refused) > 0 {
		return changes, partly(refused, keys)
	}
	return changes, outcome{code: codeOK, message: successText(c)}
}

func successText(c *call) string {
	switch {
	case c.op == OpProgress:
		return textAdvanced
	case c.wrapper && c.updating:
		return textUpdated
	case c.wrapper:
		return textCreated
	}
	return textStored
}

// partly answers a batch of which some records were refused: the code of the first, and all by name.
func partly(refused []*refusal, keys []string) outcome {
	texts := make([]string, len(refused))
	for i, r := range refused {
		texts[i] = r.message
		if !strings.Contains(r.message, keys[i]) || keys[i] == "" {
			texts[i] = "Hồ sơ " + keys[i] + ": " + r.message
		}
	}
	return outcome{code: refused[0].code, message: strings.Join(texts, "; "), refused: true}
}

func (d *draft) add(c *call, it *item) *refusal {
	s := d.standing(it.key)
	e := &effectLine{head: head{Type: typeEffect}, Key: it.key, Body: it.body, Call: c.seq, read: *it}
	var problem *refusal
	switch {
	case c.op == OpProgress:
		problem = d.addStep(s, e)
	case c.updating:
		problem = d.addUpdate(s, e)
	case s.exists:
		problem = &refusal{code: d.mode.duplicateCode, message: textExists(it.key)}
	default:
		e.Kind = kindCreate
		s.exists, s.hash, s.header = true, it.hash, it.status
	}
	if problem == nil {
		d.effects = append(d.effects, e)
	}
	return problem
}

func (d *draft) addUpdate(s *standing, e *effectLine) *refusal {
	if !s.exists {
		return refuse(textAbsent(e.Key))
	}
	if d.mode.enforceOrder && s.header != e.read.status && !d.mode.transitions.mayFollow(s.header, e.read.status) {
		return refuse(textOrder(e.Key))
	}
	e.Kind, e.Duplicate = kindUpdate, s.hash == e.read.hash
	s.hash, s.header = e.read.hash, e.read.status
	return nil
}

func (d *draft) addStep(s *standing, e *effectLine) *refusal {
	if !s.exists {
		return refuse(textAbsent(e.Key))
	}
	if d.mode.enforceOrder && !d.mode.transitions.mayFollow(s.last, e.read.status) {
		return refuse(textOrder(e.Key))
	}
	k := stepKey{e.read.moment, e.read.status}
	e.Kind, e.Duplicate = kindStep, s.hasStep(k)
	s.last, s.added[k] = e.read.status, true
	return nil
}

func (d *draft) standing(key string) *standing {
	if s := d.touched[key]; s != nil {
		return s
	}
	s := &standing{added: map[stepKey]bool{}}
	if stored := d.ledger.dossiers[key]; stored != nil {
		newest := stored.versions[len(stored.versions)-1]
		s.exists, s.hash, s.header, s.stored = true, newest.hash, newest.status, stored.seen
		if n := len(stored.steps); n > 0 {
			s.last = stored.steps[n-1].status
		}
	}
	d.touched[key] = s
	return s
}
