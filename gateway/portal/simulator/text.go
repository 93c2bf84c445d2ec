package simulator

// The codes in the body. Clients compare success with 0 as a number.
const (
	codeOK        = "0"
	codeFailed    = "-1"
	codeDuplicate = "-3"
)

// The texts decide at least as much as the codes: real clients look for the
// phrases "thành công", "đã tồn tại" and "không tồn tại". What the portal
// itself writes is known for the phrases only; the rest is ours.
const (
	textLoggedIn    = "Thành công"
	textFound       = "Thành công"
	textStored      = "Đồng bộ hồ sơ thành công"
	textAdvanced    = "Cập nhật tiến độ hồ sơ thành công"
	textCreated     = "Thêm mới thành công" // of the provincial wrapper
	textUpdated     = "Cập nhật thành công" // of the provincial wrapper
	textNoSession   = "Phiên làm việc không hợp lệ hoặc đã hết hạn"
	textBadLogin    = "Tài khoản hoặc mật khẩu không đúng"
	textMalformed   = "Dữ liệu không đúng định dạng JSON"
	textUnknown     = "Dịch vụ không được hỗ trợ"
	textStatusTaken = "Đồng bộ trạng thái hồ sơ thành công"
	textNoProcedure = "Thủ tục không tồn tại"
	textBatchSize   = "Số lượng bản ghi vượt quá giới hạn cho phép"
	textNoted       = "Hệ thống đã ghi nhận yêu cầu" // deliberately without "thành công"
)

func textMissing(field string) string { return "Thiếu trường " + field }
func textFormat(field string) string  { return "Trường " + field + " không đúng định dạng" }
func textTooLong(field string) string {
	return "Trường " + field + " vượt quá độ dài cho phép"
}
func textExists(key string) string { return "Hồ sơ " + key + " đã tồn tại" }
func textAbsent(key string) string { return "Hồ sơ " + key + " không tồn tại" }
func textOrder(key string) string {
	return "Hồ sơ " + key + " chuyển trạng thái không hợp lệ"
}
