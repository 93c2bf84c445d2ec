package simulator

import (
	"maps"
	"slices"

	"github.com/lienthong/lienthong/internal/fault"
)

// Transitions says which status may follow which: the keys and the members of the
// lists are codes "1" to "10". A status without a row, or with an empty one, is
// terminal. A status that is repeated is another step within it and always
// allowed, unless it is terminal. The table counts while the fault
// order_enforcing is on; the real portal is not known to enforce one.
type Transitions map[string][]string

// DefaultTransitions returns the transitions of the gen-1 contract: terminal are
// 3, 7, 8 and 10, and from every other a citizen may withdraw (7). It does not
// allow 9→4, which is legal after a wrong result; a switch adds it.
func DefaultTransitions() Transitions {
	return Transitions{
		"1":  {"2", "3", "7"},
		"2":  {"4", "5", "6", "7", "8", "9"},
		"3":  {},
		"4":  {"5", "6", "7", "8", "9"},
		"5":  {"2", "4", "7", "8"},
		"6":  {"4", "7", "8"},
		"7":  {},
		"8":  {},
		"9":  {"7", "10"},
		"10": {},
	}
}

// mayFollow reports whether a dossier in status from ("" before its first) may take a step to status to.
func (t Transitions) mayFollow(from, to string) bool {
	next := t[from]
	return from == "" || (len(next) > 0 && (to == from || slices.Contains(next, to)))
}

func (t Transitions) clone() Transitions {
	own := maps.Clone(t)
	for from, next := range own {
		own[from] = slices.Clone(next)
	}
	return own
}

func (t Transitions) check(op string) error {
	for from, next := range t {
		for _, status := range append([]string{from}, next...) {
			if !isStatus(status) {
				return fault.New(fault.Usage, op, "a transition names statuses 1 to 10")
			}
		}
	}
	return nil
}
