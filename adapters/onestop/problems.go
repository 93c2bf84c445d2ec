package onestop

import (
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Codes of problems that only dossiers have. Those that begin with "score." name
// what the national portal's index of the province loses (Decision 766/QĐ-TTg).
const (
	statusInternal   = "status.internal"
	statusPromotion  = "status.promotion"
	statusDoubtful   = "status.contradiction"
	timeFormat       = "time.format"
	procedureZeros   = "procedure.zeros"
	procedureMissing = "procedure.missing"
	ownerUnknown     = "applicant.number_of_other"
	severalLinks     = "paper.several_links"
	paperNotResult   = "paper.not_result"
	resultIsInput    = "result.is_input"
	scoreResult      = "score.result_missing"
	scoreCode        = "score.result_code"
	scoreLink        = "score.result_link"
	scorePaper       = "score.paper_link"
	scoreFinish      = "score.finished_at_reception"
)

var words = map[string][2]string{
	statusInternal: {"Trạng thái nội bộ (đang liên thông, đang gửi), không phải trạng thái của Cổng; bản ghi được giữ lại ở nguồn.",
		"An internal state (being handed on or posted), none of the portal's ten; the record stays with its source."},
	statusPromotion: {"Mã 11 của dịch vụ thông báo khuyến mại được hiểu là không được tiếp nhận.",
		"Code 11 of the promotion service read as not accepted."},
	statusDoubtful: {"Cờ đã trả kết quả trái với trạng thái đang xử lý; giữ trạng thái.",
		"The flag of a returned result contradicts the state, which stands."},
	timeFormat: {"Thời điểm không theo định dạng quy ước nhưng đọc được.",
		"The instant is not in the agreed format but can be read."},
	procedureZeros: {"Đã khôi phục số 0 cuối mã thủ tục do cột kiểu số làm mất.",
		"Zeros at the end of the procedure code, lost by a number column, were put back."},
	procedureMissing: {"Không có mã thủ tục; chỉ ghi nhận trạng thái của hồ sơ.",
		"No procedure code; only the state of the dossier is taken."},
	ownerUnknown: {"Số giấy tờ của người nộp, không phải của chủ hồ sơ; không gắn vào chủ hồ sơ.",
		"The number is that of who handed in, not of the owner, and is not taken for the owner's."},
	severalLinks: {"Một ô chứa nhiều đường dẫn; đã tách thành từng tệp.",
		"One field holds several links; split into one paper each."},
	paperNotResult: {"Tệp kèm theo bước xử lý chưa kết thúc không phải là kết quả; đã bỏ qua.",
		"A file of a step that is not the end is no result and was passed over."},
	resultIsInput: {"Kết quả trỏ tới chính giấy tờ đã nộp, không phải kết quả thật; đã bỏ.",
		"The result links to a paper that was handed in; it is no result and was dropped."},
	scoreResult: {"Hồ sơ trực tuyến đã xong nhưng không có kết quả; Cổng không tính là hồ sơ trực tuyến và số hóa kết quả.",
		"An online dossier is done without a result: the portal counts it neither as online nor as digitised."},
	scoreCode: {"Kết quả thiếu mã; Cổng không tính hồ sơ vào chỉ tiêu dịch vụ công trực tuyến.",
		"The result has no code: the portal does not count the dossier as an online service."},
	scoreLink: {"Kết quả thiếu đường dẫn tệp; Cổng không tính chỉ tiêu trực tuyến và số hóa kết quả.",
		"The result has no link: the portal counts it neither as online nor as digitised."},
	scorePaper: {"Giấy tờ đã số hóa nhưng thiếu đường dẫn tệp; Cổng không tính chỉ tiêu số hóa.",
		"A digitised paper has no link: the portal does not count it as digitised."},
	scoreFinish: {"Kết thúc xử lý đúng lúc tiếp nhận và không có hạn trả; có thể là bước kết thúc tự sinh.",
		"Finished at the moment of reception without a deadline; perhaps a closing step that software made up."},
}

// note returns the problem of one of the codes above.
func note(code string, level fault.Level) schema.Problem {
	w := words[code]
	return schema.Problem{Code: code, Level: level, Detail: w[0], DetailEN: w[1]}
}
