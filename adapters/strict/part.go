package strict

import (
	"bytes"
	"iter"
	"mime"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// IsJSON reports whether a content type says JSON. No type at all is taken for it.
func IsJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (media == "application/json" || media == "text/json")
}

// Part is one JSON value of a message and where it stands.
type Part struct {
	Data    []byte // aliases the message
	Pointer string // RFC 6901, "" for the whole message
	Offset  int    // of Data in the message, bytes
}

// Message returns a whole message as a part, without a byte order mark.
func Message(body []byte) Part {
	rest := bytes.TrimPrefix(body, []byte("\uFEFF"))
	return Part{Data: rest, Offset: len(body) - len(rest)}
}

// Kind returns the first character of the value, 0 when there is none: '{',
// '[', '"', or one of a number or word.
func (p Part) Kind() byte {
	if i := space(p.Data, 0); i < len(p.Data) {
		return p.Data[i]
	}
	return 0
}

// sub returns the value at data[from:to] under one more step of the pointer.
func (p Part) sub(token string, from, to int) Part {
	return Part{Data: p.Data[from:to:to], Pointer: p.Pointer + "/" + token, Offset: p.Offset + from}
}

// MaxElements bounds a list that is cut: a message of a few MiB can hold millions
// of empty objects, each of which would cost a problem of its own.
const MaxElements = 10_000

// Elements cuts an array into its elements. They are not read: each is known
// to be well-formed only after its own Decode.
func Elements(p Part) ([]Part, error) {
	var parts []Part
	many := false
	start := space(p.Data, 0)
	end := cut(p.Data, start, '[', func(from, to, _, _ int) bool {
		if many = len(parts) == MaxElements; many {
			return false
		}
		parts = append(parts, p.sub(strconv.Itoa(len(parts)), from, to))
		return true
	})
	if many {
		return nil, fail("strict.Elements", []fault.Problem{problem(p.Pointer, codeTooMany)})
	}
	return parts, p.whole(end)
}

// Fields cuts an object into the members of the known names and returns the
// pointers of the others. Like [Decoder.Decode] it refuses keys that stand
// twice or in the wrong case; like [Elements] it leaves the values of the known
// ones to be read by their Decode.
func Fields(p Part, known ...string) (fields map[string]Part, unknown []string, err error) {
	var problems []fault.Problem
	fields = make(map[string]Part, len(known))
	seen := make(map[string]bool, len(known))
	sound := true
	start := space(p.Data, 0)
	end := cut(p.Data, start, '{', func(from, to, nameFrom, nameTo int) bool {
		name := string(nameOf(p.Data[nameFrom:nameTo]))
		at := p.sub(string(escaper.Replace(name)), from, to)
		switch spelled(name, known) {
		case exactly:
			fields[name] = at
		case otherCase:
			problems = append(problems, problem(at.Pointer, codeKeyCase))
		default:
			unknown = append(unknown, at.Pointer)
			sound = sound && jsontext.Value(at.Data).IsValid()
		}
		sound = sound && jsontext.Value(p.Data[nameFrom:nameTo]).IsValid()
		if seen[name] {
			problems = append(problems, problem(at.Pointer, codeDuplicate))
		}
		seen[name] = true
		return true
	})
	if !sound {
		end = -1
	}
	if err := p.whole(end); err != nil {
		return nil, nil, err
	}
	return fields, unknown, fail("strict.Fields", problems)
}

// Keys yields the keys of an object in their order; nothing where p is none.
// It serves to tell forms of messages apart before reading them.
func Keys(p Part) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		cut(p.Data, space(p.Data, 0), '{', func(_, _, nameFrom, nameTo int) bool {
			return yield(nameOf(p.Data[nameFrom:nameTo]))
		})
	}
}

var escaper = strings.NewReplacer("~", "~0", "/", "~1")

func nameOf(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return quoted // known to nobody
	}
	return name
}

type spelling int

const (
	unlike spelling = iota
	otherCase
	exactly
)

func spelled(name string, known []string) spelling {
	best := unlike
	for _, k := range known {
		if k == name {
			return exactly
		}
		if strings.EqualFold(k, name) {
			best = otherCase
		}
	}
	return best
}

// whole checks that a cut came to its end and that nothing follows.
func (p Part) whole(end int) error {
	code := codeSyntax
	switch {
	case end >= 0 && space(p.Data, end) == len(p.Data):
		return nil
	case end >= 0:
		code = codeTrailing
	case space(p.Data, 0) == len(p.Data):
		code = codeEmpty
	}
	return fail("strict.cut", []fault.Problem{problem(p.Pointer, code)})
}
