package gateway

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// Receiver is a destination as ingest sees it: what it wants to be told about.
type Receiver struct {
	Code     string
	Receives []schema.Kind
	Keys     KeyScheme
}

// ReceiverOf returns a destination as ingest sees it.
func ReceiverOf(s DestinationSpec) Receiver {
	return Receiver{Code: s.Code, Receives: s.Receives, Keys: s.Keys}
}

// Wants reports whether the destination shows entities of a kind.
func (r Receiver) Wants(k schema.Kind) bool { return slices.Contains(r.Receives, k) }

// Deliverable returns what the destination calls an entity and until when it
// should stand there; ok is false for kinds that it does not want, and while
// nothing can be shown of it yet, such as a dossier of which only steps have arrived.
func (r Receiver) Deliverable(id uuid.UUID, golden schema.Body, now time.Time) (key string, due time.Time, ok bool) {
	if golden == nil || !r.Wants(golden.Kind()) {
		return "", time.Time{}, false
	}
	d, isDossier := golden.(*schema.Dossier)
	switch {
	case isDossier && (d.Number == "" || d.Procedure.Code == ""), !isDossier && r.Keys == KeyNumber:
		return "", time.Time{}, false
	case isDossier:
		key, due = d.Number, deadline(d, now)
	default:
		due = now.Add(undatedTerm) // no register knows a deadline for being shown elsewhere
	}
	if r.Keys == KeyEntity {
		key = EntityKey(golden.Kind(), id)
	}
	return key, due, true
}

// EntityKey is the key of [KeyEntity]; feeds have it as the subject of an item.
func EntityKey(kind schema.Kind, id uuid.UUID) string { return string(kind) + "/" + id.String() }

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

// Appointed reports whether the deadline that [Receiver.Deliverable] returns is an appointment, and no guess of ours.
func Appointed(golden schema.Body) bool {
	d, isDossier := golden.(*schema.Dossier)
	return isDossier && !d.DueAt.IsZero()
}

// SlotOf returns the slot of a destination's key.
func SlotOf(key string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return int(h.Sum32() % Slots)
}

// Rank orders what is due; the lower rank goes first. What is due within a day
// ranks by its deadline, before all else; a rank that is a time which has passed
// goes behind those that are times to come: the most are in time when the nearest deadline
// that can still be met goes first, and what has missed its own makes way. The rest ranks by
// deadline too, and a day is gained per hour of waiting, so that its order is fair. The
// store computes the same in SQL, to the microsecond.
func Rank(due, since time.Time) float64 {
	if due.After(since) && due.Sub(since) <= urgentTerm {
		return seconds(due)
	}
	return seconds(due) + 24*seconds(since)
}

// urgentTerm is how near the deadline of an urgent delivery is when it becomes due.
const urgentTerm = 24 * time.Hour

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
