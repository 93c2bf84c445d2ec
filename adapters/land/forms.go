package land

import "github.com/lienthong/lienthong/adapters/strict"

// marks are the keys of a message that tell its form.
type marks uint32

const (
	hasNumber      marks = 1 << iota // SoBienNhan
	hasParcels                       // ThongTinThuaDat
	hasLevel                         // LaQuyTrinhCapTinh: on the way to the land system
	hasReceived                      // NgayTiepNhan
	hasMoved                         // NgayChuyen
	hasAsked                         // NgayChoBoSung
	hasGiven                         // NgayNhanBoSung
	hasTax                           // NgayCoKetQuaThue, DanhSachThongBaoThue
	hasEnd                           // NgayKetThuc, TrangThaiKetThuc
	hasReturn                        // NgayTra
	hasSupplement                    // NgayHenTraMoi, DanhSachGiayToBoSung
	hasContent                       // NoiDung
	hasRemark                        // GhiChu
	hasData                          // Data
	hasService                       // Service, SecurityKey
	hasFile                          // FileThongBaoThue
	hasPayment                       // ThongTinThanhToan
	hasSheet                         // SOHIEUTOBANDO
	hasPlot                          // SOTHUTUTHUA
	hasJoined                        // DC_THUADAT
	hasLayerSheet                    // SoHieuToBanDo
	hasLayerNumber                   // SoThuTuThua
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
	case "SoBienNhan":
		return hasNumber
	case "ThongTinThuaDat":
		return hasParcels
	case "LaQuyTrinhCapTinh":
		return hasLevel
	case "NgayTiepNhan":
		return hasReceived
	case "NgayChuyen":
		return hasMoved
	case "NgayChoBoSung":
		return hasAsked
	case "NgayNhanBoSung":
		return hasGiven
	case "NgayCoKetQuaThue", "DanhSachThongBaoThue":
		return hasTax
	case "NgayKetThuc", "TrangThaiKetThuc":
		return hasEnd
	case "NgayTra":
		return hasReturn
	case "NgayHenTraMoi", "DanhSachGiayToBoSung":
		return hasSupplement
	case "NoiDung":
		return hasContent
	case "GhiChu":
		return hasRemark
	}
	return otherMark(key)
}

func otherMark(key []byte) marks {
	switch string(key) {
	case "Data":
		return hasData
	case "Service", "SecurityKey":
		return hasService
	case "FileThongBaoThue":
		return hasFile
	case "ThongTinThanhToan":
		return hasPayment
	case "SOHIEUTOBANDO":
		return hasSheet
	case "SOTHUTUTHUA":
		return hasPlot
	case "DC_THUADAT":
		return hasJoined
	case "SoHieuToBanDo":
		return hasLayerSheet
	case "SoThuTuThua":
		return hasLayerNumber
	}
	return 0
}

// take reads a message of any form; false when it is of none. The time that a
// message brings tells its operation before the keys that several share.
func (run *run) take(m message) bool {
	has := marksOf(m.part)
	switch all := func(want marks) bool { return has&want == want }; {
	case all(hasNumber):
		return run.ofDossier(m, has)
	case all(hasSheet | hasPlot):
		run.row(m)
	case all(hasJoined):
		run.joined(m)
	case all(hasLayerSheet | hasLayerNumber):
		run.layer(m)
	case all(hasData | hasService):
		return run.linked(m)
	default:
		return false
	}
	return true
}

// ofDossier reads what land and one-stop systems say of a dossier to each other.
func (run *run) ofDossier(m message, has marks) bool {
	switch one := func(want marks) bool { return has&want != 0 }; {
	case has&(hasParcels|hasReceived) == hasParcels|hasReceived:
		run.reception(m, has&hasLevel == 0)
	case one(hasEnd):
		run.closing(m)
	case one(hasMoved):
		run.transfer(m)
	case one(hasAsked):
		run.supplementAsked(m)
	case one(hasGiven):
		run.supplementGiven(m)
	case one(hasTax):
		run.taxResult(m)
	case one(hasReturn):
		run.returned(m)
	case one(hasSupplement):
		run.supplementHandedOn(m)
	case one(hasContent):
		run.wrongResult(m)
	case one(hasRemark):
		run.remark(m)
	default:
		return false
	}
	return true
}
