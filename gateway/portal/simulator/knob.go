package simulator

import (
	"flag"
	"slices"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// Knob is one switch as people meet it: on the command line (PATH=VALUE) and on the page.
type Knob struct {
	Path    string                        // as in the document: "capacity.over"
	Vi, En  string                        // what it does
	Choices []string                      // empty: free text
	at      func(sw *Switches) flag.Value // its place
}

// Value returns what stands.
func (k Knob) Value(sw *Switches) string { return k.at(sw).String() }

// KnobGroup is knobs that belong together.
type KnobGroup struct {
	Vi, En string
	Knobs  []Knob
}

// Set turns one knob: "lookup_lag=5s", "transitions.9=10,7,4". It fails with a
// [fault.Usage] when there is no such knob or it cannot take the value.
func (sw *Switches) Set(assignment string) error {
	path, value, ok := strings.Cut(assignment, "=")
	if !ok {
		return fault.New(fault.Usage, "simulator.Set", strconv.Quote(assignment)+" is not of the form PATH=VALUE")
	}
	return sw.set(strings.TrimSpace(path), strings.TrimSpace(value))
}

func (sw *Switches) set(path, value string) error {
	for _, group := range Knobs() {
		for _, k := range group.Knobs {
			if k.Path != path {
				continue
			}
			if len(k.Choices) > 0 && !slices.Contains(k.Choices, value) {
				return fault.New(fault.Usage, "simulator.Set", path+" is one of "+strings.Join(k.Choices, ", "))
			}
			if k.at(sw).Set(value) != nil {
				return fault.New(fault.Usage, "simulator.Set", path+" cannot be "+strconv.Quote(value))
			}
			return nil
		}
	}
	return fault.New(fault.Usage, "simulator.Set", "there is no switch "+strconv.Quote(path))
}

// setter is a flag.Value of two functions.
type setter struct {
	get func() string
	set func(string) error
}

var _ flag.Value = setter{}

// String implements flag.Value.
func (s setter) String() string { return s.get() }

// Set implements flag.Value.
func (s setter) Set(value string) error { return s.set(value) }

func word[T ~string](p *T) flag.Value {
	return setter{func() string { return string(*p) }, func(v string) error { *p = T(v); return nil }}
}

func yesNo(p *bool) flag.Value {
	return setter{func() string { return strconv.FormatBool(*p) }, func(v string) (err error) { *p, err = strconv.ParseBool(v); return err }}
}

func whole(p *int) flag.Value {
	return setter{func() string { return strconv.Itoa(*p) }, func(v string) (err error) { *p, err = strconv.Atoi(zero(v)); return err }}
}

func number(p *float64) flag.Value {
	return setter{
		func() string { return strconv.FormatFloat(*p, 'f', -1, 64) },
		func(v string) (err error) { *p, err = strconv.ParseFloat(zero(v), 64); return err },
	}
}

// zero is what an emptied field of a form means for a number.
func zero(v string) string {
	if v == "" {
		return "0"
	}
	return v
}

func span(p *Span) flag.Value {
	return setter{p.String, func(v string) error { return p.UnmarshalText([]byte(v)) }}
}

// words is a list with commas.
func words[T ~[]string](get func() T, set func(T)) flag.Value {
	return setter{
		func() string { return strings.Join(get(), ", ") },
		func(v string) error {
			list := T{}
			for one := range strings.SplitSeq(v, ",") {
				if one = strings.TrimSpace(one); one != "" {
					list = append(list, one)
				}
			}
			set(list)
			return nil
		},
	}
}

func list(p *[]string) flag.Value {
	return words(func() []string { return *p }, func(v []string) { *p = v })
}

func windows(p *[]Window) flag.Value {
	return setter{
		func() string {
			all := make([]string, len(*p))
			for i, w := range *p {
				all[i] = w.String()
			}
			return strings.Join(all, ", ")
		},
		func(v string) error {
			var all []Window
			for one := range strings.SplitSeq(v, ",") {
				var w Window
				if err := w.UnmarshalText([]byte(strings.TrimSpace(one))); err != nil {
					return err
				}
				all = append(all, w)
			}
			*p = all
			return nil
		},
	}
}
