package gateway

import (
	"slices"
	"strings"
	"time"
)

// mostNamed is how many causes and agencies the paragraph names.
const mostNamed = 3

// Paragraph says the morning in one paragraph, fit to paste into a chat. It says
// nothing that the data do not show.
func (m Morning) Paragraph() Text {
	head := textf("Liên Thông lúc %s", "Liên Thông at %s", m.At.UTC().Add(hanoi).Format("15:04 02/01/2006"))
	parts := slices.Clone(m.stands)
	for i := range m.Destinations {
		if t := m.Destinations[i].words(m.At); t != (Text{}) {
			parts = append(parts, t)
		}
	}
	if len(parts) == 0 {
		return textf("%s: từ %s không ghi nhận nơi nhận nào ngừng, không có hồ sơ nào chờ hoặc lỗi.",
			"%s: since %s no destination is on record as down, and nothing waits or failed.", head, clock(m.Since, m.At))
	}
	if todo := m.Todo(); len(todo) > 0 {
		parts = append(parts, listed(" ", Text{"Việc cần làm ngay:", "To do now:"}, listed("; ", todo...)))
	} else {
		parts = append(parts, Text{"Không cần ai làm gì", "Nobody has to do anything"})
	}
	t := listed(". ", parts...)
	return textf("%s: %s.", "%s: %s.", head, t)
}

// name is the code, or that all are meant.
func (d MorningDestination) name() Text {
	if d.Code == EveryDestination {
		return Text{"mọi nơi nhận", "every destination"}
	}
	return Text{d.Code, d.Code}
}

func (d MorningDestination) words(now time.Time) Text {
	var parts []Text
	for _, o := range d.Outages {
		parts = append(parts, outageWords(o, now))
	}
	if open := d.openWords(); open != (Text{}) {
		parts = append(parts, open)
	}
	parts = append(parts, d.dueWords(), d.drainWords(now))
	if d.Aside > 0 {
		parts = append(parts, textf("%d hồ sơ để nguyên như nơi nhận đang hiển thị, chỉ gửi khi nguồn có bản mới", "%d dossiers are left as they are shown until their source says something newer", d.Aside))
	}
	if said := listed("; ", parts...); said != (Text{}) {
		return textf("%s %s", "%s %s", d.name(), said)
	}
	return Text{}
}

// outageWords say since when, how long, why and whose.
func outageWords(o Outage, now time.Time) Text {
	e := Explain(o.Cause)
	times := textf("từ %s đến nay (%s)", "since %s (%s)", clock(o.From, now), span(now.Sub(o.From)))
	if o.To != nil {
		times = textf("%s–%s (%s)", "%s–%s (%s)", clock(o.From, now), clock(*o.To, now), span(o.To.Sub(o.From)))
	}
	if o.By != "" {
		return textf("do %s tạm dừng %s: %s", "paused by %s %s: %s", o.By, times, o.Reason)
	}
	t := textf("ngừng nhận %s: %s", "down %s: %s", times, e.What)
	if e.Party != PartyNone {
		t = textf("%s, thuộc %s", "%s, belongs to %s", t, e.Party.Words())
	}
	return t
}

func (d MorningDestination) openWords() Text {
	var parts []Text
	if d.Waiting > 0 {
		parts = append(parts, textf("%d hồ sơ đang chờ gửi", "%d dossiers wait", d.Waiting))
	}
	if d.Failed > 0 {
		parts = append(parts, textf("%d hồ sơ lỗi phải có người xử lý", "%d failed and wait for a person", d.Failed))
	}
	if len(parts) == 0 {
		return Text{}
	}
	open := listed(", ", parts...)
	var causes, agencies []Text
	for _, c := range d.Causes[:min(len(d.Causes), mostNamed)] {
		causes = append(causes, textf("%d vì %s", "%d: %s", c.Count, explained(c.Cause, c.Shelf)))
	}
	for _, a := range d.Agencies[:min(len(d.Agencies), mostNamed)] {
		if a.Agency != "" {
			agencies = append(agencies, textf("%s %d", "%s %d", a.Agency, a.Count))
		}
	}
	if len(causes) > 0 {
		open = textf("%s (%s)", "%s (%s)", open, listed("; ", causes...))
	}
	if len(agencies) > 0 {
		open = textf("%s, nhiều nhất ở %s", "%s, the most at %s", open, listed(", ", agencies...))
	}
	return open
}

