package gateway

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// repeatable are the codes of steps that are sent again when nobody can tell
// whether they arrived: a missing one costs the province points, a repeated
// one does not (they close a dossier or its reception). A repeated step 5
// counts as a second request for papers, so it is never sent twice.
var repeatable = []string{"3", "7", "8", "9", "10"}

// resolve folds what a look-up showed into what is known of a delivery and
// reports whether the cut write is known to have been applied.
//
// Where the trail is shown, it is the truth. Where it is not, steps of a cut
// call are taken for sent, but those in [repeatable] are sent again. Where not
// even the header is shown, a cut create of what now exists is taken for ours
// (a foreign one would have been answered with Exists), so that no update with
// the same content follows; a cut update leaves the header unknown and is sent
// again, because a stale header is worse than an equal update. Where nothing is
// shown at all, a cut create is sent again under its own number: a dossier that
// is missing costs the province, and the number keeps a second one out (a
// destination that does not keep it out declares OneShot).
//
// What was issued stays whatever is shown.
func resolve(mode LookupMode, d Delivery, shown Known, found bool) (known Known, applied bool) {
	defer func() { known.Issued = joined(d.Known.Issued, shown.Issued) }()
	cut := d.State == StateUnknown
	if !found {
		// Steps of an entity that is not there are kept until a create is taken: see afterWrite.
		return Known{Steps: keptSteps(mode, d, cut)}, false
	}
	switch mode {
	case ShowsTrail:
		known = Known{Exists: true, HeaderHash: shown.HeaderHash, Steps: with(nil, shown.Steps), TrailSeen: true}
		return known, cut && carriedBy(known, d)
	case ShowsHeader:
		known = Known{Exists: true, HeaderHash: shown.HeaderHash, Steps: keptSteps(mode, d, cut)}
		return known, cut && !d.Operation.carriesSteps() && shown.HeaderHash == d.InFlight.HeaderHash
	case ShowsNothing:
		known = Known{Exists: d.Known.Exists, HeaderHash: d.Known.HeaderHash, Steps: keptSteps(mode, d, cut)}
		if cut && (d.Operation == OpUpdate || d.Operation == OpRetract) {
			known.HeaderHash = schema.Hash{}
		}
		return known, false
	}
	known = Known{Exists: true, HeaderHash: d.Known.HeaderHash, Steps: keptSteps(mode, d, cut)}
	switch {
	case cut && d.Operation == OpCreate:
		known.HeaderHash = d.InFlight.HeaderHash
		return known, true
	case cut && (d.Operation == OpUpdate || d.Operation == OpRetract), !d.Known.Exists:
		known.HeaderHash = schema.Hash{}
	}
	return known, false
}

// keptSteps returns the steps that count as sent when no trail tells.
func keptSteps(mode LookupMode, d Delivery, cut bool) []schema.StepKey {
	if mode == ShowsTrail {
		return nil
	}
	if !cut {
		return with(nil, d.Known.Steps)
	}
	once := slices.DeleteFunc(slices.Clone(d.InFlight.Steps), func(k schema.StepKey) bool {
		return slices.Contains(repeatable, codeOf(k))
	})
	return with(d.Known.Steps, once)
}

// carriedBy reports whether everything that the cut call carried is shown.
func carriedBy(known Known, d Delivery) bool {
	if !d.Operation.carriesSteps() {
		return known.HeaderHash == d.InFlight.HeaderHash
	}
	return !slices.ContainsFunc(d.InFlight.Steps, func(k schema.StepKey) bool { return !slices.Contains(known.Steps, k) })
}

// afterWrite returns what is known once a write was taken.
func afterWrite(known Known, call PlannedCall) Known {
	switch call.Operation {
	case OpCreate:
		// The destination had nothing, so it has no steps; a step 5 that we sent once stays sent.
		only5 := slices.DeleteFunc(slices.Clone(known.Steps), func(k schema.StepKey) bool { return codeOf(k) != "5" })
		return Known{Exists: true, HeaderHash: call.HeaderHash, Steps: only5, Issued: known.Issued}
	case OpUpdate, OpRetract:
		return Known{Exists: true, HeaderHash: call.HeaderHash, Steps: known.Steps, Issued: known.Issued}
	case OpSteps, OpStatus:
		known.Steps = with(known.Steps, call.Steps)
	}
	return known
}

// codeOf returns the status code at the end of a step key.
func codeOf(k schema.StepKey) string { return string(k[strings.LastIndexByte(string(k), '/')+1:]) }
