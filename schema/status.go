package schema

// Status is where a dossier stands. The ten states and their numbers are those
// of the national portal; each source's own words map to them.
type Status string

// Statuses in the order of their portal codes 1 to 10.
const (
	Submitted          Status = "submitted"           // 1 Mới đăng ký
	Received           Status = "received"            // 2 Được tiếp nhận
	Rejected           Status = "rejected"            // 3 Không được tiếp nhận
	InProgress         Status = "in_progress"         // 4 Đang xử lý
	SupplementRequired Status = "supplement_required" // 5 Yêu cầu bổ sung giấy tờ
	PaymentRequired    Status = "payment_required"    // 6 Yêu cầu thực hiện nghĩa vụ tài chính
	Withdrawn          Status = "withdrawn"           // 7 Công dân yêu cầu rút hồ sơ
	Stopped            Status = "stopped"             // 8 Dừng xử lý
	Completed          Status = "completed"           // 9 Đã xử lý xong
	Returned           Status = "returned"            // 10 Đã trả kết quả
)

var statuses = [...]Status{Submitted, Received, Rejected, InProgress, SupplementRequired, PaymentRequired, Withdrawn, Stopped, Completed, Returned}

// Statuses returns the ten statuses in the order of their codes.
func Statuses() []Status { return append([]Status(nil), statuses[:]...) }

// Gen1 returns the portal's code "1" to "10", "" for an unknown status.
func (s Status) Gen1() string {
	for i, known := range statuses {
		if s == known {
			return gen1Codes[i]
		}
	}
	return ""
}

// StatusFromGen1 returns the status of a portal code.
func StatusFromGen1(code string) (Status, bool) {
	for i, c := range gen1Codes {
		if c == code {
			return statuses[i], true
		}
	}
	return "", false
}

var gen1Codes = [...]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}

// Final reports whether the dossier's processing is over.
func (s Status) Final() bool {
	switch s {
	case Rejected, Withdrawn, Stopped, Completed, Returned:
		return true
	}
	return false
}
