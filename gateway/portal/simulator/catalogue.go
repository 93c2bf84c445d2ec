package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
)

// Procedure is one row of the portal's catalogue of procedures (TTHC).
type Procedure struct {
	Code       string // national code, "1.001193"
	Name       string
	SectorCode string
	SectorName string
	Branch     string // MANGANH of the sector
	Level      string // 0 ministry, 1 province, 2 district, 3 commune
	LevelName  string
	Days       string // working days
	Fee        string // as the portal writes it: "15.000", or "không"
	ResultCode string
	ResultName string
}

// SampleProcedures returns two procedures of the civil registry, enough to try a client.
func SampleProcedures() []Procedure {
	return []Procedure{
		{
			Code: "1.001193", Name: "Thủ tục đăng ký khai sinh", SectorCode: "G15-HT01", SectorName: "Hộ tịch", Branch: "G15",
			Level: "3", LevelName: "Cấp xã", Days: "1", Fee: "không", ResultCode: "KQ.G15.000031", ResultName: "Giấy khai sinh",
		},
		{
			Code: "1.004873", Name: "Thủ tục cấp Giấy xác nhận tình trạng hôn nhân", SectorCode: "G15-HT01", SectorName: "Hộ tịch",
			Branch: "G15", Level: "3", LevelName: "Cấp xã", Days: "3", Fee: "15.000", ResultCode: "KQ.G15.000038",
			ResultName: "Giấy xác nhận tình trạng hôn nhân",
		},
	}
}

// object keeps a catalogue row readable in code; its members leave sorted by name.
type object map[string]any

// catalogue answers a read that is not about dossiers. Shapes that are not public
// (the lists of kinds, groups and decisions) are ours.
func catalogue(c *call) outcome {
	all := c.rules.Procedures
	rows := []object{}
	switch c.service {
	case "LayThuTuc":
		at := slices.IndexFunc(all, func(p Procedure) bool { return p.Code == c.argument })
		if at < 0 {
			return refuse(textNoProcedure).outcome()
		}
		rows = append(rows, all[at].full())
	case "LayDanhSachTTHC", "LayDanhSachTTHCDonVi", "LayDanhMucThuTucThuocLoai":
		for _, p := range all {
			rows = append(rows, object{"MATTHC": p.Code, "TENTTHC": p.Name})
		}
	case "LayDanhMucLinhVuc":
		rows = sectors(all)
	case "LayDanhMucCoQuan":
		rows = append(rows, object{"MADONVI": "000.00.00.H05", "TENDONVI": "UBND tỉnh Mẫu", "CAPDONVI": "1"},
			object{"MADONVI": "H05.31", "TENDONVI": "UBND phường Mẫu", "CAPDONVI": "3"})
	case "LayDanhMucLoaiThuTuc":
		rows = append(rows, object{"MALOAI": "1", "TENLOAI": "TTHC được luật giao quy định chi tiết"}, object{"MALOAI": "2", "TENLOAI": "TTHC không được luật giao"})
	case "LayDanhMucNhomThuTuc":
		rows = append(rows, object{"MANHOM": "1", "TENNHOM": "Thủ tục hành chính của công dân"}, object{"MANHOM": "2", "TENNHOM": "Thủ tục hành chính của doanh nghiệp"})
	case "LayQDCB":
		rows = append(rows, object{"ID": c.argument, "SOQUYETDINH": "", "TRANGTHAI": "1"})
	case "TraCuuTechID":
		rows = append(rows, object{"TECHNICALID": techID(c.argument)})
	case serviceFile:
		return outcome{code: codeOK, message: base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 " + c.argument))}
	}
	result, err := json.Marshal(rows, json.Deterministic(true))
	if err != nil {
		return refuse(textMalformed).outcome() // only a row that is not UTF-8 can bring us here
	}
	return outcome{code: codeOK, message: textFound, result: result}
}

func sectors(all []Procedure) []object {
	rows, seen := []object{}, map[string]bool{}
	for _, p := range all {
		if !seen[p.SectorCode] {
			rows = append(rows, object{"MALINHVUC": p.SectorCode, "TENLINHVUC": p.SectorName, "MANGANH": p.Branch})
		}
		seen[p.SectorCode] = true
	}
	return rows
}

// techID is the portal's own number of an account: the same for the same paper, and nothing can be read from it.
func techID(paper string) string {
	sum := sha256.Sum256([]byte(paper))
	return fmt.Sprintf("TECH-%X", sum[:4])
}

// full is the answer of LayThuTuc: upper-case keys, lists in lists.
func (p Procedure) full() object {
	none := []object{}
	return object{
		"ID": p.Code, "MATTHC": p.Code, "TENTTHC": p.Name, "TRANGTHAI": "1", "MACOQUANCONGBO": "", "LOAITTHC": "",
		"MOTADOITUONGTHUCHIEN": "", "DIACHITIEPNHAN": "", "QUYETDINH": "", "YEUCAU": "", "TUKHOA": "",
		"IDQUYETDINHCONGBO": "", "MOTACOQUANTHUCHIEN": "", "MOTACOQUANTHAMQUYEN": "", "MOTA": "",
		"LINHVUCTHUCHIEN": []object{{"MALINHVUC": p.SectorCode, "TENLINHVUC": p.SectorName}},
		"CAPTHUCHIEN":     []object{{"CAPTHUCHIEN": p.Level, "TENCAP": p.LevelName}},
		"CACHTHUCTHUCHIEN": []object{{"KENH": "2", "THOIGIAN": []object{{
			"THOIGIANGIAIQUYET": p.Days, "DONVITINH": "Ngày làm việc", "MOTA": "",
			"PHILEPHI": []object{{"MAPHILEPHI": "", "SOTIEN": p.Fee, "DONVI": "Đồng", "MOTA": "", "TENTEP": "", "URL": ""}},
		}}}},
		"THANHPHANHOSO": []object{{"TRUONGHOP": "Chung", "GIAYTO": []object{{
			"MAGIAYTO": "", "TENGIAYTO": "Tờ khai", "TENMAUDON": "", "SOBANCHINH": "1", "SOBANSAO": "0", "MA_KQ_THAYTHE": "", "URL": "",
		}}}},
		"KETQUATHUCHIEN":  []object{{"MAKETQUA": p.ResultCode, "TENKETQUA": p.ResultName, "TENTEP": "", "URL": ""}},
		"TRINHTUTHUCHIEN": none, "DOITUONGTHUCHIEN": none, "CANCUPHAPLY": none, "COQUANTHUCHIEN": none, "COQUANCOTHAMQUYEN": none,
		"COQUANDUOCUYQUYEN": none, "COQUANPHOIHOP": none, "TTHCLIENQUAN": none, "TTHCLIENTHONG": none,
	}
}
