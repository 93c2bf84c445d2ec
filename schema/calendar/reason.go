package calendar

import "github.com/lienthong/lienthong/schema"

// Code names a rule that an answer followed. Codes are stable; the texts are not.
type Code string

// The codes of reasons.
const (
	TermWorkingDays  Code = "term.working_days"
	TermCalendarDays Code = "term.calendar_days"
	TermHours        Code = "term.hours"
	TermSameDay      Code = "term.same_day"
	TermNone         Code = "term.none"          // the procedure has no deadline
	ClockNotStarted  Code = "clock.not_started"  // submitted, not validly received yet
	ClockSubmitted   Code = "clock.submitted"    // time between submission and reception does not count
	ClockReceived    Code = "clock.received"     // began with reception
	ClockNextMoment  Code = "clock.next_moment"  // received while closed; began when the counter opened
	SameDayBefore    Code = "same_day.before"    // received early enough for the same day
	SameDayAfter     Code = "same_day.after"     // too late, or on a Saturday that does not count
	DayHoliday       Code = "day.holiday"        //
	DayInLieu        Code = "day.in_lieu"        //
	DaySwappedOff    Code = "day.swapped_off"    //
	DayWorked        Code = "day.worked"         // a Saturday or Sunday that is worked
	DayClosure       Code = "day.closure"        //
	DayOrdinary      Code = "day.ordinary"       // counted as ordinary, though a decision may still change it
	DueRolled        Code = "due.rolled"         // the last day was free; the next working day instead
	PauseCounted     Code = "pause.counted"      // the clock stood still
	PauseOpen        Code = "pause.open"         // it stands still now
	PauseSecond      Code = "pause.second"       // a second request; the clock goes on, the dossier counts as late
	PauseAfterDue    Code = "pause.after_due"    // the deadline had passed already
	PauseInvalid     Code = "pause.invalid"      // ends before it begins, or has no beginning
	ExtensionGranted Code = "extension.granted"  //
	ExtensionTooLate Code = "extension.too_late" // granted when the deadline had passed
	ExtensionShorter Code = "extension.shorter"  // names no later time; a deadline never moves forward
	CalendarBeyond   Code = "calendar.beyond"    // days that the table does not cover: weekends only
	InputInvalid     Code = "input.invalid"      // a term or time outside what can be computed
)

// Reason is one rule that an answer followed, with the time that it concerns.
type Reason struct {
	Code      Code        `json:"code"`
	From      schema.Time `json:"from,omitzero"`      //
	To        schema.Time `json:"to,omitzero"`        // for days the midnight after the last one
	VI        string      `json:"text_vi"`            //
	EN        string      `json:"text_en"`            //
	Source    string      `json:"source,omitzero"`    // law, decree or announcement
	Undecided bool        `json:"undecided,omitzero"` // rests on a day about which nothing was found decided
}

const (
	civilCode = "Bộ luật Dân sự 2015, Điều 147 và Điều 148"
	oneStop   = "Nghị định 118/2025/NĐ-CP"
	procedure = "quy định của thủ tục: tiếp nhận sau 15 giờ thì trả kết quả trong ngày làm việc tiếp theo"
)

