package dvcqg

import (
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// The phrases of the portal that clients rely on. Everything else in its
// sentences is free.
const (
	saysSuccess = "thành công"
	saysExists  = "đã tồn tại"
	saysAbsent  = "không tồn tại"
	saysDossier = "hồ sơ"
	saysSession = "phiên"
)

// answerRules is what an answer of the portal means, first match first.
//
// A create or update was taken when the code is 0 and the text says "thành
// công"; for steps the text alone counts, but a code that contradicts it is a
// contradiction there too. Contradictions and answers that explain nothing are
// doubt, and a look-up decides. "Không thành công" says no, although it holds
// the word.
func answerRules() portal.Rules {
	var (
		writes      = []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpSteps, gateway.OpStatus}
		headers     = []gateway.Operation{gateway.OpCreate, gateway.OpUpdate, gateway.OpStatus}
		create      = []gateway.Operation{gateway.OpCreate}
		later       = []gateway.Operation{gateway.OpUpdate, gateway.OpSteps, gateway.OpStatus, gateway.OpLookup}
		steps       = []gateway.Operation{gateway.OpSteps}
		lookup      = []gateway.Operation{gateway.OpLookup, gateway.OpCatalogue}
		catalogue   = []gateway.Operation{gateway.OpCatalogue}
		login       = []gateway.Operation{gateway.OpLogin}
		zero        = []string{"0"}
		noOrZero    = []string{"0", ""}
		noSuccess   = []string{"không thành công", "chưa thành công"}
		otherThings = []string{"thủ tục", "tthc", "lĩnh vực", "giấy tờ", "kết quả", "thành phần", "tệp"}
		otherNames  = append([]string{"đơn vị", "cơ quan", "tài khoản", "dịch vụ", "mã"}, otherThings...)
	)
	return portal.Rules{
		// The security server on our side found nobody to talk to: the call never passed.
		{Name: "axis.unknown_member", All: []string{"could not find addresses for service provider"}, NotCodes: zero, Raw: true,
			Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway},

		{Name: "session", Codes: []string{"-1"}, All: []string{saysSession}, None: []string{"phiên bản", "phiên dịch", "phiên họp"},
			Kind: gateway.SessionExpired, Shelf: gateway.ShelfDestination},
		{Name: "session", NotCodes: noOrZero, All: []string{"phiên làm việc"},
			Kind: gateway.SessionExpired, Shelf: gateway.ShelfDestination},

		{Name: "exists", Operations: create, Codes: []string{"3", "-3", "0"}, All: []string{saysExists}, None: otherThings, Kind: gateway.Exists},
		{Name: "exists", Operations: create, All: []string{saysDossier, saysExists}, None: otherThings, Kind: gateway.Exists},
		{Name: "absent", Operations: later, All: []string{saysDossier, saysAbsent}, None: otherThings, Kind: gateway.Absent},
		{Name: "absent", Operations: later, All: []string{saysAbsent}, None: otherNames, Kind: gateway.Absent},
		{Name: "absent", Operations: later, All: []string{"không tìm thấy", saysDossier}, None: otherThings, Kind: gateway.Absent},

		{Name: "absent", Operations: catalogue, All: []string{saysAbsent}, Kind: gateway.Absent},
		{Name: "absent", Operations: catalogue, All: []string{"không tìm thấy"}, Kind: gateway.Absent},

		{Name: "delivered", Operations: headers, Codes: zero, All: []string{saysSuccess}, None: noSuccess, Kind: gateway.Delivered},
		{Name: "delivered", Operations: steps, Codes: noOrZero, All: []string{saysSuccess}, None: noSuccess, Kind: gateway.Delivered},
		{Name: "contradiction", Operations: writes, All: []string{saysSuccess}, None: noSuccess,
			Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "contradiction", Operations: writes, Codes: zero, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},

		// The result of a look-up and the session of a login speak for themselves.
		{Name: "answered", Operations: lookup, Codes: noOrZero, Kind: gateway.Delivered},
		{Name: "answered", Operations: login, Codes: zero, Kind: gateway.Delivered},

		{Name: "throttled", NotCodes: noOrZero, All: []string{"quá nhiều yêu cầu"}, Kind: gateway.Throttled, Shelf: gateway.ShelfDestination},
		{Name: "maintenance", NotCodes: noOrZero, All: []string{"bảo trì"}, Kind: gateway.Unavailable, Shelf: gateway.ShelfDestination},
		{Name: "system", NotCodes: zero, All: []string{"lỗi hệ thống"}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "system", NotCodes: zero, All: []string{"hệ thống", "bận"}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "system", NotCodes: zero, All: []string{"quá thời gian"}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},

		// Things that only we can have done wrong.
		{Name: "refused", NotCodes: noOrZero, All: []string{"định dạng json"}, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway, Reason: true},
		{Name: "refused", NotCodes: noOrZero, All: []string{"dịch vụ không được hỗ trợ"}, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway, Reason: true},
		{Name: "refused", NotCodes: noOrZero, All: []string{"vượt quá giới hạn"}, Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway, Reason: true},

		{Name: "refused", Operations: login, NotCodes: noOrZero, Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Reason: true},

		{Name: "unexplained", NoText: true, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "uncoded", Codes: []string{""}, Kind: gateway.Unknown, Shelf: gateway.ShelfDestination},
		{Name: "refused", NotCodes: noOrZero, Kind: gateway.RefusedData, Shelf: gateway.ShelfSource, Reason: true},
	}
}
