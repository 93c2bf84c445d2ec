package simulator

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// FaultSwitch is a [Fault] as a document. Without "on" it is on.
type FaultSwitch struct {
	Name   FaultName `json:"name"`
	On     *bool     `json:"on,omitzero"`
	Share  float64   `json:"share,omitzero"`
	Delay  Span      `json:"delay,omitzero"`
	Count  int       `json:"count,omitzero"`
	Ops    []Op      `json:"ops,omitempty"`
	Of     []Place   `json:"of,omitempty"`
	Rate   float64   `json:"rate,omitzero"`
	Ending Ending    `json:"ending,omitzero"`
	Stored *bool     `json:"stored,omitzero"`
}

func switchOf(f Fault) FaultSwitch {
	return FaultSwitch{
		Name: f.Name, On: &f.On, Share: f.Share, Delay: Span(f.Delay), Count: f.Count, Ops: f.Ops, Of: f.Of, Rate: f.Rate, Ending: f.Ending, Stored: f.Stored,
	}
}

func faultSwitches(all []Fault) []FaultSwitch {
	out := make([]FaultSwitch, len(all))
	for i, f := range all {
		out[i] = switchOf(f)
	}
	return out
}

func (w FaultSwitch) fault() Fault {
	return Fault{
		Name: w.Name, On: w.On == nil || *w.On, Share: w.Share, Delay: time.Duration(w.Delay), Count: w.Count, Ops: w.Ops, Of: w.Of, Rate: w.Rate, Ending: w.Ending, Stored: w.Stored,
	}
}

// ParseFault reads a fault as it is written on a command line: its name, and
// after a colon its members: "stored_answer_lost:share=0.1,ops=dossier+progress,ending=hang".
func ParseFault(text string) (FaultSwitch, error) {
	const op = "simulator.ParseFault"
	name, members, _ := strings.Cut(text, ":")
	w := FaultSwitch{Name: FaultName(strings.TrimSpace(name))}
	if !oneOf(w.Name, FaultNames()) {
		return w, fault.New(fault.Usage, op, "unknown fault "+strconv.Quote(string(w.Name)))
	}
	for member := range strings.SplitSeq(members, ",") {
		if strings.TrimSpace(member) == "" {
			continue
		}
		key, value, _ := strings.Cut(member, "=")
		if err := w.set(strings.TrimSpace(key), strings.TrimSpace(value)); err != nil {
			return w, fault.New(fault.Usage, op, string(w.Name)+": "+strconv.Quote(strings.TrimSpace(member))+" is not understood")
		}
	}
	return w, nil
}

// set sets one member; an empty value leaves it as it is.
func (w *FaultSwitch) set(key, value string) (err error) {
	if value == "" {
		return nil
	}
	switch key {
	case "share":
		w.Share, err = strconv.ParseFloat(value, 64)
	case "delay":
		err = w.Delay.UnmarshalText([]byte(value))
	case "count":
		w.Count, err = strconv.Atoi(value)
	case "rate":
		w.Rate, err = strconv.ParseFloat(value, 64)
	case "ending":
		w.Ending = Ending(value)
	case "stored":
		stored, parseErr := strconv.ParseBool(value)
		w.Stored, err = &stored, parseErr
	case "ops":
		for one := range strings.SplitSeq(value, "+") {
			w.Ops = append(w.Ops, Op(strings.TrimSpace(one)))
		}
	case "of":
		for one := range strings.SplitSeq(value, "+") {
			w.Of = append(w.Of, Place(strings.TrimSpace(one)))
		}
	default:
		return fault.New(fault.Usage, "simulator.FaultSwitch", "unknown member")
	}
	return err
}

// difference returns what has to be switched so that exactly the wanted faults are on; nil
// wants what is on. It fails when these do not go together with the options.
func (s *faultSet) difference(o *Options, wanted []FaultSwitch, late time.Duration) ([]Fault, error) {
	standing := s.list()
	if wanted == nil {
		for _, f := range standing {
			if err := f.check(o.Settle); err != nil {
				return nil, err
			}
		}
		return nil, promise(o, standing, late)
	}
	named := make([]Fault, len(wanted))
	for i, w := range wanted {
		named[i] = w.fault()
	}
	var want, turned []Fault
	for _, f := range named {
		f = f.withDefaults(o.Settle, lagOf(o, named))
		if err := f.check(o.Settle); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(want, func(other Fault) bool { return other.Name == f.Name }) {
			return nil, fault.New(fault.Usage, "simulator.SetSwitches", "a fault is named twice")
		}
		if !f.On {
			continue
		}
		want = append(want, f)
		if !slices.ContainsFunc(standing, func(other Fault) bool { return reflect.DeepEqual(other, f) }) {
			turned = append(turned, f)
		}
	}
	for _, f := range standing {
		if !slices.ContainsFunc(want, func(other Fault) bool { return other.Name == f.Name }) {
			turned = append(turned, Fault{Name: f.Name})
		}
	}
	return turned, promise(o, want, late)
}
