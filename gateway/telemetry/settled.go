package telemetry

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// settledLimit is how many deliveries are dated in one turn of the [Watch]; what is over is counted, not dated.
const settledLimit = 2000

// settled gathers deliveries that their destination took, until they are dated.
type settled struct {
	mu      sync.Mutex
	waiting []done
	dropped int
}

// done is one delivery that stands at its destination since a moment.
type done struct {
	destination string
	entity      uuid.UUID
	at          time.Time
}

// add takes the first proof of each: a look that only confirms what was taken before says nothing new.
func (s *settled) add(destination string, recorded map[uuid.UUID]bool, changes []gateway.DeliveryUpdate, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range changes {
		c := &changes[i]
		stands := c.Delivery.State == gateway.StateDelivered || c.Delivery.State == gateway.StateConfirmed
		if !c.Settled || c.Outcome == nil || !stands || c.Delivery.VerifyDue || !recorded[c.Delivery.Wanted.EntityID] {
			continue
		}
		if len(s.waiting) == settledLimit {
			s.dropped++
			continue
		}
		s.waiting = append(s.waiting, done{destination: destination, entity: c.Delivery.Wanted.EntityID, at: at})
	}
}

// take empties it.
func (s *settled) take() (waiting []done, dropped int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, dropped = s.waiting, s.dropped
	s.waiting, s.dropped = nil, 0
	return waiting, dropped
}
