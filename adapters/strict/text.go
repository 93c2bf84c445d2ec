package strict

import (
	"strconv"
	"strings"
)

// Text is a scalar as its source wrote it: the content of a string, the digits
// of a number, "true" or "false"; null and a missing key are "". Number or
// string is a matter of the sending program's mood, not of meaning.
type Text string

// String returns the text; it is data, keep it out of logs.
func (t Text) String() string { return string(t) }

// Int returns the integer that the text writes; ok is false where it writes none.
func (t Text) Int() (n int64, ok bool) {
	n, err := strconv.ParseInt(strings.TrimSpace(string(t)), 10, 64)
	return n, err == nil
}

// Bool returns the truth value that the text writes as true, false, 1 or 0 in
// any case; ok is false where it writes none.
func (t Text) Bool() (yes, ok bool) {
	switch strings.ToLower(strings.TrimSpace(string(t))) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// Skip is a value that is known but never wanted, such as an inline file. It is
// checked like any other and not kept.
type Skip struct{}

// List is an array as sources write it: also null or "" for an empty one, and
// the bare object where there is just one.
type List[T any] []T

func (List[T]) list() {}

type list interface{ list() }
