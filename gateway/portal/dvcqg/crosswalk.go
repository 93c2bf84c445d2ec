package dvcqg

import "github.com/lienthong/lienthong/schema"

// Codes of the gen-1 portal contract for what the canonical model says in
// words. What is missing here is not shown: the dossier is held back.

// channels is KenhThucHien. The portal counts a missing channel as direct.
var channels = map[schema.Channel]string{
	"":            "1",
	schema.Direct: "1",
	schema.Online: "2",
	schema.Postal: "3",
}

// returnMethods is HinhThuc.
var returnMethods = map[schema.ReturnMethod]string{
	schema.AtCounter: "0",
	schema.ByPost:    "1",
}

// subjects is LoaiDoiTuong. A household business has no code of its own:
// Config.Household decides.
var subjects = map[schema.SubjectKind]string{
	schema.Citizen:           "1",
	schema.Enterprise:        "2",
	schema.StateAgency:       "3",
	schema.OtherOrganisation: "4",
}

// payments is DuocThanhToanTrucTuyen.
var payments = map[schema.OnlinePayment]string{
	"":                    "0",
	schema.PaidAtPortal:   "1",
	schema.PaidAtProvince: "2",
	schema.NotPaidOnline:  "3",
}

// reuses is DuocTaiSuDung.
var reuses = map[schema.PaperReuse]string{
	"":                     "0",
	schema.ReusedComponent: "1",
	schema.ReusedResult:    "2",
}

// identityTypes is LoaiDinhDanh; other schemes have no place in DinhDanhCHS.
var identityTypes = map[schema.Scheme]string{
	schema.SchemePersonalNumber: "1",
	schema.SchemeCMND:           "2",
}

// Lengths of the contract, in characters.
const (
	maxOfficer  = 50   // NguoiXuLy
	maxSummary  = 1000 // TrichYeuHoSo
	maxFileName = 4000 // TenTepDinhKem
	maxPaper    = 2000 // TenGiayTo
)

// NoiNopHoSo.
const (
	bornAtPortal   = "1"
	bornAtProvince = "2"
)
