package gateway

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/schema"
)

// SyncState says where one delivery stands.
type SyncState string

// Sync states. A breaker, a pause or a maintenance holds lanes, not deliveries:
// 100,000 rows are not written for it. What waits is queued in its row, and
// shown as held where a single delivery is asked for.
const (
	StateQueued            SyncState = "queued"             // to be compared and sent; with its own next attempt after a failure
	StateHeld              SyncState = "held"               // queued, and its destination is paused, maintained or behind an open breaker
	StateSending           SyncState = "sending"            // in a call now, or in one whose worker died
	StateUnknown           SyncState = "unknown"            // bytes left, no trustworthy answer; looked up before anything else
	StateDelivered         SyncState = "delivered"          // the destination took the newest revision
	StateConfirmed         SyncState = "confirmed"          // the destination shows it
	StateFailedData        SyncState = "failed_data"        // refused for its data; new data make it due again
	StateFailedDestination SyncState = "failed_destination" // refused, though nothing is wrong with it
	StateFailedGateway     SyncState = "failed_gateway"     // our bug
	StateParked            SyncState = "parked"             // put aside by an operator
	StateRedacted          SyncState = "redacted"           // never sent again
	StateShadow            SyncState = "shadow"             // somebody else writes it; planned and compared, never sent
)

// stateWords are in Vietnamese; in English a state is called by its name.
var stateWords = map[SyncState]string{
	StateQueued: "đang chờ gửi", StateHeld: "đang được giữ lại", StateSending: "đang gửi", StateUnknown: "chưa rõ kết quả, sẽ tra cứu lại",
	StateDelivered: "nơi nhận đã nhận", StateConfirmed: "nơi nhận đã hiển thị", StateFailedData: "bị từ chối vì dữ liệu",
	StateFailedDestination: "lỗi ở nơi nhận", StateFailedGateway: "lỗi của Liên Thông", StateParked: "được để riêng",
	StateRedacted: "đã xóa nội dung", StateShadow: "hệ thống khác ghi",
}

// Words say a state to people.
func (s SyncState) Words() Text { return Text{VI: cmp.Or(stateWords[s], string(s)), EN: string(s)} }

// SyncStates returns every state.
func SyncStates() []SyncState {
	return []SyncState{
		StateQueued, StateHeld, StateSending, StateUnknown, StateDelivered, StateConfirmed,
		StateFailedData, StateFailedDestination, StateFailedGateway, StateParked, StateRedacted, StateShadow,
	}
}

// SyncStatus counts the deliveries of one destination.
type SyncStatus struct {
	Destination string
	Counts      map[SyncState]int
	Due         int       // to be worked on now
	OldestAt    time.Time // last change of the oldest delivery that is not done; zero: none
}

// Backlog returns how many deliveries are still to be sent or settled without anybody's help.
func (s SyncStatus) Backlog() int {
	return s.Counts[StateQueued] + s.Counts[StateHeld] + s.Counts[StateSending] + s.Counts[StateUnknown]
}

// Unknown returns how many deliveries wait for the look-up that tells what became of them.
func (s SyncStatus) Unknown() int { return s.Counts[StateUnknown] + s.Counts[StateSending] }

// Parked returns how many deliveries wait for a person or for new data.
func (s SyncStatus) Parked() int {
	return s.Counts[StateFailedData] + s.Counts[StateFailedDestination] + s.Counts[StateFailedGateway] + s.Counts[StateParked]
}

// SyncStatusReader is the store as operators and checkers see it.
type SyncStatusReader interface {
	// SyncStatus counts the deliveries of every destination, by code.
	SyncStatus(ctx context.Context) ([]SyncStatus, error)
}

// Delivery is one claimed delivery: what is wanted, what the destination is
// known to show, and what happened last.
type Delivery struct {
	Wanted    Wanted        // Revision is that of the body
	State     SyncState     //
	AckedRev  int64         // newest revision that the destination took whole
	Known     Known         // what the destination took or showed last
	Attempt   uuid.UUID     // of the last call; fences every later write
	Operation Operation     // of the cut call when State is unknown; OpLookup: look before planning
	InFlight  InFlight      // what the cut call carried
	CutFor    time.Duration // since the outcome is unknown
	Doubtful  bool          // an unknown outcome came before: look once more after delivery
	VerifyDue bool          // that look is due now
	Tries     int           // failures in a row
	Cause     string        // of the last failure, or how a shadow compares
	Look      LookReason    // it is marked to be looked at
	Restored  time.Time     // when the database was, in the week after that
	Stale     bool          // not looked at since
	Backup    bool          // what is wanted came with the backup
	SilentFor time.Duration // since its source said anything new
	Observed  *Known        // set when this change comes from a look-up
	Missing   bool          // no such entity
	Released  int64         // revision up to which a person let it go whatever the guard says
	Warnings  []string      // rules of the score that what leaves would hurt; nil: as before
}

// LogValue shows id and state: bodies and keys are personal.
func (d Delivery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("entity_id", d.Wanted.EntityID.String()), slog.String("state", string(d.State)))
}

// InFlight is what one write carries: enough to recognise it in a look-up.
type InFlight struct {
	HeaderHash schema.Hash
	Steps      []schema.StepKey
	Sent       Sent
}

// Sent is the evidence of a call for one delivery. It is stored before a byte
// leaves: a worker that dies in the middle of its call leaves it behind.
type Sent struct {
	At     time.Time // by the worker's clock; its month's key has sealed
	SHA256 []byte    // of the body's parts, one after the other
	Sealed []byte    // nil: not kept
}

// DeliveryUpdate is what became of one delivery, to be written if nobody else wrote in the meantime.
type DeliveryUpdate struct {
	Delivery Delivery       // as it stands afterwards; Delivery.Attempt is the fence
	Settled  bool           // done with this revision, unless a newer one is wanted by now
	Again    bool           // stays due
	Unmark   bool           // it was marked for a call that did not start
	Cut      bool           // the outcome is unknown since now
	RetryIn  *time.Duration // own next attempt
	VerifyIn *time.Duration // look once more at what was delivered
	Shelf    Shelf
	Problem  string   // the destination's words, masked
	Outcome  *Outcome // of the call; nil: there was none
	Called   Operation
	Look     *LookReason // new mark; nil: as it was
	Was      SyncState   // as it was claimed
	Sent     Sent        // what left for it; the zero value where nothing did
}

// LogValue shows whose change it is.
func (u DeliveryUpdate) LogValue() slog.Value { return u.Delivery.LogValue() }

// with returns steps joined by more, without repeats, in a slice of its own.
func with(steps, more []schema.StepKey) []schema.StepKey {
	all := slices.Clone(steps)
	for _, k := range more {
		if !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}
