package schema

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/lienthong/lienthong/internal/fault"
)

// DecodeBytes returns the text of a file as UTF-8 and what had to be done for
// it: a byte order mark removed, UTF-16 converted. Bytes in no encoding that is
// known are a fault of code Malformed.
func DecodeBytes(b []byte) (string, []Problem, error) {
	switch {
	case bytes.HasPrefix(b, []byte("\uFEFF")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return decodeUTF16(b[2:], 0, 1), []Problem{encodingRepaired("UTF-16")}, nil
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return decodeUTF16(b[2:], 1, 0), []Problem{encodingRepaired("UTF-16")}, nil
	}
	if utf8.Valid(b) {
		return string(b), nil, nil
	}
	return "", nil, &fault.Error{Code: fault.Malformed, Op: "schema.DecodeBytes", Problems: []fault.Problem{{
		Code: TextEncoding, Detail: "Văn bản không ở bảng mã nào đã biết.", DetailEN: "The text is in no known encoding.", Expected: "UTF-8",
	}}}
}

func decodeUTF16(b []byte, low, high int) string {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i+low])|uint16(b[i+high])<<8)
	}
	return string(utf16.Decode(units))
}

func encodingRepaired(name string) Problem {
	return Problem{Code: "text.encoding", Level: Repaired, Expected: "UTF-8",
		Detail: "Đã chuyển văn bản từ bảng mã " + name + ".", DetailEN: "The text was converted from " + name + "."}
}
