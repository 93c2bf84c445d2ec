package httpapi

import (
	"net/http"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// problemBase is what the types of problems start with.
const problemBase = "https://github.com/lienthong/lienthong/problems#"

// origin says whose fault a problem is.
type origin string

const (
	byCaller  origin = "caller"
	byGateway origin = "gateway"
)

// Codes of this edge alone: they speak of HTTP itself.
const (
	methodNotAllowed fault.Code = "method_not_allowed"
	requestTimeout   fault.Code = "request.timeout"
)

type problemText struct{ title, detail string }

type problemRule struct {
	status    int
	origin    origin
	retryable bool
	after     time.Duration // default of Retry-After
	vi, en    problemText
}

// problems is the one table from codes to HTTP. A test goes through [fault.Codes].
var problems = map[fault.Code]problemRule{
	fault.Internal: {
		status: http.StatusInternalServerError, origin: byGateway,
		vi: problemText{"Lỗi của hệ thống Liên Thông", "Lỗi thuộc về hệ thống, không phải do dữ liệu gửi lên. Hãy báo đơn vị vận hành kèm mã request_id."},
		en: problemText{"Fault of the gateway", "The fault is the gateway's, not your data's. Report it to the operators with the request_id."},
	},
	fault.Invalid: {
		status: http.StatusUnprocessableEntity, origin: byCaller,
		vi: problemText{"Dữ liệu chưa hợp lệ", "Hãy sửa các mục nêu trong errors rồi gửi lại."},
		en: problemText{"The data is not valid", "Correct what errors names, then send again."},
	},
	fault.Malformed: {
		status: http.StatusBadRequest, origin: byCaller,
		vi: problemText{"Nội dung không đọc được", "Nội dung không đúng định dạng đã khai báo (cú pháp, bảng mã, tên trường bị lặp). Hãy sửa rồi gửi lại."},
		en: problemText{"The content cannot be read", "The content is not what it claims to be (syntax, encoding, duplicate key). Correct it, then send again."},
	},
	fault.UnknownForm: {
		status: http.StatusUnprocessableEntity, origin: byCaller,
		vi: problemText{"Không nhận ra mẫu thông điệp", "Bộ chuyển đổi của nguồn này không biết mẫu thông điệp đã gửi. Hãy kiểm tra mẫu trong tài liệu của bộ chuyển đổi."},
		en: problemText{"The form of the message is unknown", "The adapter of this source does not know the form. Compare the message with the adapter's documentation."},
	},
	fault.Unauthorized: {
		status: http.StatusUnauthorized, origin: byCaller,
		vi: problemText{"Chưa xác thực", "Hãy gửi khóa API còn hiệu lực trong tiêu đề Authorization: Bearer."},
		en: problemText{"Not authenticated", "Send a valid API key in the header Authorization: Bearer."},
	},
	fault.Forbidden: {
		status: http.StatusForbidden, origin: byCaller,
		vi: problemText{"Không được phép", "Khóa API hợp lệ nhưng không có quyền cho thao tác này. Hãy liên hệ đơn vị vận hành."},
		en: problemText{"Not permitted", "The API key is valid but not for this operation. Ask the operators."},
	},
	fault.NotFound: {
		status: http.StatusNotFound, origin: byCaller,
		vi: problemText{"Không tìm thấy", "Không có đối tượng này, hoặc nó không thuộc về nguồn của bạn. Mã có dấu gạch chéo cần được mã hóa thành %2F."},
		en: problemText{"Not found", "There is no such thing, or it is not your source's. Slashes in ids are to be encoded as %2F."},
	},
	fault.TooLarge: {
		status: http.StatusRequestEntityTooLarge, origin: byCaller,
		vi: problemText{"Nội dung quá lớn", "Hãy chia nhỏ rồi gửi lại. Một lô có nhiều nhất 1.000 thông điệp và 5.000 bản ghi; dung lượng tính sau khi giải nén."},
		en: problemText{"The content is too large", "Split it, then send again. A batch has at most 1,000 messages and 5,000 records; sizes count after decompression."},
	},
	fault.UnsupportedMedia: {
		status: http.StatusUnsupportedMediaType, origin: byCaller,
		vi: problemText{"Kiểu nội dung không được hỗ trợ", "Hãy gửi với Content-Type và Content-Encoding mà thao tác này nhận."},
		en: problemText{"The media type is not supported", "Send it with a Content-Type and Content-Encoding that this operation takes."},
	},
	fault.KeyReused: {
		status: http.StatusUnprocessableEntity, origin: byCaller,
		vi: problemText{"Idempotency-Key đã dùng cho yêu cầu khác", "Mỗi nội dung khác nhau cần một Idempotency-Key riêng. Hãy tạo khóa mới rồi gửi lại."},
		en: problemText{"The Idempotency-Key belongs to another request", "Each different payload needs a key of its own. Make a new key, then send again."},
	},
	fault.InProgress: {
		status: http.StatusConflict, origin: byCaller, retryable: true, after: time.Second,
		vi: problemText{"Yêu cầu cùng khóa đang được xử lý", "Hãy đợi theo Retry-After rồi gửi lại đúng yêu cầu này."},
		en: problemText{"A request with this key is being worked on", "Wait as Retry-After says, then repeat the same request."},
	},
	fault.CursorInvalid: {
		status: http.StatusBadRequest, origin: byCaller,
		vi: problemText{"Con trỏ không hợp lệ", "Hãy dùng nguyên văn next_cursor của lần đọc trước, hoặc bỏ cursor để đọc từ đầu."},
		en: problemText{"The cursor is not valid", "Use the next_cursor of the previous page as it is, or leave cursor out to read from the beginning."},
	},
	fault.CursorExpired: {
		status: http.StatusGone, origin: byCaller,
		vi: problemText{"Con trỏ không còn dùng được", "Dòng dữ liệu đã được đánh số lại, hoặc phần sau con trỏ không còn được giữ. Hãy đọc toàn bộ từ snapshot_url, rồi đọc tiếp từ delta_cursor của nó; dữ liệu đã nhận có thể lặp lại nhưng không thiếu."},
		en: problemText{"The cursor is of no use any more", "The feed was numbered anew, or what follows the cursor is not held any more. Take everything from snapshot_url, then read on from its delta_cursor: what you have may come again, and nothing is missed."},
	},
	fault.Conflict: {
		status: http.StatusConflict, origin: byGateway, retryable: true, after: time.Second,
		vi: problemText{"Xung đột với thao tác khác", "Một thao tác khác vừa thay đổi cùng dữ liệu. Hãy gửi lại đúng yêu cầu này."},
		en: problemText{"In conflict with another operation", "Something else changed the same data just now. Repeat the same request."},
	},
	fault.Throttled: {
		status: http.StatusTooManyRequests, origin: byCaller, retryable: true, after: time.Second,
		vi: problemText{"Quá nhiều yêu cầu", "Hãy giảm tốc độ và gửi lại theo Retry-After."},
		en: problemText{"Too many requests", "Slow down and repeat as Retry-After says."},
	},
	fault.Unavailable: {
		status: http.StatusServiceUnavailable, origin: byGateway, retryable: true, after: 5 * time.Second,
		vi: problemText{"Hệ thống tạm thời gián đoạn", "Một thành phần đang tạm ngừng. Hãy gửi lại đúng yêu cầu này theo Retry-After; gửi lại nhiều lần không gây trùng lặp."},
		en: problemText{"Temporarily unavailable", "A part that is needed is away. Repeat the same request as Retry-After says; repeating does no harm."},
	},
	fault.Usage: {
		status: http.StatusBadRequest, origin: byCaller,
		vi: problemText{"Gọi sai cách", "Hãy kiểm tra yêu cầu theo tài liệu OpenAPI tại /openapi.json."},
		en: problemText{"Called wrongly", "Compare the request with the OpenAPI document at /openapi.json."},
	},
	methodNotAllowed: {
		status: http.StatusMethodNotAllowed, origin: byCaller,
		vi: problemText{"Phương thức không được hỗ trợ", "Đường dẫn này chỉ nhận các phương thức nêu trong tiêu đề Allow."},
		en: problemText{"The method is not supported", "This path takes the methods that the header Allow names."},
	},
	requestTimeout: {
		status: http.StatusRequestTimeout, origin: byCaller, retryable: true,
		vi: problemText{"Đường truyền ngừng giữa chừng", "Nội dung không đến hết trong thời gian cho phép. Hãy gửi lại; nên nén gzip hoặc chia nhỏ lô."},
		en: problemText{"The line stood still", "The content did not arrive in time. Send again; compress with gzip or split the batch."},
	},
}
