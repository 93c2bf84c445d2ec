package ministry

import (
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// statuses is how HTTP codes are read; the codes are those that the gen-2
// portal contract documents. A 401 proves that nothing was taken. 502 is the
// bus: it could not reach the portal, or did not hear its answer, and only the
// first of both took nothing.
func statuses() portal.StatusTable {
	return append(portal.StatusTable{
		{From: 200, To: 299, Body: true, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{From: 400, To: 400, Body: true, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway},
		{From: 401, To: 401, Kind: gateway.SessionExpired, Shelf: gateway.ShelfDestination},
		{From: 403, To: 404, Body: true, Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway},
	}, portal.Statuses()...)
}

// The phrases of the portal that are relied on. Everything else in its sentences is free.
const (
	saysSuccess = "thành công"
	saysExists  = "đã tồn tại"
	saysAbsent  = "không tồn tại"
	saysDossier = "hồ sơ"
)

// answerRules is what an answer of the portal means, first match first. The
// code is that of the body, or the HTTP status where the body has none.
//
// A 403 or 404 in the portal's own words is permanent: this account may not do
// that. One without them comes from a front whose path or permission is ours to
// repair, and then everything goes on by itself.
func answerRules() portal.Rules {
	var (
		writes      = []gateway.Operation{gateway.OpCreate, gateway.OpSteps, gateway.OpStatus}
		create      = []gateway.Operation{gateway.OpCreate}
		later       = []gateway.Operation{gateway.OpSteps, gateway.OpStatus}
		good        = []string{"0", "200", ""}
		noSuccess   = []string{"không thành công", "chưa thành công"}
		otherThings = []string{"thủ tục", "tthc", "lĩnh vực", "giấy tờ", "kết quả", "thành phần", "tệp", "đơn vị"}
	)
	return portal.Rules{
		{Name: "exists", Operations: create, All: []string{saysExists}, None: otherThings, Kind: gateway.Exists},
		{Name: "absent", Operations: later, NotCodes: good, All: []string{saysDossier, saysAbsent}, None: otherThings, Kind: gateway.Absent},
		{Name: "absent", Operations: later, NotCodes: good, All: []string{saysDossier, "không tìm thấy"}, None: otherThings, Kind: gateway.Absent},

		{Name: "contradiction", Operations: writes, Codes: good, All: noSuccess[:1], Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "contradiction", Operations: writes, Codes: good, All: noSuccess[1:], Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "delivered", Codes: good, Kind: gateway.Delivered},
		{Name: "contradiction", Operations: writes, All: []string{saysSuccess}, None: noSuccess, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},

		{Name: "throttled", All: []string{"quá nhiều yêu cầu"}, Kind: gateway.Throttled, Shelf: gateway.ShelfDestination},
		{Name: "maintenance", All: []string{"bảo trì"}, Kind: gateway.Unavailable, Shelf: gateway.ShelfDestination},
		{Name: "system", All: []string{"lỗi hệ thống"}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "system", All: []string{"quá thời gian"}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "system", Codes: []string{"500", "502", "504"}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},

		// Things that only we can have done wrong.
		{Name: "refused", All: []string{"định dạng json"}, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway, Reason: true},
		{Name: "refused", Codes: []string{"403", "404"}, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway, Reason: true},

		{Name: "unexplained", NoText: true, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "refused", Kind: gateway.RefusedData, Shelf: gateway.ShelfSource, Reason: true},
	}
}
