package gateway

// RepairVitals are what gauges show of comparing and repairing. It is counted
// up to [RepairCountLimit]: a gauge that costs more than it tells is an outage of its own.
type RepairVitals struct {
	Agreement []AgreementLine     // one a destination, over all communes
	Drift     map[DriftClass]int  // open differences that nobody took note of
	Replays   map[ReplayState]int // plans that are running or paused
	Looks     map[LookKey]int     // deliveries that are marked to be looked at
}

// RepairCountLimit is where counting for a gauge ends.
const RepairCountLimit = 10_000

// LookKey is a destination and why its deliveries are to be looked at.
type LookKey struct {
	Destination string
	Look        LookReason
}
