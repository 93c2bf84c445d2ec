package audit

import (
	"encoding/json"
	"fmt"
	"time"
)

// portal is the simulator's log of one place: what it stored, in order, and which calls came.
type portal struct {
	kind     string            // of the places in the log
	own      map[string]string // gen-2: the portal's number → the province's
	dossiers map[string]*shown
	calls    []call
	attempts int // records and steps in write calls
	effects  int
	broken   []string // places where the log contradicts itself
	events   []event  // of a sink
}

// shown is what the portal stored of one dossier.
type shown struct {
	creates  int
	headers  []map[string]any // each stored record, in order
	steps    []storedStep
	equalled int // updates equal to their predecessor

	header map[string]any // gen-2: as created, without a status
	told   []toldState    // gen-2: what told the headers
	asked  int            // gen-2: states that ask for papers
}

// toldState is one state of gen-2, as it came.
type toldState struct {
	call         int64
	status, body string
}

type storedStep struct {
	key    string // "time/status"
	status string
	call   int64 // that brought it
}

type call struct {
	operation string // as breakers are named
	arrived   time.Time
}

// portalLine is one line of the simulator's log; see its package comment.
type portalLine struct {
	Type     string          `json:"type"`
	Seq      int64           `json:"seq"`
	Arrived  time.Time       `json:"arrived"`
	Op       string          `json:"op"`
	Service  string          `json:"service"`
	Portal   string          `json:"portal"`
	Updating bool            `json:"updating"`
	Items    int             `json:"items"`
	Kind     string          `json:"kind"`
	Key      string          `json:"key"`
	Body     json.RawMessage `json:"body"`
	Call     int64           `json:"call"`
	Index    int             `json:"index"`
	Of       int             `json:"of"`

	ID        string `json:"id"` // of an event, as what follows
	Subject   string `json:"subject"`
	Sequence  string `json:"sequence"`
	Late      bool   `json:"late"`
	Duplicate bool   `json:"duplicate"`
	Stale     bool   `json:"stale"`
	Effect    bool   `json:"effect"`
}

func readPortal(path, kind string) (*portal, error) {
	p := &portal{kind: kind, dossiers: map[string]*shown{}, own: map[string]string{}}
	var group []portalLine // effects of one call count when all of them are there
	err := eachLine(path, func(line []byte) error {
		var l portalLine
		if err := json.Unmarshal(line, &l); err != nil {
			return err
		}
		switch {
		case !p.belongs(&l):
		case l.Type == "call":
			p.call(&l)
		case l.Type == "effect", l.Type == "event":
			if group = p.joined(group, l); len(group) < l.Of {
				return nil
			}
			for i := range group {
				if err := p.effect(&group[i]); err != nil {
					return err
				}
			}
			group = group[:0]
		}
		return nil
	})
	return p, err
}

// joined puts a line to those of its call, which stand one after the other.
func (p *portal) joined(group []portalLine, l portalLine) []portalLine {
	if l.Index == 0 {
		group = group[:0]
	}
	if l.Index != len(group) {
		p.broken = append(p.broken, fmt.Sprintf("%s %d of %d of %s does not follow the one before", l.Type, l.Index+1, l.Of, l.Key+l.Subject))
	}
	return append(group, l)
}

func (p *portal) call(l *portalLine) {
	op := l.Op
	switch l.Op {
	case "dossier":
		op = "create"
		if l.Updating {
			op = "update"
		}
		p.attempts += l.Items
	case "progress":
		op = "steps"
		p.attempts += l.Items
	case "state":
		p.attempts += l.Items
	case "event":
		op = anyWrite
		p.attempts += l.Items
	}
	if name, gen2 := ministryServices[l.Service]; gen2 {
		op = name
	}
	p.calls = append(p.calls, call{operation: op, arrived: l.Arrived})
}

func (p *portal) effect(l *portalLine) error {
	if l.Type == "event" {
		return p.event(l)
	}
	body, err := decode(l.Body)
	if err != nil {
		return err
	}
	if l.Portal == Ministry {
		p.ministryEffect(l, body)
		return nil
	}
	d := p.dossier(l.Key)
	p.effects++
	switch l.Kind {
	case "create":
		d.creates++
		d.headers = append(d.headers, body)
	case "update":
		if n := len(d.headers); n > 0 && equalJSON(d.headers[n-1], body) {
			d.equalled++
		}
		d.headers = append(d.headers, body)
	case "step":
		d.steps = append(d.steps, storedStep{key: text(body["ThoiDiemXuLy"]) + "/" + text(body["TrangThai"]), status: text(body["TrangThai"]), call: l.Call})
	}
	return nil
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// equalJSON compares decoded records by their encoding, which sorts keys.
func equalJSON(a, b map[string]any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
