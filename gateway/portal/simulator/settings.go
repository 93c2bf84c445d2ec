package simulator

import (
	"maps"
	"slices"
	"time"
)

// settings are the options as they stand, and what follows from them. They are
// never changed; a switch makes new ones. A call keeps those it came under.
type settings struct {
	Options
	decoder decoder
	doors   map[string]door
}

func settingsOf(o Options) *settings {
	doors := doorsOfMinistry(o.Ministry)
	if doors == nil {
		doors = map[string]door{}
	}
	maps.Copy(doors, doorsOf(o.Wrapper))
	return &settings{Options: o, decoder: newDecoder(&o), doors: doors}
}

// now returns the settings in force.
func (s *Simulator) now() *settings { return s.settings.Load() }

// capacity is what the portal can take at the moment.
func (s *Simulator) capacity() Capacity { return s.now().capacityAt(time.Now()) }

// Switches returns what stands: everything that can be switched while it runs, and the open faults.
func (s *Simulator) Switches() Switches {
	s.turning.Lock()
	defer s.turning.Unlock()
	sw := s.now().switches()
	sw.Faults = faultSwitches(s.faults.list())
	return sw
}

// SetSwitches makes sw what stands, and writes that down. Where sw.Faults is nil
// the faults stay as they are, else exactly those it names are on afterwards; one that
// is on already with the same members goes on undisturbed. On a [fault.Usage] nothing has changed.
func (s *Simulator) SetSwitches(sw Switches) error {
	return s.turnTo(func() (Switches, error) { return sw, nil })
}

// change lets edit change what stands. No other switch is turned meanwhile.
func (s *Simulator) change(edit func(*Switches) error) error {
	return s.turnTo(func() (Switches, error) {
		sw := s.now().switches()
		return sw, edit(&sw)
	})
}

func (s *Simulator) turnTo(wanted func() (Switches, error)) error {
	const op = "simulator.SetSwitches"
	s.turning.Lock()
	defer s.turning.Unlock()
	sw, err := wanted()
	if err != nil {
		return err
	}
	o, err := s.now().With(sw).withDefaults(op)
	if err != nil {
		return err
	}
	turned, err := s.faults.difference(&o, sw.Faults, s.late.longest())
	if err != nil {
		return err
	}
	next := settingsOf(o)
	lines := []line{&switchLine{head: head{Type: "switch"}, Switches: next.switches()}}
	for _, f := range turned {
		lines = append(lines, lineOf(f))
	}
	if err := s.ledger.note(lines...); err != nil {
		return err
	}
	s.settings.Store(next)
	s.faults.turn(turned...)
	s.gate.change(s.capacity())
	return nil
}

// SetFault switches a fault on or off and writes that down. Switching on what is on starts it anew.
func (s *Simulator) SetFault(f Fault) error { return s.setFaults(f) }

// setFaults switches all of them or, where one is wrong, none.
func (s *Simulator) setFaults(all ...Fault) error {
	s.turning.Lock()
	defer s.turning.Unlock()
	checked, err := checkFaults(&s.now().Options, s.faults.list(), all, s.late.longest())
	if err != nil {
		return err
	}
	if err := s.noteFaults(checked...); err != nil {
		return err
	}
	s.faults.turn(checked...)
	return nil
}

// checkFaults returns the faults with what they leave open filled in, if they go together with
// the options, with those that are on, and with the writes that wait to be applied for so long.
func checkFaults(o *Options, standing, all []Fault, late time.Duration) ([]Fault, error) {
	checked := make([]Fault, len(all))
	for i, f := range all {
		f = f.withDefaults(o.Settle, lagOf(o, standing))
		if err := f.check(o.Settle); err != nil {
			return nil, err
		}
		standing = slices.DeleteFunc(standing, func(other Fault) bool { return other.Name == f.Name })
		if f.On {
			standing = append(standing, f)
		}
		checked[i] = f
	}
	return checked, promise(o, standing, late)
}

func (s *Simulator) noteFaults(switched ...Fault) error {
	if len(switched) == 0 {
		return nil
	}
	lines := make([]line, len(switched))
	for i, f := range switched {
		lines[i] = lineOf(f)
	}
	return s.ledger.note(lines...)
}

func lineOf(f Fault) *faultLine {
	return &faultLine{head: head{Type: "fault"}, Name: f.Name, On: f.On, Params: switchOf(f)}
}
