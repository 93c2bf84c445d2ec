package onestop

import "github.com/lienthong/lienthong/adapters/strict"

// itemForm is what one item of a message is.
type itemForm int

const (
	unknownItem        itemForm = iota
	dossierItem                 // gen-1 dossier
	stepItem                    // gen-1 progress step
	reportItem                  // gen-1 state of a portal-born dossier (DongBoTrangThaiHoSo)
	promotionItem               // promotion notice, handed over by the portal
	amendmentItem               // its amendment
	socialItem                  // flat dossier of the social-affairs system
	createItem                  // gen-2 dossier
	ministryStepItem            // gen-2 progress step
	ministryStatusItem          // gen-2 state without a time
	documentItem                // MSyncDocument
	traceItem                   // MDocumentTraces
	lookupItem                  // iGate look-up row
)

// The services of the envelope that carry facts.
const (
	serviceDossiers = "DongBoHoSoMC"
	serviceSteps    = "CapNhatTienDoHoSoMC"
	serviceReport   = "DongBoTrangThaiHoSo"
)

// marks are the keys that tell forms apart, as far as an item has them.
type marks struct {
	dossier, at, status, report, promotion, amendment, social, create, ministryID, opinion bool
	document, docCode, trace, code, lookup                                                 bool
}

func marksOf(item strict.Part) (m marks) {
	for key := range strict.Keys(item) {
		switch string(key) {
		case "MaTTHC", "TrangThaiHoSo":
			m.dossier = true
		case "ThoiDiemXuLy":
			m.at = true
		case "TrangThai":
			m.status = true
		case "MaHoSoDonVi", "NgayXuLy":
			m.report = true
		case "TenThuongNhan", "TenChuongTrinhKhuyenMai":
			m.promotion = true
		case "MaHoSoQG":
			m.amendment = true
		case "AcceptKey", "CertificateExtentData", "LoaiDuLieu", "StatusId":
			m.social = true
		case "ThongTinNguoiNop", "ThanhPhanHoSo", "MaDonViTiepNhan", "NgayNop":
			m.create = true
		case "IDHoSo", "IdHoSo", "idHoSo":
			m.ministryID = true
		case "NoiDungYKien":
			m.opinion = true
		case "DocTypeCode", "DateReceived":
			m.document = true
		case "DocCode":
			m.docCode = true
		case "DateCreated", "UserName":
			m.trace = true
		case "code":
			m.code = true
		case "applicant", "statusCurrentTask":
			m.lookup = true
		}
	}
	return m
}

// formOf tells what an item is by its own keys, and by the service where they do not say.
func formOf(item strict.Part, service string) itemForm {
	m := marksOf(item)
	switch {
	case m.amendment:
		return amendmentItem
	case m.promotion:
		return promotionItem
	case m.social:
		return socialItem
	case m.create:
		return createItem
	case m.report:
		return reportItem
	case m.dossier:
		return dossierItem
	case m.at && m.status && m.ministryID:
		return ministryStepItem
	case m.at && m.status:
		return stepItem
	case m.status && (m.ministryID || m.opinion) && !m.at:
		return ministryStatusItem
	case m.docCode && m.document:
		return documentItem
	case m.docCode && m.trace:
		return traceItem
	case m.code && m.lookup:
		return lookupItem
	}
	return formOfService(service)
}

func formOfService(service string) itemForm {
	switch service {
	case serviceDossiers:
		return dossierItem
	case serviceSteps:
		return stepItem
	case serviceReport:
		return reportItem
	}
	return unknownItem
}
