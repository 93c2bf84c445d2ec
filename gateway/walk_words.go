package gateway

import "strings"

func causeCode(cause string) string {
	code, _, _ := strings.Cut(cause, ":")
	return code
}

func hasPart(code, part string) bool { return strings.Contains("."+code+".", "."+part+".") }

// Words say of one hop how it stands.
func (h HopResult) Words() Text {
	switch h.Status {
	case HopGood:
		if h.Took > 0 {
			return textf("%s: tốt (%d ms)", "%s: good (%d ms)", h.Hop.Words(), h.Took.Milliseconds())
		}
		return textf("%s: tốt", "%s: good", h.Hop.Words())
	case HopSkipped:
		return textf("%s: chưa kiểm tra được", "%s: not tried", h.Hop.Words())
	}
	t := textf("%s: LỖI, %s", "%s: FAULT, %s", h.Hop.Words(), h.what())
	if h.Cause != "" {
		t = textf("%s, mã %s", "%s, code %s", t, h.Cause)
	}
	if h.Took > 0 {
		t = textf("%s, sau %d ms", "%s, after %d ms", t, h.Took.Milliseconds())
	}
	return t
}

// what says it for a hop: a refused look-up is no fault of data.
func (h HopResult) what() Text {
	if h.Hop == HopRead && hasPart(h.Cause, "refused") && !hasPart(h.Cause, "connection") {
		return Text{"từ chối lệnh tra cứu", "it refuses the look-up"}
	}
	return Explain(h.Cause).What
}

// Verdict says whose fault it is.
func (w Walk) Verdict() Text {
	h, bad := w.Fault()
	switch {
	case w.Outage != nil && w.Outage.By != "":
		return textf("%s do %s tạm dừng: %s", "%s was paused by %s: %s", w.Destination, w.Outage.By, w.Outage.Reason)
	case !bad:
		return textf("%s: mọi chặng đã kiểm tra đều tốt", "%s: every hop that was tried is good", w.Destination)
	case h.Party == PartyNone:
		return textf("%s: lỗi ở chặng %s, chưa rõ thuộc ai", "%s: fault at %s, not known whose", w.Destination, h.Hop.Words())
	}
	return textf("%s: lỗi ở chặng %s, thuộc %s", "%s: fault at %s, belongs to %s", w.Destination, h.Hop.Words(), h.Party.Words())
}

// Letter is what may be sent to the provider: times and codes, no data and no secrets.
func (w Walk) Letter() Text {
	at := w.At.UTC().Add(hanoi).Format("15:04:05 02/01/2006")
	parts := []Text{textf("Lúc %s (giờ Việt Nam), hệ thống Liên Thông của tỉnh kiểm tra đường tới %s (%s)",
		"At %s (Việt Nam), the province's Liên Thông walked the way to %s (%s)", at, w.Destination, w.Host)}
	var hops []Text
	for _, h := range w.Hops {
		hops = append(hops, h.Words())
	}
	parts = append(parts, listed("; ", hops...))
	if w.Outage != nil {
		parts = append(parts, outageSince(*w.Outage, w))
	}
	parts = append(parts, w.calls())
	if h, bad := w.Fault(); bad && h.Party != PartyGateway && h.Party != PartyNetwork && (w.Outage == nil || w.Outage.By == "") {
		parts = append(parts, Text{"Đề nghị quý đơn vị kiểm tra và báo lại thời điểm khắc phục", "Please look into it and tell us when it is repaired"})
	}
	t := listed(". ", parts...)
	return Text{t.VI + ".", t.EN + "."}
}

func outageSince(o Outage, w Walk) Text {
	since := o.From.UTC().Add(hanoi).Format("15:04:05 02/01/2006")
	if o.By != "" {
		return textf("Tỉnh tự tạm dừng gửi từ %s", "The province itself has paused since %s", since)
	}
	return textf("Từ %s (%s) phải ngừng gửi: %s", "Nothing could be sent since %s (%s): %s", since, span(w.At.Sub(o.From)), Explain(o.Cause).What)
}

func (w Walk) calls() Text {
	c := w.Calls
	if c.Good+c.Bad == 0 {
		return Text{"Trong 60 phút qua không có lệnh gọi nào", "There was no call within the last 60 minutes"}
	}
	t := textf("Trong 60 phút qua: %d lệnh gọi được trả lời, %d lệnh lỗi", "Within the last 60 minutes: %d calls were answered, %d were not", c.Good, c.Bad)
	if c.LastGood != nil {
		t = textf("%s; lần tốt cuối %s", "%s; the last good one %s", t, c.LastGood.UTC().Add(hanoi).Format("15:04:05"))
	}
	if c.LastBad != nil {
		t = textf("%s; lần lỗi cuối %s, mã %s", "%s; the last bad one %s, code %s", t, c.LastBad.UTC().Add(hanoi).Format("15:04:05"), causeCode(c.BadCause))
	}
	return t
}
