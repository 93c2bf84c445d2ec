// Package journal is the form of the tamper-evident journal: lines, the Merkle
// trees over them, the chain of sealed batches, receipts, and their proof. It
// knows no database; whoever holds a public key can check with it what somebody
// else wrote (docs/adr/0025-journal.md).
//
// A [Line] says one thing that happened. The sealer numbers lines densely and
// seals them in batches: the root of a Merkle tree over the lines' hashes (RFC
// 6962, section 2.1) stands in a [Header], which names the hash of the header
// before it and is signed with ed25519. A [Verifier] follows the chain.
package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// Kind says what a line is about.
type Kind string

// Kinds of lines. A new kind is no new form: who verifies knows none of them but [Redaction].
const (
	Submission Kind = "submission" // a message, and what was decided about it
	Reread     Kind = "reread"     // a stored message, judged anew
	Bulk       Kind = "bulk"       // one part of a bulk load, by the root of its messages
	Call       Kind = "call"       // a call of a destination about one entity, with its answer
	Refusal    Kind = "refusal"    // somebody without a valid key
	Action     Kind = "action"     // an operator did something
	Breaker    Kind = "breaker"    // calls to a destination stopped or went on
	Decision   Kind = "decision"   // the gateway judged by itself: it found drift, repaired it, or held something back
	Redaction  Kind = "redaction"  // lines whose details were taken out
)

// TimeLayout is how times stand in lines, headers and receipts: UTC, microseconds, always 27 characters.
const TimeLayout = "2006-01-02T15:04:05.000000Z"

// Stamp writes a time in that layout.
func Stamp(t time.Time) string { return t.UTC().Format(TimeLayout) }

// Line is one line in the making: a flat JSON object whose first members are
// kind, at and id. Its bytes are what is hashed, so that there is no canonical
// form to argue about.
type Line struct{ buf []byte }

// NewLine begins a line. id is of the thing that the line is about.
func NewLine(kind Kind, at time.Time, id uuid.UUID) *Line {
	b := make([]byte, 0, 512)
	b = append(append(b, `{"kind":"`...), kind...)
	b = at.UTC().AppendFormat(append(b, `","at":"`...), TimeLayout)
	b = appendUUID(append(b, `","id":"`...), id)
	return &Line{buf: append(b, '"')}
}

func (l *Line) name(name string) {
	if last := l.buf[len(l.buf)-1]; last != '{' {
		l.buf = append(l.buf, ',')
	}
	l.buf = append(append(append(l.buf, '"'), name...), '"', ':')
}

// Text adds a member; an empty text adds none. It is for codes, never for values of people.
func (l *Line) Text(name, value string) *Line {
	if value == "" {
		return l
	}
	l.name(name)
	l.buf, _ = jsontext.AppendQuote(l.buf, value) // invalid UTF-8 becomes U+FFFD
	return l
}

// Time adds a time.
func (l *Line) Time(name string, t time.Time) *Line {
	l.name(name)
	l.buf = append(t.UTC().AppendFormat(append(l.buf, '"'), TimeLayout), '"')
	return l
}

// Hex adds bytes in hexadecimal; none add no member.
func (l *Line) Hex(name string, value []byte) *Line {
	if len(value) == 0 {
		return l
	}
	l.name(name)
	l.buf = append(hex.AppendEncode(append(l.buf, '"'), value), '"')
	return l
}

// ID adds an id; the nil one adds no member.
func (l *Line) ID(name string, id uuid.UUID) *Line {
	if id == uuid.Nil {
		return l
	}
	l.name(name)
	l.buf = append(appendUUID(append(l.buf, '"'), id), '"')
	return l
}

// Int adds a number; zero adds no member.
func (l *Line) Int(name string, n int64) *Line {
	if n == 0 {
		return l
	}
	l.name(name)
	l.buf = strconv.AppendInt(l.buf, n, 10)
	return l
}

// IDs adds a list of ids; an empty one adds no member.
func (l *Line) IDs(name string, ids []uuid.UUID) *Line {
	if len(ids) == 0 {
		return l
	}
	l.name(name)
	for i, id := range ids {
		l.buf = append(appendUUID(append(l.buf, separator(i, '['), '"'), id), '"')
	}
	l.buf = append(l.buf, ']')
	return l
}

// Ints adds a list of numbers; an empty one adds no member.
func (l *Line) Ints(name string, numbers []int64) *Line {
	if len(numbers) == 0 {
		return l
	}
	l.name(name)
	for i, n := range numbers {
		l.buf = strconv.AppendInt(append(l.buf, separator(i, '[')), n, 10)
	}
	l.buf = append(l.buf, ']')
	return l
}

// List adds a list of n objects, each made of the members that item adds.
func (l *Line) List(name string, n int, item func(i int, l *Line)) *Line {
	if n == 0 {
		return l
	}
	l.name(name)
	for i := range n {
		l.buf = append(l.buf, separator(i, '['), '{')
		item(i, l)
		l.buf = append(l.buf, '}')
	}
	l.buf = append(l.buf, ']')
	return l
}

// String ends the line.
func (l *Line) String() string { return string(append(l.buf, '}')) }

func separator(i int, first byte) byte {
	if i == 0 {
		return first
	}
	return ','
}

func appendUUID(b []byte, id uuid.UUID) []byte {
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}

// Head is what every line begins with.
type Head struct {
	Kind Kind
	At   time.Time
	ID   uuid.UUID
}

// ParseHead reads the first members of a line, which have one spelling.
func ParseHead(line string) (h Head, err error) {
	bad := fault.New(fault.Malformed, "journal.ParseHead", "not a line of the journal")
	kind, rest, ok := cutQuoted(line, `{"kind":"`)
	if !ok {
		return h, bad
	}
	at, rest, ok := cutQuoted(rest, `,"at":"`)
	if !ok {
		return h, bad
	}
	id, _, ok := cutQuoted(rest, `,"id":"`)
	if !ok || len(id) != 36 {
		return h, bad
	}
	h.Kind = Kind(kind)
	if h.At, err = time.Parse(TimeLayout, at); err != nil {
		return h, bad
	}
	if h.ID, err = uuid.Parse(id); err != nil {
		return h, bad
	}
	return h, nil
}

func cutQuoted(s, before string) (value, rest string, ok bool) {
	if len(s) < len(before) || s[:len(before)] != before {
		return "", "", false
	}
	s = s[len(before):]
	for i := range len(s) {
		if s[i] == '"' {
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}

// Digest is a commitment to texts that may not stand in the journal: who holds
// them can show that they are the ones. Each goes in with its length.
func Digest(texts ...string) Hash {
	h := sha256.New()
	for _, t := range texts {
		h.Write([]byte(strconv.Itoa(len(t)) + ":" + t))
	}
	return Hash(h.Sum(nil))
}