// texts is what the codes mean; those of days carry the name of the day instead.
var texts = map[Code]Reason{
	TermWorkingDays:  {VI: "Thời hạn tính bằng ngày làm việc; ngày tiếp nhận không tính", EN: "Term in working days; the day of reception does not count", Source: civilCode},
	TermCalendarDays: {VI: "Thời hạn tính bằng ngày; ngày tiếp nhận không tính", EN: "Term in calendar days; the day of reception does not count", Source: civilCode},
	TermHours:        {VI: "Thời hạn tính bằng giờ làm việc, từ thời điểm tiếp nhận", EN: "Term in working hours, from the moment of reception", Source: civilCode},
	TermSameDay:      {VI: "Giải quyết ngay trong ngày làm việc", EN: "Decided on the same working day"},
	TermNone:         {VI: "Thủ tục không quy định thời hạn", EN: "The procedure has no deadline"},
	ClockNotStarted:  {VI: "Hồ sơ chưa được tiếp nhận hợp lệ nên chưa tính thời hạn", EN: "Not validly received yet, so no term runs", Source: oneStop},
	ClockSubmitted:   {VI: "Thời gian từ khi nộp đến khi tiếp nhận hợp lệ không tính vào thời hạn", EN: "The time from submission to valid reception does not count", Source: oneStop},
	ClockReceived:    {VI: "Thời hạn tính từ khi tiếp nhận hợp lệ", EN: "The term runs from valid reception", Source: oneStop},
	ClockNextMoment:  {VI: "Tiếp nhận ngoài giờ làm việc; tính từ giờ làm việc kế tiếp", EN: "Received outside office hours; runs from the next opening", Source: oneStop},
	SameDayBefore:    {VI: "Tiếp nhận trước giờ chốt (15 giờ, hoặc theo quy định của tỉnh); trả kết quả trong ngày", EN: "Received before the cut-off; due the same day", Source: procedure},
	SameDayAfter:     {VI: "Tiếp nhận từ giờ chốt (15 giờ, hoặc theo quy định của tỉnh); trả kết quả trong ngày làm việc tiếp theo", EN: "Received at or after the cut-off; due the next working day", Source: procedure},
	DueRolled:        {VI: "Ngày cuối là ngày nghỉ; kết thúc vào ngày làm việc tiếp theo", EN: "The last day is free; ends with the next working day", Source: civilCode},
	PauseCounted:     {VI: "Tạm dừng để bổ sung hồ sơ; thời gian này không tính", EN: "Paused for a supplement; this time does not count", Source: oneStop},
	PauseOpen:        {VI: "Đang chờ bổ sung hồ sơ; thời hạn tạm dừng", EN: "Waiting for a supplement; the clock stands still", Source: oneStop},
	PauseSecond:      {VI: "Yêu cầu bổ sung từ lần thứ hai không dừng thời hạn; hồ sơ bị tính là trễ", EN: "A further request does not stop the clock; the dossier counts as late", Source: oneStop},
	PauseAfterDue:    {VI: "Yêu cầu bổ sung sau khi đã quá hạn; không kéo dài thời hạn", EN: "Requested after the deadline; lengthens nothing"},
	PauseInvalid:     {VI: "Thời gian tạm dừng không hợp lệ; bỏ qua", EN: "The pause has no beginning or ends before it; left out"},
	ExtensionGranted: {VI: "Gia hạn theo phiếu xin lỗi và hẹn lại ngày trả kết quả", EN: "Extended by a letter of apology with a new appointment", Source: oneStop},
	ExtensionTooLate: {VI: "Gia hạn sau khi đã quá hạn; không tính", EN: "Extended after the deadline; not counted"},
	ExtensionShorter: {VI: "Gia hạn không kéo dài thời hạn; bỏ qua", EN: "The extension names no later time; left out"},
	CalendarBeyond:   {VI: "Ngoài khoảng thời gian của lịch; chỉ tính ngày nghỉ hằng tuần", EN: "Beyond the table; weekends only", Undecided: true},
	InputInvalid:     {VI: "Thời hạn hoặc thời điểm nằm ngoài khoảng tính được", EN: "The term or a time is outside what can be computed"},
}

// because adds a reason to a result.
func (r *Result) because(code Code, from, to schema.Time) {
	why := texts[code]
	why.Code, why.From, why.To = code, from, to
	r.Reasons = append(r.Reasons, why)
	r.Provisional = r.Provisional || why.Undecided
}

// becauseOfDays adds the days between two indexes that differ from their weekday.
func (r *Result) becauseOfDays(c *calendar, from, to int) {
	lo, hi := 0, len(c.spans)
	for lo < hi { // the first span that ends at from or later
		if mid := (lo + hi) / 2; c.spans[mid].to < from {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for ; lo < len(c.spans) && c.spans[lo].from <= to; lo++ {
		s := c.spans[lo]
		if r.named(dayCode(s.entry.kind), at(c.first+s.from, 0).time()) {
			continue
		}
		r.Reasons = append(r.Reasons, Reason{
			Code: dayCode(s.entry.kind), From: at(c.first+s.from, 0).time(), To: at(c.first+s.to+1, 0).time(),
			VI: s.entry.vi, EN: s.entry.en, Source: s.entry.source, Undecided: !s.entry.announced,
		})
		r.Provisional = r.Provisional || !s.entry.announced
	}
	if c.first+from < c.covers.from || c.first+to > c.covers.to {
		r.because(CalendarBeyond, at(c.first+from, 0).time(), at(c.first+to+1, 0).time())
	}
}

// named reports whether a run of days is among the reasons already.
func (r *Result) named(code Code, from schema.Time) bool {
	for i := range r.Reasons {
		if r.Reasons[i].Code == code && r.Reasons[i].From == from {
			return true
		}
	}
	return false
}

func dayCode(k Kind) Code {
	switch k {
	case Holiday:
		return DayHoliday
	case InLieu:
		return DayInLieu
	case SwappedOff:
		return DaySwappedOff
	case Worked:
		return DayWorked
	case Closure:
		return DayClosure
	}
	return DayOrdinary
}
