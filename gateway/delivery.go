package gateway

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// Receiver is a destination as ingest sees it: what it wants to be told about.
type Receiver struct {
	Code     string
	Receives []schema.Kind
}

// Wants reports whether the destination shows entities of a kind.
func (r Receiver) Wants(k schema.Kind) bool { return slices.Contains(r.Receives, k) }

// Deliverable returns what a destination calls an entity and until when it
// should stand there; ok is false while nothing can be shown of it yet, such
// as a dossier of which only steps have arrived.
func Deliverable(golden schema.Body, now time.Time) (key string, due time.Time, ok bool) {
	d, is := golden.(*schema.Dossier)
	if !is || d.Number == "" || d.Procedure.Code == "" {
		return "", time.Time{}, false
	}
	return d.Number, deadline(d, now), true
}

// undatedTerm is how much time a dossier without an appointment is given.
const undatedTerm = 30 * 24 * time.Hour

func deadline(d *schema.Dossier, now time.Time) time.Time {
	switch {
	case !d.DueAt.IsZero():
		return d.DueAt.Std()
	case !d.ReceivedAt.IsZero():
		return d.ReceivedAt.Std().Add(undatedTerm)
	}
	return now.Add(undatedTerm)
}

// SlotOf returns the slot of a destination's key.
func SlotOf(key string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return int(h.Sum32() % Slots)
}

// Rank orders what is due: by deadline, and a day is gained per hour of
// waiting, so that none starves. The lower rank goes first. The store computes
// the same in SQL, to the microsecond.
func Rank(due, since time.Time) float64 {
	return seconds(due) + 24*seconds(since)
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
