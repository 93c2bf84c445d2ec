package gateway

import (
	"strings"

	"github.com/lienthong/lienthong/schema/score"
)

// Remedy is what to do about a class of causes, for the clerk and for the engineer.
type Remedy struct {
	Class string       // of causes
	From  ReplayOrigin // what a replay plan begins at when the cause is gone; "": a replay is of no use
	VI    string
	EN    string
}

// remedies are tried in this order; a cause belongs to the first whose prefix it has.
var remedies = []struct {
	prefix string
	Remedy
}{
	{"plan.unstable", Remedy{"our_bug", FromCanonical,
		"Liên Thông lập kế hoạch gửi lặp lại mãi cùng một nội dung. Báo nhóm phát triển kèm mã hồ sơ mẫu; sau khi cập nhật, phát lại.",
		"Our plan wants the same again and again. Report it with a sample number; replay after the update."}},
	{"plan.internal", Remedy{"our_bug", FromCanonical,
		"Lỗi của Liên Thông khi lập kế hoạch gửi. Báo nhóm phát triển kèm mã hồ sơ mẫu; sau khi cập nhật, phát lại.",
		"A fault of ours in planning. Report it with a sample number; replay after the update."}},
	{"plan.", Remedy{"data", FromRaw,
		"Dữ liệu hồ sơ thiếu hoặc sai trường bắt buộc. Cán bộ sửa trên phần mềm một cửa rồi gửi lại: hồ sơ tự đi. Nếu bộ chuyển đổi đọc sai, cập nhật rồi phát lại từ bản gốc.",
		"A field that is needed is missing or wrong. Corrected at the source and pushed again, it goes by itself. If the adapter misread it, update and replay from raw."}},
	{"delivery.no_entity", Remedy{"our_bug", "",
		"Không còn đối tượng để gửi. Báo nhóm phát triển kèm mã hồ sơ mẫu.", "The entity is not there. Report it with a sample number."}},
	{"create.unknown", Remedy{"person", "",
		"Không biết nơi nhận đã tạo hồ sơ hay chưa, và không tra cứu được. Gọi nơi nhận để xác minh từng mã; không phát lại, tránh trùng hồ sơ.",
		"Nobody can tell whether the record was created. Ask the destination, number by number; a replay could create it twice."}},
	{"retract.unsupported", Remedy{"person", "",
		"Hồ sơ đã rút nhưng nơi nhận không có cách gỡ. Gửi công văn đề nghị nơi nhận xử lý.",
		"It was withdrawn, and the destination has no way to be told. Ask it in writing."}},
	{causeAhead, Remedy{"shown_newer", "",
		"Sau khi khôi phục cơ sở dữ liệu, nơi nhận đang hiển thị bản mới hơn bản sao lưu. Đề nghị hệ thống nguồn gửi lại hồ sơ: hồ sơ tự đi, không cần phát lại.",
		"After a restore the destination shows something newer than the backup has. Have its source send it again: it goes by itself, without a replay."}},
	{score.CausePrefix, Remedy{"score_guard", "",
		"Liên Thông giữ lại vì gửi đi sẽ làm giảm điểm của tỉnh; lý do ghi ở từng hồ sơ (lienthong ops journey MÃ). Cán bộ sửa trên phần mềm nguồn rồi gửi lại: hồ sơ tự đi. Nếu đúng là phải gửi như vậy: lienthong ops release MÃ.",
		"Kept back here, since it would lower the province's score; its journey says why (lienthong ops journey NUMBER). Corrected at the source and pushed again, it goes by itself. If it is right as it is: lienthong ops release NUMBER."}},
	{"shown.differs", Remedy{"destination_shows_other", FromCanonical,
		"Nơi nhận báo đã nhận nhưng hiển thị khác. Gửi nơi nhận bằng chứng (lienthong evidence show MÃ); khi nơi nhận sửa xong, phát lại.",
		"It takes what we send and shows something else. Send the destination the evidence (lienthong evidence show NUMBER); replay when it is repaired."}},
	{"worker.lost", Remedy{"doubt", FromCanonical,
		"Tiến trình gửi bị ngắt giữa chừng. Hệ thống tự tra cứu rồi gửi tiếp, không cần làm gì.",
		"A worker died in its call. It is looked up and goes on by itself."}},
	{"batch.refused", Remedy{"narrowing", FromCanonical,
		"Cả lô bị từ chối vì một hồ sơ; hệ thống đang tự tách lô để tìm hồ sơ đó.",
		"A whole batch was refused for one record; batches are being halved to find it."}},
	{"login.refused", Remedy{"account", FromCanonical,
		"Nơi nhận từ chối tài khoản hoặc mật khẩu của tỉnh. Kiểm tra tài khoản với nơi nhận, thay tệp mật khẩu rồi khởi động lại lienthong work; hồ sơ tự đi.",
		"The destination refuses the province's account or password. Ask it about the account, replace the file of the password and restart lienthong work; dossiers go by themselves."}},
	{"http.502", inFront}, {"http.503", inFront}, {"http.504", inFront},
	{"http.429", Remedy{"throttled", FromCanonical,
		"Nơi nhận yêu cầu gửi chậm lại; hệ thống tự giãn nhịp.", "The destination asks to slow down; the pace is lowered by itself."}},
	{"http.4", Remedy{"configuration", FromCanonical,
		"Nơi nhận không chấp nhận lời gọi (đường dẫn, tài khoản hoặc chứng thư). Kiểm tra cấu hình, chạy lienthong doctor; sửa xong, phát lại.",
		"The destination does not accept the call (path, account or certificate). Check the configuration with lienthong doctor; replay when it is right."}},
	{"tls", Remedy{"configuration", FromCanonical,
		"Không bắt tay được TLS. Kiểm tra chứng thư hai bên; sửa xong, phát lại.", "TLS failed. Check the certificates of both sides; replay when it is right."}},
	{"dns", Remedy{"network", FromCanonical,
		"Không phân giải được tên máy chủ nơi nhận. Báo bộ phận mạng; sau đó hồ sơ tự đi hoặc phát lại.",
		"The name of the destination is not found. Tell the network's people; it goes on by itself, or replay."}},
	{"connection.", Remedy{"network", FromCanonical,
		"Không kết nối được nơi nhận. Kiểm tra đường truyền, gọi nơi nhận; sau đó hồ sơ tự đi hoặc phát lại.",
		"The destination is not reached. Check the line and call the destination; it goes on by itself, or replay."}},
}

