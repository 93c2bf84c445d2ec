package business

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// mendPointers takes the index out of pointers into lists that stand as a bare
// object, so that every pointer is one into the message as sent.
func mendPointers(problems []schema.Problem, in strict.Part) {
	if len(problems) == 0 || !hasBareList(in.Data) {
		return
	}
	for i := range problems {
		rest, ok := strings.CutPrefix(problems[i].Pointer, in.Pointer+"/")
		if ok && strings.Contains(rest, "0/") {
			problems[i].Pointer = in.Pointer + along(in, strings.Split(rest, "/"))
		}
	}
}

// hasBareList reports whether an object stands as the value of a key. That may
// be no list at all, or text that looks so: the way through the message decides.
func hasBareList(data []byte) bool {
	for from := 0; ; {
		i := bytes.IndexByte(data[from:], '{')
		if i < 0 {
			return false
		}
		before := bytes.TrimRight(data[:from+i], " \t\r\n")
		if len(before) > 0 && before[len(before)-1] == ':' {
			return true
		}
		from += i + 1
	}
}

// along follows the steps of a pointer and returns those that exist.
func along(at strict.Part, steps []string) string {
	var out strings.Builder
	for _, step := range steps {
		switch at.Kind() {
		case '{':
			if step == "0" {
				continue
			}
			fields, _, _ := strict.Fields(at, step)
			at = fields[step]
		case '[':
			elements, _ := strict.Elements(at)
			at = strict.Part{}
			if n, err := strconv.Atoi(step); err == nil && n < len(elements) {
				at = elements[n]
			}
		}
		out.WriteString("/" + step)
	}
	return out.String()
}
