package business

import (
	"github.com/lienthong/lienthong/adapters/strict"
)

// marks are the keys of a message that tell its form.
type marks uint32

const (
	hasEnterprises   marks = 1 << iota // GetEntCert
	hasHouseholds                      // HHCert
	hasData                            // Data
	hasFound                           // d
	hasMain                            // MainInformation
	hasCode                            // MaSoDoanhNghiep
	hasHouseholdCode                   // MaSoHKD
	hasName                            // TenTiengViet
	isFlat                             // a key that stands at the top of a flat row
	isNested                           // a list that no flat row has
	hasSearchCode                      // Enterprise_Gdt_Code, Enterprise_Code
	hasSearchName                      // Name
)

func marksOf(p strict.Part) marks {
	var m marks
	for key := range strict.Keys(p) {
		m |= markOf(key)
	}
	return m
}

func markOf(key []byte) marks {
	switch string(key) {
	case "GetEntCert":
		return hasEnterprises
	case "HHCert":
		return hasHouseholds
	case "Data":
		return hasData
	case "d":
		return hasFound
	case "MainInformation":
		return hasMain
	case "MaSoDoanhNghiep":
		return hasCode
	case "MaSoHKD":
		return hasHouseholdCode
	case "TenTiengViet":
		return hasName
	case "MaTinhTrangPhapLy", "NgayBatDauTamNgung", "HoVaTen", "SoGiayChungThuc", "MaPhuongXa", "TenPhuongXa", "MaTinhThanh",
		"TenTinhThanh", "DiaChi", "SoNha", "DiaChiDayDu", "MaNganh", "VonDieuLe", "DienThoai", "Email":
		return isFlat
	case "DaiDienPhapLuat", "DiaChiTruSo", "NganhNgheKinhDoanh", "ChuHoKinhDoanh":
		return isNested
	case "Enterprise_Gdt_Code", "Enterprise_Code":
		return hasSearchCode
	case "Name":
		return hasSearchName
	}
	return 0
}

// take reads a message of any form; false when it is of none. What has a name
// and a code is an organisation, whatever keys it has besides.
func (run *run) take(m message) bool {
	has := marksOf(m.part)
	switch all := func(want marks) bool { return has&want == want }; {
	case run.takeCertificate(m, has):
	case all(hasMain):
		run.national(m)
	case all(hasSearchCode | hasSearchName):
		run.found(m)
	case all(hasEnterprises):
		run.each(m, "GetEntCert", run.item(run.enterprise))
	case all(hasHouseholds):
		run.each(m, "HHCert", run.item(run.household))
	case all(hasData):
		run.each(m, "Data", run.national, "Status", "DataCount", "Message")
	case all(hasFound):
		run.each(m, "d", run.found)
	default:
		return false
	}
	return true
}

// takeCertificate reads a bare item of the provincial wrapper, or a flat row.
func (run *run) takeCertificate(m message, has marks) bool {
	switch {
	case has&hasName == 0 || has&(hasCode|hasHouseholdCode) == 0:
		return false
	case has&isFlat != 0 && has&isNested == 0:
		run.row(m)
	case has&hasCode != 0:
		run.enterprise(m)
	default:
		run.household(m)
	}
	return true
}

// item reads an item of an answer as it would be read alone, which is how it is
// read again from what is kept of it; what lacks the keys for that is of the
// answer's own form.
func (run *run) item(form func(message)) func(message) {
	return func(m message) {
		if !run.takeCertificate(m, marksOf(m.part)) {
			form(m)
		}
	}
}

// each takes the items at key of an answer, each as a record of its own bytes;
// null, "" and [] are the register's words for an unknown code. The keys
// passed besides are of the envelope and say nothing of the organisation.
func (run *run) each(m message, key string, take func(message), envelope ...string) {
	fields, unknown, err := strict.Fields(m.part, append(envelope, key)...)
	if err != nil {
		run.Reject(err)
		return
	}
	for _, other := range envelope {
		if fields[other].Data == nil {
			continue
		}
		var nothing strict.Skip
		if _, err := run.dec.Decode(fields[other], &nothing); err != nil {
			run.Reject(err)
			return
		}
	}
	items, err := run.items(fields[key])
	if err != nil {
		run.Reject(err)
		return
	}
	for _, item := range items {
		take(message{part: item, raw: item.Data})
	}
	run.Unknown(unknown)
}

// items cuts a value into its items; null and "" are none, a bare object is one.
func (run *run) items(value strict.Part) ([]strict.Part, error) {
	if value.Kind() == '[' {
		return strict.Elements(value)
	}
	var one strict.List[strict.Skip]
	if _, err := run.dec.Decode(value, &one); err != nil || len(one) == 0 {
		return nil, err
	}
	return []strict.Part{value}, nil
}
