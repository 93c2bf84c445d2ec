package units

import (
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Codes of the problems that [ResolveCode] reports. All but UnitZero and
// UnitFormer leave something open; none refuses a record.
const (
	UnitUnknown   = "unit.unknown"   // in no list since 2016
	UnitSplit     = "unit.split"     // the old commune went to several new ones
	UnitAmbiguous = "unit.ambiguous" // two places, depending on the list; neither province nor date decides
	UnitProvince  = "unit.province"  // not in the province that was given, or no such province
	UnitDate      = "unit.date"      // a code that came into being later than the date
	UnitFormer    = "unit.former"    // vanished before 2025; followed to its successor, if one is known
	UnitZero      = "unit.zero"      // leading zeros put back
)

func problem(code string, level fault.Level, vi, en string) schema.Problem {
	return schema.Problem{Code: code, Level: level, Detail: vi, DetailEN: en}
}

func unknownUnit() schema.Problem {
	return problem(UnitUnknown, schema.Warning, "Mã đơn vị hành chính cấp xã không có trong danh mục.", "No list has this commune code.")
}

func unknownProvince() schema.Problem {
	return problem(UnitProvince, schema.Warning, "Tỉnh, thành phố không có trong danh mục.", "No list has this province.")
}

func provinceMismatch() schema.Problem {
	return problem(UnitProvince, schema.Warning, "Mã cấp xã không thuộc tỉnh, thành phố đã khai.", "The commune is not in the province that was given.")
}

func splitUnit() schema.Problem {
	return problem(UnitSplit, schema.Warning, "Xã cũ đã được chia vào nhiều xã mới; chưa xác định được xã mới.",
		"The old commune was divided among several new ones.")
}

func ambiguousUnit() schema.Problem {
	return problem(UnitAmbiguous, schema.Warning, "Mã cấp xã có thể thuộc danh mục cũ hoặc mới; chưa xác định được xã.",
		"The code may be of the old or the new list, which differ here.")
}

func wrongDate() schema.Problem {
	return problem(UnitDate, schema.Warning, "Mã cấp xã chưa tồn tại vào ngày của thông tin.", "The code did not exist on the date of the statement.")
}

func formerUnitFollowed() schema.Problem {
	return problem(UnitFormer, schema.Repaired, "Mã cấp xã đã hết hiệu lực trước năm 2025; đã chuyển sang đơn vị kế thừa.",
		"The code vanished before 2025; its official successor was taken.")
}

func formerUnitDoubtful() schema.Problem {
	return problem(UnitFormer, schema.Warning, "Mã cấp xã đã hết hiệu lực trước năm 2025; đơn vị kế thừa chưa chắc chắn.",
		"The code vanished before 2025; its successor is not certain.")
}

func formerUnitVanished() schema.Problem {
	return problem(UnitFormer, schema.Warning, "Mã cấp xã đã hết hiệu lực trước năm 2025; chưa xác định được đơn vị kế thừa.",
		"The code vanished before 2025; no successor is known.")
}

func zeroRestored() schema.Problem {
	return problem(UnitZero, schema.Repaired, "Đã thêm lại số 0 ở đầu mã cấp xã.", "Leading zeros were put back.")
}
