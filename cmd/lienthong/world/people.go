package world

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// people draws invented people with names by their frequency.
type people struct {
	family        []catalogue.NamePart
	middle, given map[schema.Sex][]catalogue.NamePart
}

// person is an invented person whose number agrees with sex and birth.
type person struct {
	name  string
	sex   schema.Sex
	birth time.Time
	pin   string
}

func newPeople() people {
	p := people{
		family: catalogue.NameParts(catalogue.Family, "", ""),
		middle: map[schema.Sex][]catalogue.NamePart{}, given: map[schema.Sex][]catalogue.NamePart{},
	}
	for _, sex := range []schema.Sex{schema.Male, schema.Female} {
		p.middle[sex] = catalogue.NameParts(catalogue.Middle, sex, "")
		p.given[sex] = catalogue.NameParts(catalogue.Given, sex, "")
	}
	return p
}

// adult returns an adult of a sex.
func (p people) adult(r *rand.Rand, sex schema.Sex) person {
	birth := time.Date(1950+r.IntN(55), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, schema.VietNam())
	return p.born(r, birth, sex)
}

func (people) sex(r *rand.Rand) schema.Sex {
	if r.IntN(2) == 0 {
		return schema.Female
	}
	return schema.Male
}

// born returns a person of a birth date, registered in one of the two old provinces of the new one.
func (p people) born(r *rand.Rand, birth time.Time, sex schema.Sex) person {
	digit := 0
	if sex == schema.Female {
		digit = 1
	}
	if birth.Year() >= 2000 {
		digit += 2
	}
	place := [...]string{"024", "027"}[r.IntN(2)]
	return person{
		name: catalogue.PickName(p.family, r.Float64()).Text + " " +
			catalogue.PickName(p.middle[sex], r.Float64()).Text + " " + catalogue.PickName(p.given[sex], r.Float64()).Text,
		sex: sex, birth: birth,
		pin: fmt.Sprintf("%s%d%02d%06d", place, digit, birth.Year()%100, r.IntN(1_000_000)),
	}
}

// sexNumber returns the sex as the civil registry numbers it.
func (p person) sexNumber() int {
	if p.sex == schema.Female {
		return 2
	}
	return 1
}

func (p person) sexCode() string { return strconv.Itoa(p.sexNumber()) }
