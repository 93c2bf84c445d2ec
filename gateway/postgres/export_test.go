package postgres

import "github.com/lienthong/lienthong/gateway"

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
	LooksSQL  = markedSQL
)

// What the morning asks.
const (
	RateSQL        = rateSQL
	LastCallsSQL   = lastCallsSQL
	TransitionsSQL = transitionsSQL
)

// Statements of reconciliation, whose plans are looked at.
const NightlySQL = nightlySQL

// RepairDriftSQL is the repair of drift.
const RepairDriftSQL = repairDriftSQL

func DriftsSQL(q gateway.DriftQuery) (string, []any) { return driftsSQL(q) }

func CountDriftSQL(q gateway.DriftQuery, limit int) (string, []any) { return countDriftSQL(q, limit) }

func AgreementSQL(dimension string) string { return agreementSQL(dimension) }

// What operators' lists and replays ask.
const (
	FailuresSQL      = failuresSQL
	ReplayPlansSQL   = replayPlansSQL
	ReplayItemsSQL   = replayItemsSQL
	ContactsSQL      = contactsSQL
	ReleaseReplaySQL = releaseReplaySQL
	SettleReplaySQL  = settleReplaySQL
	NextReplaySQL    = nextReplaySQL
	TakeReplaySQL    = takeReplaySQL
	PlanReplaySQL    = planSQL
	ForeignSQL       = foreignSQL

	ByIndex      = byIndex
	AgreedSQL    = agreedSQL
	DriftingSQL  = driftingSQL
	ReplayingSQL = replayingSQL
	LookingSQL   = lookingSQL
)

// FailureGroupsSQL is the count of what fails.
var FailureGroupsSQL = failureGroupsSQL

// Lists that add up counts.
const (
	NightSQL        = nightSQL
	BacklogSQL      = backlogSQL
	DueSQL          = dueSQL
	ShadowsSQL      = shadowsSQL
	AdoptionsSQL    = adoptionColumns + ` ORDER BY began_at DESC LIMIT $1`
	ScoreCountsSQL  = scoreCountsSQL
	ScoreChangesSQL = scoreChangesSQL
	ScoreScanSQL    = scoreScanSQL
	DossierSQL      = dossierSQL
	ActionsSQL      = actionsSQL
	RankSQL         = rankSQL
	HoldersSQL      = holdersSQL
)
