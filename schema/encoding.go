package schema

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/lienthong/lienthong/internal/fault"
)

// DecodeBytes returns the text of a file as UTF-8 and what had to be done for
// it: a byte order mark removed, UTF-16 with or without one converted, and bytes
// that are not UTF-8 converted from the legacy encoding that makes Vietnamese of
// them: TCVN3, VNI, VISCII, Windows-1258, Windows-1252. Each conversion is a
// problem of level Repaired whose code names the encoding. Bytes that no
// encoding, or more than one, makes Vietnamese are a fault of code Malformed;
// nothing is guessed. What is wrong inside valid UTF-8 is for [CleanText].
func DecodeBytes(b []byte) (string, []Problem, error) {
	switch {
	case bytes.HasPrefix(b, []byte("\uFEFF")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return fromUTF16(b[2:], 0, 1)
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return fromUTF16(b[2:], 1, 0)
	case looksUTF16(b, 0, 1):
		return fromUTF16(b, 0, 1)
	case looksUTF16(b, 1, 0):
		return fromUTF16(b, 1, 0)
	}
	if utf8.Valid(b) {
		return string(b), nil, nil
	}
	e, ok := detect(b)
	if !ok {
		return "", nil, unknownEncoding()
	}
	r := e.decode(b)
	if e.code == TextTCVN3 && bytes.IndexByte(b, softHyphen) < 0 {
		r.encoding = e
		if r = restoreHorn(r); r.code == TextLegacy {
			return "", nil, unknownEncoding()
		}
	}
	return NFC(r.text()), []Problem{encodingRepaired(e.code, e.name)}, nil
}

func unknownEncoding() error {
	return &fault.Error{Code: fault.Malformed, Op: "schema.DecodeBytes", Problems: []fault.Problem{{
		Code: TextEncoding, Detail: "Văn bản không ở bảng mã nào nhận ra được chắc chắn.",
		DetailEN: "The text is in no encoding that can be told for certain.", Expected: "UTF-8",
	}}}
}

// looksUTF16 reports whether b is UTF-16 without a byte order mark: the high
// bytes are those of Latin letters and many are zero, the low ones never are.
func looksUTF16(b []byte, low, high int) bool {
	if len(b) < 4 || len(b)%2 != 0 {
		return false
	}
	zeros, others := 0, 0
	for i := 0; i < len(b); i += 2 {
		switch b[i+high] {
		case 0x00:
			zeros++
		case 0x01, 0x03, 0x1E, 0x20:
			others++
		default:
			return false
		}
		if b[i+low] == 0 && b[i+high] == 0 {
			return false
		}
	}
	return zeros > others
}

func fromUTF16(b []byte, low, high int) (string, []Problem, error) {
	if len(b)%2 != 0 {
		return "", nil, unknownEncoding()
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i < len(b); i += 2 {
		units = append(units, uint16(b[i+low])|uint16(b[i+high])<<8)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			if i+1 == len(units) {
				return "", nil, unknownEncoding()
			}
			i++
			if r = utf16.DecodeRune(r, rune(units[i])); r == utf8.RuneError {
				return "", nil, unknownEncoding() // half a pair
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out), []Problem{encodingRepaired(TextUTF16, "UTF-16")}, nil
}

func encodingRepaired(code, name string) Problem {
	return Problem{Code: code, Level: Repaired, Expected: "UTF-8",
		Detail: "Đã chuyển văn bản từ bảng mã " + name + ".", DetailEN: "The text was converted from " + name + "."}
}
