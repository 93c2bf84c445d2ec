package audit

import "slices"

// mercy is what a portal that does not show everything permits: after a call of
// unknown outcome nobody can look, and the gateway decides by what costs the
// province more. Without a doubt about the same dossier there is none.
type mercy struct {
	lookup        string
	doubts        map[string]int // calls of unknown outcome, by dossier
	gaps, repeats int            // that were permitted
}

// costsMore are the statuses of which a missing one costs more than a repeated
// one, so that they are told at least once. Others are told at most once.
var costsMore = []string{"3", "7", "8", "9", "10"}

// maySkip reports whether a step or state may be missing.
func (m *mercy) maySkip(number, status string) bool {
	if m.lookup == showsTrail || slices.Contains(costsMore, status) || m.doubts[number] == 0 {
		return false
	}
	m.gaps++
	return true
}

// mayRepeat reports whether a step may be there again.
func (m *mercy) mayRepeat(number, status string) bool {
	if m.lookup == showsTrail || !slices.Contains(costsMore, status) || m.doubts[number] == 0 {
		return false
	}
	m.repeats++
	return true
}

// mayRetell reports whether the states of a call that ends where the dossier
// stood may be told from the first on; [mercy.mayRepeat] counts those that were told before.
func (m *mercy) mayRetell(number string, states []string) bool {
	once := slices.ContainsFunc(states, func(s string) bool { return !slices.Contains(costsMore, s) })
	return m.lookup != showsTrail && !once && m.doubts[number] > 0
}

// mayEqual reports whether an update may be equal to the one before it: where
// only existence is shown, one of unknown outcome must be sent again.
func (m *mercy) mayEqual(number string) bool {
	if m.lookup != showsExistence || m.doubts[number] == 0 {
		return false
	}
	m.repeats++
	return true
}
