package gateway

import (
	"time"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/schema"
)

// Verdict is the answer to one record of a push.
type Verdict string

// Verdicts.
const (
	Accepted    Verdict = "accepted"     // stored as the newest revision
	Unchanged   Verdict = "unchanged"    // equal to the newest revision; nothing written
	Superseded  Verdict = "superseded"   // older than what we hold
	Rejected    Verdict = "rejected"     // not usable; its submission is kept
	NeedsReview Verdict = "needs_review" // only a human can say; kept aside
)

// Verdicts returns every verdict.
func Verdicts() []Verdict { return []Verdict{Accepted, Unchanged, Superseded, Rejected, NeedsReview} }

// RepeatWindow is how long after a revision was replaced its content is taken
// for a late repeat instead of a true correction back to it.
const RepeatWindow = 24 * time.Hour

// Held is what the store holds of a record.
type Held struct {
	Revision  int64 // 0: nothing
	Hash      schema.Hash
	Version   int64
	EventTime time.Time // zero: not told
	Earlier   []EarlierRevision
}

// EarlierRevision is a revision that was replaced. Its last arrival is taken
// to be the moment when the next one arrived, so that repeats write nothing.
type EarlierRevision struct {
	Hash       schema.Hash
	ReplacedAt time.Time
}

// Said is what a push says of a record.
type Said struct {
	Kind      schema.Kind
	Hash      schema.Hash
	Version   int64     // 0: none
	EventTime time.Time // zero: not told
	At        time.Time // arrival
}

// Decision is a verdict with what follows for the store.
type Decision struct {
	Verdict Verdict
	Advance bool   // Unchanged, but with a newer version or event time to remember
	Reason  string // NeedsReview: why
}

// Decide judges one record against what is held. It is pure.
func Decide(held Held, said Said, order adapters.Order, window time.Duration) Decision {
	if held.Revision == 0 {
		return Decision{Verdict: Accepted}
	}
	age := compareAge(held, said, order)
	if said.Hash == held.Hash {
		return Decision{Verdict: Unchanged, Advance: age == newer}
	}
	switch age {
	case older:
		return Decision{Verdict: Superseded}
	case newer:
		return Decision{Verdict: Accepted}
	}
	return decideByArrival(held, said, window)
}

// decideByArrival judges content that nothing but its arrival dates.
func decideByArrival(held Held, said Said, window time.Duration) Decision {
	last, known := lastReplaced(held.Earlier, said.Hash)
	switch {
	case !known:
		return Decision{Verdict: Accepted}
	case said.At.Sub(last) <= window:
		return Decision{Verdict: Superseded}
	case said.Kind.Entity() == schema.KindDossier:
		return Decision{Verdict: NeedsReview, Reason: "back_to_earlier_content"}
	}
	return Decision{Verdict: Accepted}
}

// lastReplaced returns when content was replaced for the last time: a record
// may have gone back to it before.
func lastReplaced(earlier []EarlierRevision, content schema.Hash) (last time.Time, known bool) {
	for _, e := range earlier {
		if e.Hash == content && (!known || last.Before(e.ReplacedAt)) {
			last, known = e.ReplacedAt, true
		}
	}
	return last, known
}

// After returns what is held of a record once said was accepted, but for the
// earlier revisions. Where the sender does not tell a version or a time, the
// one told last stays: otherwise a late message that does would count as new.
func (h Held) After(said Said) Held {
	h.Revision++
	h.Hash = said.Hash
	if said.Version != 0 {
		h.Version = said.Version
	}
	if !said.EventTime.IsZero() {
		h.EventTime = said.EventTime
	}
	return h
}

type relativeAge int

const (
	undated relativeAge = iota // nothing but arrival tells
	older
	newer
)

func compareAge(held Held, said Said, order adapters.Order) relativeAge {
	switch order {
	case adapters.ByVersion:
		if said.Version > held.Version {
			return newer
		}
		return older
	case adapters.ByVersionThenArrival:
		return compareInts(said.Version, held.Version)
	}
	// A sender may tell more than its order asks for (Gateway-Source-Version, Gateway-Event-Time).
	if said.Version > 0 && held.Version > 0 {
		if age := compareInts(said.Version, held.Version); age != undated {
			return age
		}
	}
	if said.EventTime.IsZero() || held.EventTime.IsZero() {
		return undated
	}
	return compareInts(said.EventTime.UnixMicro(), held.EventTime.UnixMicro())
}

func compareInts(said, held int64) relativeAge {
	switch {
	case said < held:
		return older
	case said > held:
		return newer
	}
	return undated
}
