// Package destinationtest is the suite that every destination passes before a
// lane may use it:
//
//	func TestConformance(t *testing.T) {
//		destinationtest.Run(t, destinationtest.Subject{…})
//	}
//
// It stands between a destination and its other side, lets calls through or
// spoils them on the wire, and holds the destination against what
// [gateway.Destination] promises: Plan is pure and comes to an end, Send says
// what became of every delivery and is never surer than the wire allows, what
// may have left leaves once, doubt is ended without a second effect, and no
// personal value shows in errors, causes, messages or logs.
//
// What answers of one particular system mean is for that destination's own tests.
package destinationtest

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// Class is what a request is for.
type Class string

// Classes of requests.
const (
	Login   Class = "login"
	Prepare Class = "prepare" // fetches what a later write uses, such as a number; see [gateway.Operation.Prepares]
	Write   Class = "write"
	Look    Class = "look"
)

// Subject is a destination with what the suite must know of it.
type Subject struct {
	// New returns the destination in front of an address, with no other logger than log. Batch is at most 20, and at
	// least 2 unless every call of the destination is about one entity.
	New func(t testing.TB, address string, timeout time.Duration, log *slog.Logger) gateway.Destination
	// Far returns the other side when all is well, with nothing stored, such as a simulator.
	Far func(t testing.TB) Far
	// Wanted returns entity i in a version of it, both from 1. Versions differ in their content.
	Wanted func(i, version int) gateway.Wanted
	// Canaries are personal values that stand in each Wanted. Each stands in some payload that can be planned before the first write.
	Canaries []string
	// Class says what a request is for.
	Class func(r *http.Request, body []byte) Class
	// Expire answers a write with "I do not know you any more"; nil where there is no login of ours.
	Expire func(w http.ResponseWriter)
	// Refuse answers a write with "these data are wrong" in some words.
	Refuse func(w http.ResponseWriter, words string)
	// Empty is what a good status with an empty body means for a write.
	Empty gateway.OutcomeKind
}

// Far is the other side of a destination.
type Far struct {
	Handler http.Handler
	// Effects returns how often what stands under a key was changed, its creation included.
	Effects func(key string) int
	// Gone reports whether the other side was told that what stood under a key is gone. It is needed where
	// the specification's Writes have [gateway.OpRetract].
	Gone func(key string) bool
}

// Run runs the suite.
func Run(t *testing.T, s Subject) {
	t.Helper()
	t.Run("the specification is one that lanes can work with", s.spec)
	t.Run("a plan", s.plan)
	t.Run("a call", s.calls)
	t.Run("a spoilt call", s.spoilt)
	t.Run("a look-up", s.looks)
	t.Run("a retraction", s.retractions)
	t.Run("a preparation", s.preparations)
}

func (s Subject) spec(t *testing.T) {
	w := s.open(t, time.Second)
	spec := w.Spec()
	if err := spec.Check(); err != nil {
		t.Fatal(err)
	}
	again := w.Spec()
	again.Receives[0] = "changed"
	if w.Spec().Receives[0] == "changed" {
		t.Error("a caller can change what the destination receives")
	}
	if spec.Timeout != time.Second {
		t.Errorf("the declared timeout is %v", spec.Timeout)
	}
	if spec.Batch > 20 {
		t.Errorf("the suite is to be run with a batch of at most 20, this is %d", spec.Batch)
	}
	if !spec.Idempotent && spec.Settle <= 0 {
		t.Error("a look-up after an unknown outcome needs to know when to come")
	}
}
