package simulator

import (
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

func (s *Simulator) catalogue(c *call) outcome {
	rows := []object{}
	switch c.service {
	case "LayThuTuc":
		at := slices.IndexFunc(s.options.Procedures, func(p Procedure) bool { return p.Code == c.procedure })
		if at < 0 {
			return refuse(textNoProcedure).outcome()
		}
		rows = append(rows, s.options.Procedures[at].full())
	case "LayDanhSachTTHC":
		for _, p := range s.options.Procedures {
			rows = append(rows, object{"MATTHC": p.Code, "TENTTHC": p.Name})
		}
	case "LayDanhMucLinhVuc":
		seen := map[string]bool{}
		for _, p := range s.options.Procedures {
			if !seen[p.SectorCode] {
				rows = append(rows, object{"MALINHVUC": p.SectorCode, "TENLINHVUC": p.SectorName, "MANGANH": p.Branch})
			}
			seen[p.SectorCode] = true
		}
	}
	result, err := json.Marshal(rows, json.Deterministic(true))
	if err != nil {
		return refuse(textMalformed).outcome() // only a row that is not UTF-8 can bring us here
	}
	return outcome{code: codeOK, message: textFound, result: result}
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
