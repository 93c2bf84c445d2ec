// Package portal holds what destinations share: one careful HTTP client, rules
// that turn answers into outcomes, fingerprints of failures, and what all who
// show dossiers read out of one ([Dossier], [Trail], [OwnerPaper]).
//
// The one question that a destination must answer after every write is whether
// the other side may have taken it. [Client] tells what provably never left
// from what may have ([CallError]); [StatusTable] and [Rules] tell, as data and
// not as code, what an answer means; what remains is [gateway.Unknown], and only
// a look-up ends that doubt. Nothing here repeats a write that may have left:
// retries have one owner, the delivery's own schedule.
//
// Texts of the other side are shown to people through [Mask] and grouped by
// [Fingerprint]; neither keeps numbers or names.
package portal

import "time"

// What holds for a destination whose configuration says nothing else.
const (
	DefaultSettle  = time.Minute      // how late a write may still be applied or become visible
	DefaultTimeout = 10 * time.Second // of one call, with all that belongs to it
	DefaultLanes   = 8
)
