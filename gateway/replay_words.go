package gateway

// ReplayNote says in words what of a plan would not be sent, or not now.
type ReplayNote struct {
	Why         string `json:"why"`
	Count       int    `json:"count,omitempty" doc:"Deliveries; absent: it is about a destination"`
	Destination string `json:"destination,omitempty"`
	VI          string `json:"vi"`
	EN          string `json:"en"`
}

// whyWords say what each reason means, for people.
var whyWords = map[string]Text{
	WhyUnknown:    {"chưa biết lần gửi trước ra sao; hệ thống tự tra cứu", "the outcome of a call is open; a look-up tells, by itself"},
	WhyHeld:       {"một kế hoạch khác đang giữ", "another plan holds it"},
	WhyWithdrawn:  {"đã rút, đã gộp hoặc không được gửi tới nơi này", "withdrawn, merged or withheld from the destination"},
	WhyDelivered:  {"đã gửi xong", "delivered since"},
	WhyDue:        {"sắp được gửi, không cần phát lại", "about to be sent without a replay"},
	WhyPerson:     {"phải hỏi nơi nhận trước: gửi lại có thể tạo hồ sơ thứ hai", "ask the destination first: sending again could make a second one"},
	WhyParked:     {"người vận hành đã để riêng", "put aside by an operator"},
	WhyRedacted:   {"đã xóa nội dung, không bao giờ gửi lại", "redacted, never sent again"},
	WhyCause:      {"nay lỗi vì lý do khác; lập kế hoạch cho lý do đó", "it fails for another reason now: plan that one"},
	WhyUnreadable: {"bằng chứng lưu giữ không còn nguyên vẹn; kiểm tra trước", "the evidence is not what was sent: look before anything is done"},
	WhyMissing:    {"không còn trong hệ thống", "there is no such delivery any more"},
	WhyForeign:    {"hệ thống khác ghi hồ sơ này; Liên Thông chỉ so sánh, không gửi", "another system writes it; we compare and send nothing"},
	WhyLook:       {"phải xem nơi nhận đang hiển thị gì trước (nhận bàn giao hoặc sau khi khôi phục); hệ thống tự làm rồi quyết định", "what is shown is looked at first, for an adoption or after a restore, and decides; by itself"},
	WhyLeft:       {"đã nhả trước khi kế hoạch bị hủy; kết quả xem ở hành trình hồ sơ", "released before the plan was cancelled; the dossier's journey tells what became of it"},
	WhyUnserved:   {"nơi nhận này không còn trong cấu hình", "the configuration has no such destination any more"},
	WhyUnread:     {"không đọc lại được bản tin đã lưu; xem log của tiến trình", "what is stored of it could not be read again: see the log of the process"},
	WhyAdopted:    {"đã nhận bàn giao: coi như đã gửi đúng những gì nơi nhận hiển thị", "adopted: what is shown was taken for sent"},
	HoldPaused:    {"nơi nhận đang tạm dừng; phần đã nhả chờ đến khi mở lại", "the destination is paused; what is released waits until it is resumed"},
	HoldBreaker:   {"cầu dao của nơi nhận đang ngắt; phần đã nhả chờ đến khi đóng lại (xem lienthong ops breakers)", "a breaker of the destination is open; what is released waits until it closes (see lienthong ops breakers)"},
	HoldObserving: {"cơ sở dữ liệu vừa khôi phục; chưa gửi gì cho đến khi xem lại xong", "the database was restored; nothing leaves until what was touched was looked at"},
}

// WhyWords says what a reason of an item means; a cause of a failure has none.
func WhyWords(why string) (Text, bool) {
	t, ok := whyWords[why]
	return t, ok
}

// Notes says what of a plan would not be sent as it stands now, and what has to wait.
func (d ReplayDetail) Notes() []ReplayNote {
	var notes []ReplayNote
	for _, h := range d.Holds {
		t := whyWords[h.Why]
		notes = append(notes, ReplayNote{Why: h.Why, Destination: h.Destination, VI: t.VI, EN: t.EN})
	}
	counted := make(map[string]int)
	var order []string
	for _, list := range [][]ReplayCount{d.NotDone, d.Since} {
		for _, c := range list {
			if _, seen := counted[c.Name]; !seen {
				order = append(order, c.Name)
			}
			counted[c.Name] += c.Count
		}
	}
	for _, why := range order {
		if t, ok := whyWords[why]; ok {
			notes = append(notes, ReplayNote{Why: why, Count: counted[why], VI: t.VI, EN: t.EN})
		}
	}
	return notes
}
