package postgres

// What tests of this package look at from outside.
var (
	Fail  = fail
	Again = again
)

// JourneySQL is the query of a record's way.
const JourneySQL = journeySQL

// SnapshotSQL is the statement of a page of a snapshot.
const SnapshotSQL = snapshotPage

// What lanes ask and tell.
const (
	ClaimSQL  = claimSQL
	BeginSQL  = beginSQL
	RecordSQL = recordSQL
	LooksSQL  = looksSQL
)