func (d MorningDestination) dueWords() Text {
	var parts []Text
	if d.Overdue > 0 {
		parts = append(parts, textf("%d đã quá hạn trong 7 ngày qua", "%d missed theirs within the last 7 days", d.Overdue))
	}
	if d.DueToday > 0 {
		parts = append(parts, textf("%d đến hạn hôm nay", "%d today", d.DueToday))
	}
	if d.DueTomor > 0 {
		parts = append(parts, textf("%d đến hạn ngày mai", "%d tomorrow", d.DueTomor))
	}
	if len(parts) == 0 {
		return Text{}
	}
	return textf("trong số đó theo hạn trả kết quả: %s", "of them by legal deadline: %s", listed(", ", parts...))
}

func (d MorningDestination) drainWords(now time.Time) Text {
	switch {
	case d.DrainedAt != nil && d.DrainBasis == "measured":
		return textf("ước tính gửi hết lúc %s theo tốc độ 10 phút qua (%.1f hồ sơ/phút)", "estimated to be gone at %s, by the pace of the last 10 minutes (%.1f a minute)",
			clock(*d.DrainedAt, now), d.PerMinute)
	case d.DrainedAt != nil:
		return textf("ước tính sớm nhất gửi hết lúc %s theo tốc độ đã khai báo", "estimated to be gone at %s at the earliest, by the declared rate", clock(*d.DrainedAt, now))
	case d.Waiting > 0 && d.Down() && d.Declared > 0:
		length := time.Duration(float64(d.Waiting) / d.Declared * float64(time.Minute))
		return textf("ước tính cần ít nhất %s để gửi hết kể từ khi nhận lại, theo tốc độ đã khai báo", "estimated to take at least %s once it answers again, by the declared rate",
			span(max(length, time.Minute)))
	}
	return Text{}
}

// Todo lists what a person must do now; what settles itself is not in it.
func (m Morning) Todo() []Text {
	all := slices.Clone(m.standing)
	for _, d := range m.Destinations {
		for _, o := range d.Outages {
			switch {
			case o.To != nil:
			case hasPart(causeCode(o.Cause), "login.refused"):
				all = append(all, textf("kiểm tra tài khoản, mật khẩu của tỉnh tại %[1]s, thay tệp mật khẩu rồi khởi động lại lienthong work; ops doctor %[1]s cho biết đã được chưa", "check the province's account and password at %[1]s, replace the file and restart lienthong work; ops doctor %[1]s tells whether it is good", d.name()))
			case o.By != "":
				all = append(all, textf("hỏi %s xem còn cần dừng %s không, xong thì ops resume", "ask %s whether %s has to stay paused, then ops resume", o.By, d.name()))
			default:
				all = append(all, textf("chạy ops doctor %s và gửi kết quả cho %s", "run ops doctor %s and send what it says to %s", d.name(), whom(o)))
			}
		}
		counts := map[Party]int{}
		for _, c := range d.Causes {
			counts[partyOf(c.Shelf)] += c.Stuck
		}
		if n := counts[PartySource]; n > 0 {
			all = append(all, textf("nhờ đơn vị có hồ sơ sửa dữ liệu ở nguồn rồi gửi lại (%d hồ sơ, %s)", "have the agencies correct the data at its source and send it again (%d dossiers, %s)", n, d.name()))
		}
		if n := counts[PartyDestination]; n > 0 {
			all = append(all, textf("hỏi đơn vị vận hành %[2]s về %[1]d hồ sơ, xem ops failures --shelf destination", "ask who runs %[2]s about %[1]d dossiers, see ops failures --shelf destination", n, d.name()))
		}
		if n := counts[PartyGateway]; n > 0 {
			all = append(all, textf("báo đội kỹ thuật Liên Thông (%d hồ sơ, %s)", "tell the engineers of Liên Thông (%d dossiers, %s)", n, d.name()))
		}
	}
	return all
}

// whom says who gets the doctor's text.
func whom(o Outage) Text {
	if p := Explain(o.Cause).Party; p != PartyNone {
		return p.Words()
	}
	return PartyDestination.Words()
}

// Line is the paragraph of one language, on one line.
func (m Morning) Line(lang string) string {
	return strings.Join(strings.Fields(m.Paragraph().In(lang)), " ")
}
