package strict

import (
	"strconv"

	"github.com/lienthong/lienthong/internal/fault"
)

// Codes of problems with the JSON itself.
const (
	codeSyntax     = "json.syntax"
	codeEmpty      = "json.empty"
	codeTrailing   = "json.trailing"
	codeDuplicate  = "json.duplicate_key"
	codeUTF8       = "json.utf8"
	codeNUL        = "json.nul"
	codeTooDeep    = "json.too_deep"
	codeTooMany    = "json.too_many"
	codeKeyCase    = "json.key_case"
	codeUnknownKey = "json.unknown_key"
	codeKind       = "json.kind"
)

// problem returns the problem of a code, in words for its sender.
func problem(pointer, code string) fault.Problem {
	p := fault.Problem{Pointer: pointer, Code: code}
	switch code {
	case codeSyntax:
		p.Detail, p.DetailEN = "Dữ liệu không đúng cú pháp JSON.", "This is not well-formed JSON."
	case codeEmpty:
		p.Detail, p.DetailEN = "Thông điệp rỗng.", "The message is empty."
	case codeTrailing:
		p.Detail, p.DetailEN = "Có dữ liệu thừa sau khi kết thúc JSON.", "Something follows after the end of the JSON value."
	case codeDuplicate:
		p.Detail, p.DetailEN = "Tên trường bị lặp trong cùng một đối tượng.", "The key stands twice in the same object."
	case codeUTF8:
		p.Detail, p.DetailEN = "Chuỗi ký tự không phải UTF-8 hợp lệ.", "The text is not valid UTF-8."
	case codeNUL:
		p.Detail, p.DetailEN = "Chuỗi chứa ký tự NUL không được phép.", "The text holds a NUL character."
	case codeTooDeep:
		p.Detail, p.DetailEN = "Dữ liệu lồng nhau quá sâu.", "Objects and arrays nest too deep."
		p.Expected = "≤ " + strconv.Itoa(MaxDepth)
	case codeTooMany:
		p.Detail, p.DetailEN = "Danh sách có quá nhiều phần tử; hãy chia thành nhiều thông điệp.", "The list has too many elements; send it as several messages."
		p.Expected = "≤ " + strconv.Itoa(MaxElements)
	case codeKeyCase:
		p.Detail, p.DetailEN = "Tên trường sai chữ hoa, chữ thường.", "The key differs from a known one in upper and lower case."
	case codeUnknownKey:
		p.Detail, p.DetailEN = "Tên trường không được biết đến.", "The key is not known here."
	case codeKind:
		p.Detail, p.DetailEN = "Giá trị không đúng kiểu dữ liệu.", "The value is not of the type that belongs here."
	}
	return p
}

// atByte adds the place of a syntax error, counted in bytes of the message.
func atByte(p fault.Problem, offset int) fault.Problem {
	n := strconv.Itoa(offset)
	p.Detail += " (byte " + n + ")"
	p.DetailEN += " (byte " + n + ")"
	return p
}

// fail returns problems as an error, nil for none.
func fail(op string, problems []fault.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	code := fault.Invalid
	for _, p := range problems {
		switch p.Code {
		case codeSyntax, codeEmpty, codeTrailing, codeDuplicate, codeUTF8, codeNUL, codeTooDeep, codeTooMany:
			code = fault.Malformed
		}
	}
	return &fault.Error{Code: code, Op: op, Problems: problems}
}

// TooMany reports whether err says that a list has more than [MaxElements].
func TooMany(err error) bool {
	for _, p := range fault.ProblemsOf(err) {
		if p.Code == codeTooMany {
			return true
		}
	}
	return false
}

// Broken reports whether err says that the message is no JSON at all, so that
// nothing of it is to be trusted, not even the parts that read well.
func Broken(err error) bool {
	for _, p := range fault.ProblemsOf(err) {
		switch p.Code {
		case codeSyntax, codeEmpty, codeTrailing:
			return true
		}
	}
	return false
}
