package simulator

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// membersOf returns the members of an object, nil when it is none.
func membersOf(body []byte) map[string]jsontext.Value {
	var fields map[string]jsontext.Value
	if jsontext.Value(body).Kind() != '{' || json.Unmarshal(body, &fields) != nil {
		return nil
	}
	return fields
}

func elements(body []byte) []jsontext.Value {
	var all []jsontext.Value
	if jsontext.Value(body).Kind() != '[' || json.Unmarshal(body, &all) != nil {
		return nil
	}
	return all
}

// readMinistry checks one record of gen-2; what is wrong first is its problem.
func readMinistry(op Op, raw jsontext.Value) item {
	it := item{body: raw}
	fields := membersOf(raw)
	if fields == nil || it.body.Compact(jsontext.PreserveRawStrings(true)) != nil {
		it.problem = refuse(textMalformed)
		return it
	}
	it.key, _ = text(fields["MaHoSo"])
	it.status = numeral(fields["TrangThai"])
	it.moment, _ = text(fields["ThoiDiemXuLy"])
	switch op {
	case OpDossier:
		it.problem = checkHandedIn(fields, &it)
	case OpProgress:
		it.unit, _ = text(fields["IDHoSo"])
		it.problem = firstOf(
			present(fields, "IDHoSo", "MaHoSo", "NguoiXuLy", "NoiDungXuLy", "ThoiDiemXuLy"), knownStatus(it.status),
			times(fields, "2006-01-02T15:04:05.000", "ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"))
	case OpState:
		it.unit, _ = text(fields["IdHoSo"])
		it.problem = firstOf(present(fields, "IdHoSo", "MaHoSo"), knownStatus(it.status), listsGoWith(fields, it.status))
	}
	it.hash = contentHash(it.body)
	return it
}

func firstOf(problems ...*refusal) *refusal {
	for _, p := range problems {
		if p != nil {
			return p
		}
	}
	return nil
}

// present demands texts that are not empty.
func present(fields map[string]jsontext.Value, names ...string) *refusal {
	for _, name := range names {
		switch value, ok := text(fields[name]); {
		case !ok:
			return refuse(textFormat(name))
		case value == "":
			return refuse(textMissing(name))
		}
	}
	return nil
}

func times(fields map[string]jsontext.Value, form string, names ...string) *refusal {
	for _, name := range names {
		value, ok := text(fields[name])
		if _, err := time.Parse(form, value); !ok || value != "" && (err != nil || len(value) != len(form)) {
			return refuse(textFormat(name))
		}
	}
	return nil
}

// numeral returns a JSON number as text; gen-2 writes its codes as numbers.
func numeral(v jsontext.Value) string {
	if v.Kind() != '0' {
		return ""
	}
	return string(v)
}

func knownStatus(status string) *refusal {
	if !isStatus(status) {
		return refuse(textFormat("TrangThai"))
	}
	return nil
}

func listsGoWith(fields map[string]jsontext.Value, status string) *refusal {
	for _, name := range []string{"DanhSachLePhi", "DanhSachGiayToKetQua"} {
		v, ok := fields[name]
		switch {
		case !ok:
		case v.Kind() != '[':
			return refuse(textFormat(name))
		case status != "5" && status != "6" && status != "9":
			return refuse("Trường " + name + " chỉ đi cùng trạng thái 5, 6, 9")
		}
	}
	return nil
}

// attached is a file that a record names.
type attached struct{ id, hash string }

// checkHandedIn checks the record of CreateDossier and collects the files that it names.
func checkHandedIn(fields map[string]jsontext.Value, it *item) *refusal {
	if p := firstOf(
		present(fields, "MaHoSo", "MaTTHC", "MaDichVuCong", "ChuHoSo", "MaDonViTiepNhan", "NgayNop", "NgayTiepNhan"),
		times(fields, "2006-01-02 15:04:05", "NgayNop", "NgayTiepNhan"),
		kindOf(fields), kindOf(membersOf(fields["ThongTinNguoiNop"])),
		present(membersOf(membersOf(fields["ThongTinNguoiNop"])["ThongTinChiTiet"]), "TenNguoiNop"),
	); p != nil {
		return p
	}
	for _, c := range elements(fields["ThanhPhanHoSo"]) {
		part := membersOf(c)
		if b := numeral(part["LoaiBan"]); b != "0" && b != "1" && b != "2" {
			return refuse(textFormat("LoaiBan"))
		}
		for _, f := range elements(part["GiayToDinhKem"]) {
			own := membersOf(f)
			if p := present(own, "IdGiayTo", "HashTepTin"); p != nil {
				return p
			}
			id, _ := text(own["IdGiayTo"])
			hash, _ := text(own["HashTepTin"])
			it.files = append(it.files, attached{id, hash})
		}
	}
	return nil
}

func kindOf(fields map[string]jsontext.Value) *refusal {
	switch numeral(fields["LoaiDoiTuong"]) {
	case "0", "1", "2":
		return nil
	}
	return refuse(textFormat("LoaiDoiTuong"))
}
