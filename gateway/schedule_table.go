package gateway

// Repeat says when a delivery is worked on again.
type Repeat string

// Repeats.
const (
	RepeatNone     Repeat = "none"     // done with this call
	RepeatNever    Repeat = "never"    // not before its data change or somebody decides
	RepeatNow      Repeat = "now"      // plan again with what was learnt
	RepeatLook     Repeat = "look"     // look what stands there, then plan
	RepeatSettled  Repeat = "settled"  // look no earlier than the destination's settle after the cut
	RepeatSchedule Repeat = "schedule" // by the schedule, or when the destination asked
)

// Health is what an outcome says about the destination itself.
type Health string

// Healths.
const (
	HealthAlive   Health = "alive"   // it answered; a refusal of data is an answer
	HealthSick    Health = "sick"    // it did not, or not in words that can be trusted
	HealthIgnored Health = "ignored" // says nothing: cancelled by us, or asked to slow down
)

// Origin says whose fault a failure is, in the words of the API's errors.
type Origin string

// Origins.
const (
	OriginNone        Origin = ""
	OriginGateway     Origin = "gateway"
	OriginSource      Origin = "source"
	OriginDestination Origin = "destination"
)

// Disposition is what follows from an outcome.
type Disposition struct {
	State  SyncState // where the delivery stands, unless the plan says that more is to be sent
	Shelf  Shelf     // whose failure it is
	Origin Origin    // the same for the edges
	Repeat Repeat
	Health Health
	Class  RetryClass // by which schedule, where it has to wait; empty: it never has
}

// dispositions maps each outcome of one delivery alone. A refusal depends on
// its shelf too; an answer for a whole call is first narrowed down.
var dispositions = map[OutcomeKind]Disposition{
	Delivered:      {State: StateDelivered, Repeat: RepeatNone, Health: HealthAlive},
	Found:          {State: StateConfirmed, Repeat: RepeatNow, Health: HealthAlive},
	Exists:         {State: StateQueued, Repeat: RepeatLook, Health: HealthAlive, Class: RetryContradiction},
	Absent:         {State: StateQueued, Repeat: RepeatNow, Health: HealthAlive, Class: RetryContradiction},
	SessionExpired: {State: StateQueued, Repeat: RepeatNow, Health: HealthAlive, Class: RetrySession},
	Unknown:        {State: StateUnknown, Shelf: ShelfDestination, Origin: OriginDestination, Repeat: RepeatSettled, Health: HealthSick, Class: RetryUnknown},
	Unavailable:    {State: StateQueued, Shelf: ShelfDestination, Origin: OriginDestination, Repeat: RepeatSchedule, Health: HealthSick, Class: RetryUnavailable},
	Throttled:      {State: StateQueued, Shelf: ShelfDestination, Origin: OriginDestination, Repeat: RepeatSchedule, Health: HealthIgnored, Class: RetryThrottled},
}

// refusals maps whose fault a refusal is.
var refusals = map[Shelf]Disposition{
	ShelfNone:        {State: StateFailedData, Shelf: ShelfSource, Origin: OriginSource, Repeat: RepeatNever, Health: HealthAlive},
	ShelfSource:      {State: StateFailedData, Shelf: ShelfSource, Origin: OriginSource, Repeat: RepeatNever, Health: HealthAlive},
	ShelfGateway:     {State: StateFailedGateway, Shelf: ShelfGateway, Origin: OriginGateway, Repeat: RepeatNever, Health: HealthAlive},
	ShelfDestination: {State: StateFailedDestination, Shelf: ShelfDestination, Origin: OriginDestination, Repeat: RepeatSchedule, Health: HealthAlive, Class: RetryRefused},
}

// Valid reports whether the table has the outcome. The store keeps no other.
func (k OutcomeKind) Valid() bool {
	_, ok := dispositions[k]
	return ok || k == RefusedData
}

// Dispose says what follows from an outcome. An outcome that is not in the
// table counts as unknown: nothing is assumed of an answer that we do not know.
func Dispose(kind OutcomeKind, shelf Shelf) Disposition {
	if kind == RefusedData {
		d, ok := refusals[shelf]
		if !ok {
			d = refusals[ShelfNone]
		}
		return d
	}
	d, ok := dispositions[kind]
	if !ok {
		d = dispositions[Unknown]
	}
	if d.Shelf != ShelfNone && shelf == ShelfGateway { // such as a call that our own stop cut off
		d.Shelf, d.Origin = ShelfGateway, OriginGateway
	}
	return d
}
