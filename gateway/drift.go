package gateway

import (
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// DriftClass says how what a destination shows differs from what we hold.
type DriftClass string

// Drift classes; the empty one is agreement. Each has one safe repair, see [DriftClass.Repair].
const (
	DriftNone             DriftClass = ""
	DriftNotSent          DriftClass = "not_sent"          // what we hold never left, or was never taken
	DriftSentNotShown     DriftClass = "sent_not_shown"    // it took what we sent and shows nothing, or an older state, of it
	DriftShownDifferently DriftClass = "shown_differently" // it shows what we sent in another form
	DriftPortalNewer      DriftClass = "portal_newer"      // it has gone on behind everything that we know
	DriftForeign          DriftClass = "foreign"           // somebody else wrote there
)

// DriftClasses returns the classes in the order in which they are listed.
func DriftClasses() []DriftClass {
	return []DriftClass{DriftNotSent, DriftSentNotShown, DriftShownDifferently, DriftPortalNewer, DriftForeign}
}

// Sends reports whether the repair of a class goes through the engine: the
// delivery is due again, looked up, and planned from what is shown by then. Where
// the portal is ahead nothing may be written: the source has to tell us, and a
// person can only take note.
func (c DriftClass) Sends() bool { return c != DriftNone && c != DriftPortalNewer }

// Repair says what the repair of a class does, for people.
func (c DriftClass) Repair() (vi, en string) {
	switch c {
	case DriftNotSent:
		return "gửi lần đầu những gì chưa gửi; dữ liệu sai thì nguồn phải sửa trước", "send what never left; what was refused for its data, its source corrects first"
	case DriftSentNotShown:
		return "tra cứu lại rồi gửi đúng phần cổng còn thiếu", "look again, then send just what the portal lacks"
	case DriftShownDifferently:
		return "tra cứu lại rồi gửi lại phần khác", "look again, then send what differs once more"
	case DriftPortalNewer:
		return "không ghi lên cổng; hỏi hệ thống nguồn, hoặc ghi nhận bằng --accept", "nothing is written there; ask the source, or take note with --accept"
	case DriftForeign:
		return "tra cứu lại rồi gửi dữ liệu của tỉnh đè lên; bước lạ không xóa được, chỉ ghi nhận", "look again, then send ours over it; a foreign step cannot be taken back, only noted"
	}
	return "", ""
}

// SentBefore is what provably left for one delivery in earlier calls.
type SentBefore struct {
	Headers  []schema.Hash
	Steps    []schema.StepKey
	HeaderAt time.Time // start of the last call with a header that was taken; zero: none was
	Known    bool      // false: nothing is kept of earlier calls, so that strange content cannot be told from ours
}

// Comparison is what one look is judged by.
type Comparison struct {
	Delivery Delivery
	Full     []PlannedCall // what a destination that has nothing would be sent; nil: it cannot be planned
	Shown    Known
	Found    bool
	Shows    LookupMode
	Sent     SentBefore
	Before   LookBefore
}

// LookBefore is what the look before this one left.
type LookBefore struct {
	At     time.Time
	Header schema.Hash
}

// Difference is what a look showed to differ.
type Difference struct {
	Class  DriftClass       `json:"-"`
	Absent bool             `json:"absent,omitempty"` // nothing at all is shown
	Header bool             `json:"header,omitempty"` // the header differs
	Lacks  []schema.StepKey `json:"lacks,omitempty"`  // steps of ours that are not shown
	Extra  []schema.StepKey `json:"extra,omitempty"`  // steps that are shown and not ours
}

// Comparable reports whether a plan says what a destination should show: one that
// has to ask something first does not, nor does that of a dossier of which only states go back.
func Comparable(full []PlannedCall) bool {
	return slices.ContainsFunc(full, func(c PlannedCall) bool { return c.Operation == OpCreate })
}

// Compare judges a look. It is pure. Of several differences the one counts that
// takes most care: a portal that is ahead, then somebody else's write.
func (c Comparison) Compare() Difference {
	if !c.Found {
		return c.absent()
	}
	if c.Full == nil {
		return Difference{Class: DriftNotSent} // the newest cannot leave as it is
	}
	d := c.steps()
	header := c.header()
	d.Header = header != DriftNone
	if rankOfDrift(header) > rankOfDrift(d.Class) {
		d.Class = header
	}
	if !c.Delivery.Known.Exists && d.Class != DriftNone && !c.Sent.Known {
		d.Class = DriftForeign // it stands there, and we never sent anything
	}
	if c.Delivery.Stale && d.Class == DriftForeign {
		d.Class = DriftShownDifferently // the database was restored, and what we sent meanwhile is not in its memory
	}
	return d
}

// rankOfDrift orders classes by the care that they take.
func rankOfDrift(c DriftClass) int {
	return slices.Index([]DriftClass{DriftNone, DriftNotSent, DriftSentNotShown, DriftShownDifferently, DriftForeign, DriftPortalNewer}, c)
}

func (c Comparison) absent() Difference {
	d := Difference{Class: DriftNotSent, Absent: true}
	if c.Delivery.Known.Exists {
		d.Class = DriftSentNotShown
	}
	return d
}

// settled reports whether the engine is done with the newest revision.
func (c Comparison) settled() bool {
	return c.Delivery.State == StateDelivered || c.Delivery.State == StateConfirmed
}

// header judges the header where one is shown. What was never ours is somebody
// else's, unless it is what came back after we had sent ours over it: then it is the portal's own doing.
func (c Comparison) header() DriftClass {
	var wanted schema.Hash
	for _, call := range c.Full {
		if call.Operation == OpCreate {
			wanted = call.HeaderHash
		}
	}
	acked, shown := c.Delivery.Known.HeaderHash, c.Shown.HeaderHash
	switch {
	case !c.Shows.showsContent() || shown == (schema.Hash{}) || shown == wanted:
		return DriftNone
	case shown == acked && c.settled():
		return DriftNone // it was taken as it stood there
	case shown == acked || slices.Contains(c.Sent.Headers, shown):
		if acked == wanted {
			return DriftSentNotShown
		}
		return DriftNotSent
	case !c.Sent.Known && c.Delivery.Known.Exists,
		shown == c.Before.Header && c.Sent.HeaderAt.After(c.Before.At):
		return DriftShownDifferently
	}
	return DriftForeign
}

// steps judges the trail where it is shown.
func (c Comparison) steps() Difference {
	var d Difference
	if c.Shows != ShowsTrail || !c.Shown.TrailSeen {
		return d
	}
	var wanted []schema.StepKey
	for _, call := range c.Full {
		wanted = append(wanted, call.Steps...)
	}
	ours := with(wanted, c.Sent.Steps)
	if !c.Sent.Known {
		ours = with(ours, c.Delivery.Known.Steps)
	}
	never := false
	for _, k := range wanted {
		if !slices.Contains(c.Shown.Steps, k) {
			d.Lacks = append(d.Lacks, k)
			never = never || !slices.Contains(c.Sent.Steps, k) && !slices.Contains(c.Delivery.Known.Steps, k)
		}
	}
	for _, k := range c.Shown.Steps {
		if !slices.Contains(ours, k) {
			d.Extra = append(d.Extra, k)
		}
	}
	switch {
	case len(d.Extra) > 0:
		d.Class = strange(d, newest(ours))
	case len(d.Lacks) > 0 && never:
		d.Class = DriftNotSent
	case len(d.Lacks) > 0:
		d.Class = DriftSentNotShown
	}
	return d
}

// strange judges steps that are not ours: one at the time of a step of ours that
// is missing is that step in another form; one behind all of ours is news.
func strange(d Difference, last string) DriftClass {
	class := DriftShownDifferently
	for _, k := range d.Extra {
		switch {
		case slices.ContainsFunc(d.Lacks, func(l schema.StepKey) bool { return timeOf(l) == timeOf(k) }):
		case timeOf(k) > last:
			return DriftPortalNewer
		default:
			class = DriftForeign
		}
	}
	return class
}

func newest(steps []schema.StepKey) (last string) {
	for _, k := range steps {
		last = max(last, timeOf(k))
	}
	return last
}

// timeOf returns the instant within a step key, in a form that sorts.
func timeOf(k schema.StepKey) string {
	rest := string(k)[:max(strings.LastIndexByte(string(k), '/'), 0)]
	return rest[strings.LastIndexByte(rest, '/')+1:]
}
