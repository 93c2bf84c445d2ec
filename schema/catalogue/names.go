package catalogue

import (
	"strconv"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

// Part is a part of a Vietnamese personal name.
type Part string

// Parts in the order in which a name is written.
const (
	Family Part = "family"
	Middle Part = "middle" // may be two words: "Thị Thanh"
	Given  Part = "given"
)

// NamePart is one value of a part with its weight, for sample data. The lists
// are syllables with counts; no person's name is in them.
type NamePart struct {
	Part   Part
	Text   string
	Sex    schema.Sex // "" means both
	Weight float64    // per cent of people, roughly; 1 each among the family names of one ethnic group
	Ethnic string     // code of the group that bears a family name; "" is general
}

var nameParts = sync.OnceValue(func() []NamePart {
	var all []NamePart
	for f := range rows("names", 5) {
		weight, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			panic("catalogue: weight of a name")
		}
		all = append(all, NamePart{Part: Part(f[0]), Text: f[4], Sex: schema.Sex(f[1]), Weight: weight, Ethnic: f[3]})
	}
	return all
})

// NameParts returns the values of a part that a person of a sex bears: those of
// that sex and those of both; every value for the empty sex. ethnic is the code
// of a group for its own family names, "" for the general ones. The general
// family names have national shares with the spellings of the north (Hoàng, Vũ);
// middle and given names come from a southern sample in which men are many.
func NameParts(part Part, sex schema.Sex, ethnic string) []NamePart {
	var out []NamePart
	for _, n := range nameParts() {
		if n.Part == part && n.Ethnic == ethnic && (sex == "" || n.Sex == "" || n.Sex == sex) {
			out = append(out, n)
		}
	}
	return out
}

// PickName returns the part at a point between 0 and 1 of the summed weights, so
// that a seeded generator draws names by their frequency. It panics when parts is empty.
func PickName(parts []NamePart, point float64) NamePart {
	total := 0.0
	for _, p := range parts {
		total += p.Weight
	}
	point *= total
	for _, p := range parts {
		if point -= p.Weight; point < 0 {
			return p
		}
	}
	return parts[len(parts)-1]
}
