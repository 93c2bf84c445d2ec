package audit

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// ministryServices are the calls of gen-2, as breakers are named.
var ministryServices = map[string]string{
	"GetToken": "login", "GetNextValue": "number", "UploadFile": "upload", "CreateDossier": "create",
	"CapNhatTienTrinh": "steps", "CapNhatTrangThai": "status",
}

// referenceMember of EformThongTinChiTiet holds the province's own number.
const referenceMember = "SoHoSoNguon"

// ministryEffect reads an effect of gen-2 in the words of the generator: the
// portal's own number becomes the province's, dates and codes those of gen-1.
// A create shows no status; each state shows the dossier anew.
func (p *portal) ministryEffect(l *portalLine, body map[string]any) {
	p.effects++
	if l.Kind == "create" {
		form, _ := body["EformThongTinChiTiet"].(map[string]any)
		own := text(form[referenceMember])
		p.own[l.Key] = own
		d := p.dossier(own)
		d.creates++
		d.header = map[string]any{
			"MaHoSo": own, "MaTTHC": body["MaTTHC"], "ChuHoSo": body["ChuHoSo"],
			"NgayTiepNhan": compact(body["NgayTiepNhan"]), "NgayNopHoSo": compact(body["NgayNop"]),
		}
		return
	}
	status := numeral(body["TrangThai"])
	d := p.dossier(p.own[l.Key])
	if l.Kind == "step" {
		d.steps = append(d.steps, storedStep{key: compact(body["ThoiDiemXuLy"]) + "/" + status, status: status, call: l.Call})
		return
	}
	shows := map[string]any{"TrangThaiHoSo": status}
	for field, value := range d.header {
		shows[field] = value
	}
	d.headers, d.told = append(d.headers, shows), append(d.told, toldState{l.Call, status, string(l.Body)})
	if status == "5" {
		d.asked++
	}
}

func (p *portal) dossier(number string) *shown {
	d, ok := p.dossiers[number]
	if !ok {
		d = &shown{}
		p.dossiers[number] = d
	}
	return d
}

// compact writes the dates of gen-2 as gen-1 does.
func compact(v any) string {
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05.000"} {
		if at, err := time.Parse(form, text(v)); err == nil {
			return at.Format("20060102150405")
		}
	}
	return text(v)
}

func numeral(v any) string {
	n, ok := v.(float64)
	if !ok {
		return ""
	}
	return strconv.Itoa(int(n))
}

// belongs reports whether a line is about the place that is checked.
func (p *portal) belongs(l *portalLine) bool {
	switch l.Type {
	case "call":
		return p.kind == kindOfCall(l)
	case "effect":
		return p.kind != Sink && (l.Portal == Ministry) == (p.kind == Ministry)
	case "event":
		return p.kind == Sink
	}
	return true
}

func kindOfCall(l *portalLine) string {
	if _, gen2 := ministryServices[l.Service]; gen2 {
		return Ministry
	}
	if l.Op == "event" || l.Op == "event_lookup" {
		return Sink
	}
	return National
}

// comparable drops what gen-2 has no place for from what the generator expects.
func (p *portal) comparable(want map[string]string) map[string]string {
	if p.kind != Ministry {
		return want
	}
	kept := map[string]string{}
	for field, value := range want {
		if strings.Contains(" MaHoSo MaTTHC ChuHoSo NgayTiepNhan NgayNopHoSo TrangThaiHoSo ", " "+field+" ") {
			kept[field] = value
		}
	}
	return kept
}

func decode(body json.RawMessage) (fields map[string]any, err error) {
	err = json.Unmarshal(body, &fields)
	return fields, err
}
