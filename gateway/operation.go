package gateway

import (
	"maps"
	"slices"
)

// writes returns the operations that change something at the destination, in
// the order in which a delivery goes through them.
func (s DestinationSpec) writes() []Operation {
	if len(s.Writes) > 0 {
		return s.Writes
	}
	return []Operation{OpCreate, OpUpdate, OpSteps}
}

// Guarded returns the operations that have a breaker: what the destination
// declares that it writes, and the look-up where one shows something. A login is
// made inside of other calls and counts with them.
func (s DestinationSpec) Guarded() []Operation {
	all := slices.Clone(s.writes())
	if s.Shows != ShowsNothing {
		all = append(all, OpLookup)
	}
	return all
}

// Phases are the operations of which a delivery needs one next: as long as the
// destination is not known to have the entity, and afterwards.
func (s DestinationSpec) Phases() (before, after []Operation) {
	for _, op := range s.writes() {
		if op == OpCreate || op.Prepares() {
			before = append(before, op)
		} else {
			after = append(after, op)
		}
	}
	return before, after
}

// Prepares reports whether an operation only fetches what a later write uses.
// Its outcome leaves no doubt about the entity: where the answer was lost, what
// was issued is lost with it and stands unused at the destination, and the call
// is simply made again.
func (o Operation) Prepares() bool { return o == OpNumber || o == OpUpload || o == OpCatalogue }

// carriesSteps reports whether an operation adds to Known.Steps.
func (o Operation) carriesSteps() bool { return o == OpSteps || o == OpStatus }

// showsContent reports whether a look-up shows more than that there is something.
func (m LookupMode) showsContent() bool { return m == ShowsHeader || m == ShowsTrail }

// joined returns what was issued before and what was issued now, in a map of
// its own; the newer word stands.
func joined(before, now map[string]string) map[string]string {
	if len(now) == 0 {
		return before
	}
	all := maps.Clone(before)
	if all == nil {
		all = make(map[string]string, len(now))
	}
	maps.Copy(all, now)
	return all
}
