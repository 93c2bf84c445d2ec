package strict

import (
	"bytes"

	"github.com/lienthong/lienthong/internal/fault"
)

// The scanner finds where values end and checks no more than it needs for
// that; together with a full reading of every value between the separators
// that it did check, nothing malformed gets through.

var escapedNUL = []byte(`\u0000`)

// holdsNUL reports whether a valid value writes U+0000 in one of its strings;
// `\\u0000` does not.
func holdsNUL(raw []byte) bool {
	for i := bytes.Index(raw, escapedNUL); i >= 0; {
		slashes := 0
		for j := i; j >= 0 && raw[j] == '\\'; j-- {
			slashes++
		}
		if slashes%2 == 1 {
			return true
		}
		next := bytes.Index(raw[i+1:], escapedNUL)
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return false
}

// space returns the first place from i on that is not white space.
func space(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\n' || data[i] == '\t' || data[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the place after the string that begins at i, -1 when it does not end.
func stringEnd(data []byte, i int) int {
	for i++; i < len(data); i++ {
		n := bytes.IndexByte(data[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slashes := 0
		for data[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i + 1
		}
	}
	return -1
}

// valueEnd returns the place after the value that begins at i, -1 when there is none or it does not end.
func valueEnd(data []byte, i int) int {
	if i >= len(data) {
		return -1
	}
	switch data[i] {
	case '"':
		return stringEnd(data, i)
	case '{', '[':
		return nestedEnd(data, i)
	}
	start := i
	for i < len(data) && !delimits(data[i]) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

func delimits(c byte) bool {
	switch c {
	case ',', ':', '"', '[', ']', '{', '}', ' ', '\n', '\t', '\r':
		return true
	}
	return false
}

func nestedEnd(data []byte, i int) int {
	depth := 0
	for i < len(data) {
		switch data[i] {
		case '"':
			if i = stringEnd(data, i); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}

// deepest returns how many objects and arrays of a valid value lie in each other.
func deepest(raw []byte) int {
	depth, most := 0, 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i) - 1
		case '{', '[':
			depth++
			most = max(most, depth)
		case '}', ']':
			depth--
		}
	}
	return most
}

// cut calls yield for each element of the array, or each member of the object,
// that begins at i, until yield says false. It returns the place after it, -1
// when it is not of that kind or is broken.
func cut(data []byte, i int, open byte, yield func(from, to, nameFrom, nameTo int) bool) int {
	if i >= len(data) || data[i] != open {
		return -1
	}
	shut := open + 2 // '[' and ']', '{' and '}' stand two apart
	if i = space(data, i+1); i < len(data) && data[i] == shut {
		return i + 1
	}
	for {
		nameFrom, nameTo := i, i
		if open == '{' {
			if i >= len(data) || data[i] != '"' {
				return -1
			}
			if nameTo = stringEnd(data, i); nameTo < 0 {
				return -1
			}
			if i = space(data, nameTo); i >= len(data) || data[i] != ':' {
				return -1
			}
			i = space(data, i+1)
		}
		end := valueEnd(data, i)
		if end < 0 {
			return -1
		}
		if !yield(i, end, nameFrom, nameTo) {
			return end
		}
		i = space(data, end)
		switch {
		case i < len(data) && data[i] == shut:
			return i + 1
		case i >= len(data) || data[i] != ',':
			return -1
		}
		i = space(data, i+1)
	}
}

// Split cuts a stream of values into its messages: NDJSON, or values with white
// space between them. An array is one value, since a message may be one: a
// stream of a single bare array must not turn into its elements. Nothing is
// copied and nothing is read; each message is checked when it is decoded.
func Split(body []byte) ([][]byte, error) {
	p := Message(body)
	var messages [][]byte
	i := space(p.Data, 0)
	for i < len(p.Data) {
		end := valueEnd(p.Data, i)
		if end < 0 {
			return nil, p.whole(-1)
		}
		if len(messages) == MaxElements {
			return nil, fail("strict.Split", []fault.Problem{problem(p.Pointer, codeTooMany)})
		}
		messages = append(messages, p.Data[i:end:end])
		i = space(p.Data, end)
	}
	if len(messages) == 0 {
		return nil, p.whole(-1)
	}
	return messages, nil
}
