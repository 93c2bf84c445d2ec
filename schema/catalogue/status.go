package catalogue

import "github.com/lienthong/lienthong/schema"

// StatusLabel returns the Vietnamese words of the national portal for a status, "" for an unknown one.
func StatusLabel(s schema.Status) string {
	switch s {
	case schema.Submitted:
		return "Mới đăng ký"
	case schema.Received:
		return "Được tiếp nhận"
	case schema.Rejected:
		return "Không được tiếp nhận"
	case schema.InProgress:
		return "Đang xử lý"
	case schema.SupplementRequired:
		return "Yêu cầu bổ sung giấy tờ"
	case schema.PaymentRequired:
		return "Yêu cầu thực hiện nghĩa vụ tài chính"
	case schema.Withdrawn:
		return "Công dân yêu cầu rút hồ sơ"
	case schema.Stopped:
		return "Dừng xử lý"
	case schema.Completed:
		return "Đã xử lý xong"
	case schema.Returned:
		return "Đã trả kết quả"
	}
	return ""
}

// DossierStatus is one status with its number (1 to 10) and words.
type DossierStatus struct {
	Code   int
	Status schema.Status
	Label  string
}

// DossierStatuses returns the ten statuses in the order of their numbers.
func DossierStatuses() []DossierStatus {
	var out []DossierStatus
	for i, s := range schema.Statuses() {
		out = append(out, DossierStatus{Code: i + 1, Status: s, Label: StatusLabel(s)})
	}
	return out
}
