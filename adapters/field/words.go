package field

import (
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// words are a problem's Vietnamese and English detail by its code.
var words = map[string][2]string{
	"field.required":     {"Thiếu thông tin bắt buộc.", "A mandatory field is missing."},
	"field.unknown":      {"Trường dữ liệu chưa được khai báo, đã bỏ qua.", "The field is not declared here and was passed over."},
	"form.unknown":       {"Không nhận ra loại bản ghi.", "The kind of record is not recognised."},
	"value.invalid":      {"Giá trị không hợp lệ.", "The value is not valid."},
	"value.unmapped":     {"Mã không có trong danh mục, đã bỏ qua.", "The code is in no list here and was passed over."},
	"flag.invalid":       {"Giá trị đúng/sai không hợp lệ, được hiểu là sai.", "Not a truth value; taken as false."},
	"number.invalid":     {"Không phải số nguyên, đã bỏ qua.", "Not an integer; passed over."},
	"amount.words":       {"Đã hiểu \"không\" là 0 đồng.", "The word for none read as 0 đồng."},
	"amount.separators":  {"Đã bỏ dấu phân cách trong số tiền.", "Separators removed from the amount."},
	"email.invalid":      {"Địa chỉ thư điện tử không hợp lệ, giữ nguyên.", "Not an e-mail address; kept as it is."},
	"text.filler":        {"Nội dung thay thế không mang thông tin, đã bỏ.", "A filler without information, dropped."},
	"date.filler":        {"Ngày giả định, đã bỏ.", "A made-up date, dropped."},
	"identifier.filler":  {"Số giấy tờ giả định, đã bỏ.", "A made-up identity number, dropped."},
	schema.TextNFC:       {"Đã chuẩn hóa Unicode dựng sẵn (NFC).", "Brought to Unicode NFC."},
	schema.TextEth:       {"Đã thay chữ Ð sai mã bằng Đ.", "Eth replaced by Đ."},
	schema.TextSpace:     {"Đã bỏ khoảng trắng thừa.", "Superfluous white space removed."},
	schema.TextInvisible: {"Đã bỏ ký tự ẩn.", "Invisible characters removed."},
	schema.TextEncoding:  {"Đã thay các byte không phải UTF-8.", "Bytes that are not UTF-8 replaced."},
	schema.TextLegacy:    {"Có vẻ ở bảng mã cũ nhưng chưa chắc chắn, giữ nguyên; cần chuyển mã tại nguồn.", "Looks like a legacy encoding, not for certain; kept, to be converted at the source."},
	schema.TextTCVN3:     {"Đã chuyển từ bảng mã TCVN3 (ABC) sang Unicode.", "Converted from TCVN3 (ABC)."},
	schema.TextVNI:       {"Đã chuyển từ bảng mã VNI sang Unicode.", "Converted from VNI."},
	schema.TextVISCII:    {"Đã chuyển từ bảng mã VISCII sang Unicode.", "Converted from VISCII."},

	schema.TextWindows1258: {"Đã chuyển từ Windows-1258 hoặc Unicode tổ hợp sang Unicode dựng sẵn.", "Converted from Windows-1258 or loose tone marks."},
	schema.TextWindows1252: {"Đã chuyển từ bảng mã Windows-1252 sang Unicode.", "Converted from Windows-1252."},
	schema.TextUTF16:       {"Đã chuyển từ UTF-16 sang UTF-8.", "Converted from UTF-16."},
	schema.TextUTF8Twice:   {"Đã khôi phục văn bản UTF-8 bị mã hóa hai lần.", "UTF-8 that was encoded twice restored."},

	schema.NameCase:   {"Đã viết hoa chữ đầu của tên.", "Name capitalised."},
	schema.NameFiller: {"Tên thay thế không mang thông tin, đã bỏ.", "A filler instead of a name, dropped."},

	"status.unmapped":           {"Trạng thái không thuộc mười trạng thái của Cổng.", "The status is none of the portal's ten."},
	"dossier.reception_missing": {"Thiếu ngày tiếp nhận; Cổng sẽ không tính hồ sơ này.", "No reception time; the portal will not count this dossier."},
}

func problem(code string, level fault.Level) schema.Problem {
	w := words[code]
	return schema.Problem{Code: code, Level: level, Detail: w[0], DetailEN: w[1]}
}
