package simulator

// statusLabel is the name of a status of a dossier, by the gen-1 contract.
func statusLabel(code string) string {
	switch code {
	case "1":
		return "Mới đăng ký"
	case "2":
		return "Được tiếp nhận"
	case "3":
		return "Không được tiếp nhận"
	case "4":
		return "Đang xử lý"
	case "5":
		return "Yêu cầu bổ sung giấy tờ"
	case "6":
		return "Yêu cầu thực hiện nghĩa vụ tài chính"
	case "7":
		return "Công dân yêu cầu rút hồ sơ"
	case "8":
		return "Dừng xử lý"
	case "9":
		return "Đã xử lý xong"
	case "10":
		return "Đã trả kết quả"
	}
	return ""
}

// FaultWords is what a fault does, for people.
type FaultWords struct {
	Name   FaultName
	Vi, En string
}

// DescribeFaults returns every fault that can be switched, in the order in which they are tried.
func DescribeFaults() []FaultWords {
	return []FaultWords{
		{FaultRefuse, "Ngắt kết nối, không ghi gì", "the connection is reset, nothing is stored"},
		{FaultThrottle, "HTTP 429 với Retry-After (delay); có rate thì chỉ phần vượt", "HTTP 429 with Retry-After (delay); with a rate only what is above it"},
		{FaultHTTP503, "HTTP 503 trước khi xử lý", "HTTP 503 before handling; delay is sent as Retry-After"},
		{FaultHTTP502, "HTTP 502 kèm trang HTML của proxy", "HTTP 502 with a proxy's HTML page"},
		{FaultHang, "Không bao giờ trả lời, không ghi gì", "never answers, nothing is stored"},
		{FaultSessionExpired, "Phiên của lần gọi bị kết thúc", "the session of the call is ended and it is told so"},
		{FaultEmptyBody, "HTTP 200 mà không có nội dung", "HTTP 200 with nothing"},
		{FaultHTMLPage, "HTTP 200 với một trang cho người đọc", "HTTP 200 with a page for people"},
		{FaultTruncatedJSON, "Đã xử lý, nhưng câu trả lời bị cắt giữa chừng", "handled, but the answer ends in the middle"},
		{FaultAppliedLate, "Ngắt ngay, ghi sau (delay)", "cut now, handled after delay"},
		{FaultStoredAnswerLost, "Đã ghi, nhưng mất câu trả lời (ending)", "stored, then the answer is lost: cut, hang or slow (ending)"},
		{FaultLyingSuccess, "Báo “thành công” mà không ghi gì", "says success, nothing is stored"},
		{FaultDuplicateAnswer, "Thêm mới được ghi nhưng trả lời “đã tồn tại”", "a create is stored and answered as a duplicate"},
		{FaultSuccessTextBadCode, "Chữ báo thành công, mã −1", "code -1 with a text that says success"},
		{FaultCodeOKBadText, "Mã 0, chữ không báo thành công", "code 0 with a text that does not say success"},
		{FaultLatency, "Chậm trước khi xử lý (delay)", "delay before handling"},
		{FaultLookupLag, "Tra cứu thấy muộn (delay)", "a write is visible to look-ups only after delay"},
		{FaultOrderEnforcing, "Kiểm tra thứ tự trạng thái", "transitions of status are checked"},
	}
}
