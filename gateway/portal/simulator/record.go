package simulator

import (
	"crypto/sha256"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// item is one record of a call as the portal reads it.
type item struct {
	key     string         // MaHoSo, "" when it cannot be read
	body    jsontext.Value // as sent, compact
	status  string         // TrangThaiHoSo or TrangThai
	moment  string         // ThoiDiemXuLy of a step, NgayXuLy of a status sent back
	unit    string         // MaHoSoDonVi of a status sent back; gen-2: idHoSo
	hash    [sha256.Size]byte
	files   []attached // gen-2: named by a record
	problem *refusal

	event, sequence string // of an event for the sink, whose subject is the key
	gone            bool   // such an event, and it says that the subject is gone
}

// refusal is a business error: the portal understood and says no.
type refusal struct{ code, message string }

func refuse(message string) *refusal { return &refusal{code: codeFailed, message: message} }

// RequiredDossierFields lists the members that the gen-1 contract marks as
// mandatory in a record of DongBoHoSoMC, those of the 2025 generation included.
func RequiredDossierFields() []string {
	return []string{
		"MaHoSo", "MaTTHC", "TenTTHC", "MaLinhVuc", "TenLinhVuc", "KenhThucHien", "LoaiDoiTuong", "SoDienThoai",
		"TrichYeuHoSo", "NgayTiepNhan", "TrangThaiHoSo", "HinhThuc", "DonViXuLy", "NoiNopHoSo", "HoSoCoThanhPhanSoHoa",
		"TaiKhoanDuocXacThucVoiVNeID", "DuocThanhToanTrucTuyen", "NgayNopHoSo",
	}
}

// limit is the longest text of a member, in characters.
type limit struct {
	field string
	max   int
}

// nestedLimit is a limit inside the objects of a list.
type nestedLimit struct {
	list string
	limit
}

// shape is what the portal demands of one kind of record.
type shape struct {
	key      string // the member that holds the number
	status   string
	extra    string // a status beside 1 to 10
	moment   string
	required []string
	moments  []string // yyyyMMddHHmmss, or "" or null where not required
	limits   []limit
	lists    []string
	nested   []nestedLimit
}

// dossierShape is that of DongBoHoSoMC; MaHoSo is mandatory whatever else is.
func dossierShape(required []string, anyLength bool) shape {
	if !slices.Contains(required, "MaHoSo") {
		required = append([]string{"MaHoSo"}, required...)
	}
	s := shape{
		key:      "MaHoSo",
		status:   "TrangThaiHoSo",
		required: required,
		moments:  []string{"NgayTiepNhan", "NgayHenTra", "NgayTra", "NgayKetThucXuLy", "NgayTuChoi", "NgayNopHoSo"},
		limits:   []limit{{"TrichYeuHoSo", 1000}},
		lists: []string{
			"TaiLieuNop", "DanhSachLePhi", "DanhSachTepDinhKemKhac", "DanhSachHoSoBoSung", "DanhSachGiayToKetQua",
			"DinhDanhCHS", "DSKetNoiCSDL",
		},
		nested: []nestedLimit{
			{"TaiLieuNop", limit{"TenTepDinhKem", 4000}},
			{"DanhSachGiayToKetQua", limit{"TenGiayTo", 2000}},
			{"DanhSachTepDinhKemKhac", limit{"TenGiayTo", 2000}},
		},
	}
	if anyLength {
		s.limits, s.nested = nil, nil
	}
	return s
}

// stepShape is that of CapNhatTienDoHoSoMC.
func stepShape(anyLength bool) shape {
	s := shape{
		key:      "MaHoSo",
		status:   "TrangThai",
		moment:   "ThoiDiemXuLy",
		required: []string{"MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai"},
		moments:  []string{"ThoiDiemXuLy", "NgayBatDau", "NgayKetThucTheoQuyDinh"},
		limits:   []limit{{"NguoiXuLy", 50}},
	}
	if anyLength {
		s.limits = nil
	}
	return s
}

// statusShape is that of DongBoTrangThaiHoSo. Status 11 is that of a promotion notice which was refused.
func statusShape() shape {
	return shape{
		key:      "MaHoSo",
		status:   "TrangThai",
		extra:    "11",
		moment:   "NgayXuLy",
		required: []string{"MaHoSo", "MaHoSoDonVi", "TrangThai", "NgayXuLy"},
		moments:  []string{"NgayXuLy"},
		lists:    []string{"TaiLieuXuLy"},
	}
}

// bareShape demands a number and nothing else: portal-born dossiers come in more forms than are known.
func bareShape(key string) shape { return shape{key: key, required: []string{key}} }

// read checks one record; what is wrong first is its problem.
func (s *shape) read(raw jsontext.Value) item {
	it := item{body: raw}
	if err := it.body.Compact(jsontext.PreserveRawStrings(true)); err != nil {
		it.problem = refuse(textMalformed)
		return it
	}
	var fields map[string]jsontext.Value
	if raw.Kind() != '{' || json.Unmarshal(it.body, &fields) != nil {
		it.problem = refuse(textMalformed)
		return it
	}
	it.key, _ = text(fields[s.key])
	it.status, _ = text(fields[s.status])
	it.moment, _ = text(fields[s.moment])
	it.unit, _ = text(fields["MaHoSoDonVi"])
	if it.problem = s.check(fields); it.problem == nil {
		it.hash = contentHash(it.body)
	}
	return it
}

func (s *shape) check(fields map[string]jsontext.Value) *refusal {
	for _, name := range s.required {
		value, ok := text(fields[name])
		if ok && value == "" {
			return refuse(textMissing(name))
		}
		if !ok {
			return refuse(textFormat(name))
		}
	}
	for _, name := range s.moments {
		if value, ok := text(fields[name]); !ok || (value != "" && !isMoment(value)) {
			return refuse(textFormat(name))
		}
	}
	if value, ok := text(fields[s.status]); !ok || (value != "" && value != s.extra && !isStatus(value)) {
		return refuse(textFormat(s.status))
	}
	for _, l := range s.limits {
		if value, ok := text(fields[l.field]); !ok || utf8.RuneCountInString(value) > l.max {
			return refuse(textTooLong(l.field))
		}
	}
	return s.checkLists(fields)
}

func (s *shape) checkLists(fields map[string]jsontext.Value) *refusal {
	for _, name := range s.lists {
		if kind := fields[name].Kind(); len(fields[name]) > 0 && kind != '[' && kind != 'n' {
			return refuse(textFormat(name))
		}
	}
	for _, n := range s.nested {
		var rows []map[string]jsontext.Value
		if len(fields[n.list]) == 0 {
			continue
		}
		if json.Unmarshal(fields[n.list], &rows) != nil {
			return refuse(textFormat(n.list))
		}
		for _, row := range rows {
			if value, ok := text(row[n.field]); !ok || utf8.RuneCountInString(value) > n.max {
				return refuse(textTooLong(n.field))
			}
		}
	}
	return nil
}

// text reads a JSON string. A missing member and null read as "", anything else is not ok.
func text(v jsontext.Value) (value string, ok bool) {
	if len(v) == 0 || v.Kind() == 'n' {
		return "", true
	}
	if v.Kind() != '"' || json.Unmarshal(v, &value) != nil {
		return "", false
	}
	return value, true
}

// contentHash is equal for records that are equal as JSON, whatever the order of their members.
func contentHash(body jsontext.Value) [sha256.Size]byte {
	canonical := body.Clone()
	if canonical.Canonicalize() != nil {
		canonical = body
	}
	return sha256.Sum256(canonical)
}

func isMoment(value string) bool {
	_, err := time.Parse("20060102150405", value)
	return err == nil && len(value) == len("20060102150405")
}

func isStatus(value string) bool {
	switch value {
	case "1", "2", "3", "4", "5", "6", "7", "8", "9", "10":
		return true
	}
	return false
}
