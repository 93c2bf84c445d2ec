package schema

import "strconv"

// required appends a problem when a mandatory field is empty.
func required(to []Problem, pointer, value string) []Problem {
	if value != "" {
		return to
	}
	return append(to, Problem{
		Pointer: pointer, Code: "field.required",
		Detail: "Thiếu thông tin bắt buộc.", DetailEN: "A mandatory field is missing.",
	})
}

// disorder is a warning that two times cannot both be right.
func disorder(pointer, vi, en string) Problem {
	return Problem{Pointer: pointer, Code: "time.order", Level: Warning, Detail: vi, DetailEN: en}
}

// strong returns the identifiers that decide by themselves who or what is meant.
func strong(ids []Identifier) []Identifier {
	var out []Identifier
	for _, id := range ids {
		if id.Scheme.Strong() {
			out = append(out, id)
		}
	}
	return out
}

// under prefixes the pointers of problems, to report a nested part.
func under(prefix string, problems []Problem) []Problem {
	for i := range problems {
		problems[i].Pointer = prefix + problems[i].Pointer
	}
	return problems
}

func index(prefix string, i int) string { return prefix + "/" + strconv.Itoa(i) }