// inFront is of what the one in front of a destination says of itself or of the one behind, as Explain has it.
var inFront = Remedy{"front_down", FromCanonical,
	"Máy chủ đứng trước nơi nhận (trục/LGSP) báo lỗi. Gọi đơn vị vận hành trục/LGSP; khi hoạt động lại, hồ sơ tự đi hoặc phát lại.",
	"What stands in front of the destination (axis or LGSP) fails. Call who runs it; when it is back, dossiers go by themselves, or replay."}

// fallbacks are of causes that no prefix names, by shelf.
var fallbacks = map[Shelf]Remedy{
	ShelfSource: {"refused", FromRaw,
		"Nơi nhận từ chối vì dữ liệu. Cán bộ sửa trên phần mềm nguồn rồi gửi lại: hồ sơ tự đi. Nếu danh mục của nơi nhận thiếu và đã được bổ sung, phát lại.",
		"The destination refused the data. Corrected at the source and pushed again, it goes by itself. If a table over there lacked a line and has it now, replay."},
	ShelfGateway: {"our_bug", FromCanonical,
		"Lỗi thuộc về Liên Thông hoặc cấu hình. Báo đơn vị vận hành; sửa xong, phát lại.",
		"The fault is the gateway's or its configuration's. Report it; replay when it is repaired."},
	ShelfDestination: {"destination_down", FromCanonical,
		"Nơi nhận gặp sự cố hoặc quá tải. Gọi nơi nhận; khi hoạt động lại, hồ sơ tự đi hoặc phát lại.",
		"The destination is down or overloaded. Call it; when it is back, dossiers go by themselves, or replay."},
}

// RemedyOf returns what to do about a cause on a shelf. Causes that a
// destination found begin with its code.
func RemedyOf(destination string, shelf Shelf, cause string) Remedy {
	cause = strings.TrimPrefix(cause, destination+".")
	for _, r := range remedies {
		if strings.HasPrefix(cause, r.prefix) {
			return r.Remedy
		}
	}
	return fallbacks[shelf]
}
