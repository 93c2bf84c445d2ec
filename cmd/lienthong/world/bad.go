package world

import (
	"fmt"
	"strings"
)

// misbehave adds a bad message to some dossiers. None of them may have any
// effect: they speak of dossiers that do not exist.
func (l *life) misbehave() {
	if l.r.IntN(100) >= 12 { // of some four messages each: about 3 % of all
		return
	}
	rec := l.rec
	rec.MaHoSo = fmt.Sprintf("H05.99-%s-%04d", l.received.Format("060102"), l.i%10000)
	good := string(encode([]record{rec}))
	var form, body string
	switch l.r.IntN(9) {
	case 0:
		rec.MaHoSo = ""
		form, body = "no number", string(encode([]record{rec}))
	case 1:
		rec.TrangThaiHoSo = "11"
		form, body = "unmapped status", string(encode([]record{rec}))
	case 2:
		rec.NgayTiepNhan = "20230229080000"
		form, body = "a day that never was", string(encode([]record{rec}))
	case 3:
		form, body = "cut off", good[:len(good)-40]
	case 4:
		form, body = "duplicate key", strings.Replace(good, `"MaTTHC":`, `"MaTTHC":"9.999999","MaTTHC":`, 1)
	case 5:
		form, body = "wrong case", strings.Replace(good, `"MaTTHC":`, `"maTTHC":`, 1)
	case 6:
		form, body = "unknown form", `{"xin":"chào"}`
	case 7:
		form, body = "not JSON", `<html><body>502 Bad Gateway</body></html>`
	default:
		s := l.newStep("0", "đang chuyển")
		s.MaHoSo = rec.MaHoSo
		form, body = "status of no portal", string(encode([]step{s}))
	}
	l.messages = append(l.messages, Message{Source: OneStop, Class: Bad, Form: form, Body: []byte(body), at: l.now})
}

// poison adds a good message about another dossier that a portal refuses which
// demands an appointment (NgayHenTra): whatever shares a call with it is refused
// too. Others show it as it was told, once and without a step.
func (l *life) poison() Truth {
	rec := l.rec
	rec.MaHoSo = fmt.Sprintf("%s%s-%04d", PoisonPrefix, l.received.Format("060102"), l.i%10000)
	rec.NgayHenTra = ""
	l.messages = append(l.messages, Message{Source: OneStop, Class: Good, Form: "P3", Body: encode([]record{rec}), at: l.now})
	order := []string{rec.TrangThaiHoSo}
	if rec.TrangThaiHoSo == "10" {
		order = []string{"9", "10"} // what is returned was finished
	}
	return Truth{
		Number: rec.MaHoSo, Order: order, Poison: true,
		Header: map[string]string{
			"MaHoSo": rec.MaHoSo, "MaTTHC": rec.MaTTHC, "ChuHoSo": rec.ChuHoSo, "NgayTiepNhan": rec.NgayTiepNhan,
			"NgayNopHoSo": rec.NgayNopHoSo, "TrangThaiHoSo": rec.TrangThaiHoSo,
		},
	}
}

// PoisonPrefix begins the numbers of dossiers without an appointment, and of no
// others: the communes of a world are counted from 10.
const PoisonPrefix = "H05.01-"
