package schema

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// Collator puts texts in Vietnamese order: a ă â b c d đ e ê …, within a letter
// the tones huyền, hỏi, ngã, sắc, nặng, small letters before capitals, digits by
// their number. The order is that of CLDR as golang.org/x/text carries it, the
// same on every machine and whatever the database's locale. A Collator belongs
// to one goroutine; the functions of this package share a pool of them.
type Collator struct {
	words *collate.Collator
	buf   collate.Buffer
}

// NewCollator returns a collator; making one takes some microseconds.
func NewCollator() *Collator {
	return &Collator{words: collate.New(language.Vietnamese, collate.Numeric)}
}

// Compare returns -1, 0 or 1 as a stands before, with or behind b. Texts that
// differ in nothing but composition or the placement of a tone are equal.
func (c *Collator) Compare(a, b string) int {
	return c.words.CompareString(UnifyTones(NFC(a)), UnifyTones(NFC(b)))
}

// CompareNames compares names of persons as Vietnamese lists do: by the given
// name, which is the last word, then by the family name and the middle names.
func (c *Collator) CompareNames(a, b string) int {
	givenA, restA := splitGiven(a)
	givenB, restB := splitGiven(b)
	if order := c.Compare(givenA, givenB); order != 0 {
		return order
	}
	return c.Compare(restA, restB)
}

// Key returns bytes that compare as the text does, for sorting long lists once.
func (c *Collator) Key(s string) []byte {
	key := slices.Clone(c.words.KeyFromString(&c.buf, UnifyTones(NFC(s))))
	c.buf.Reset()
	return key
}

var collators = sync.Pool{New: func() any { return NewCollator() }}

// Compare compares two texts in Vietnamese order; see [Collator].
func Compare(a, b string) int {
	c := collators.Get().(*Collator)
	defer collators.Put(c)
	return c.Compare(a, b)
}

// CompareNames compares two names of persons by given name, family name and
// middle names; see [Collator]. It serves slices.SortFunc.
func CompareNames(a, b string) int {
	c := collators.Get().(*Collator)
	defer collators.Put(c)
	return c.CompareNames(a, b)
}

// splitGiven takes the last word of a name from the rest.
func splitGiven(name string) (given, rest string) {
	name = strings.TrimSpace(name)
	i := strings.LastIndexByte(name, ' ')
	return name[i+1:], strings.TrimSpace(name[:i+1])
}
