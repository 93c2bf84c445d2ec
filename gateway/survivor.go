package gateway

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// Claim is what one record says of an entity.
type Claim struct {
	Source    string
	EventTime time.Time // zero: not told
	Body      schema.Body
}

// Derive returns the golden body of an entity from the claims of its records.
// It is pure and does not depend on the order of claims, so that a golden body
// can be rebuilt at any time. Claims are not changed.
func Derive(kind schema.Kind, claims []Claim) schema.Body {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, compareClaims)
	if kind == schema.KindDossier {
		return deriveDossier(claims)
	}
	golden := kind.New()
	for _, c := range claims { // best first; the others fill what it leaves open
		fill(reflect.ValueOf(golden).Elem(), reflect.ValueOf(c.Body).Elem())
	}
	return golden
}

// compareClaims puts the claim that decides first: a registration before an
// application, a later version or event before an earlier one.
func compareClaims(a, b Claim) int {
	if d := weight(b) - weight(a); d != 0 {
		return int(d)
	}
	if c := b.EventTime.Compare(a.EventTime); c != 0 {
		return c
	}
	return strings.Compare(a.Source, b.Source)
}

func weight(c Claim) int64 {
	switch b := c.Body.(type) {
	case *schema.CivilEvent:
		if b.Stage == schema.Registered {
			return 1
		}
	case *schema.Organisation:
		return b.ChangeCount
	}
	return 0
}

var personType = reflect.TypeFor[schema.Person]()

// fill copies into the zero fields of to what from says. People are filled
// field by field; every other part (an address, a date, a list) is taken whole
// or not at all, since halves of two sources make a third, false one.
func fill(to, from reflect.Value) {
	for i := range to.NumField() {
		dst, src := to.Field(i), from.Field(i)
		switch {
		case dst.Type() == personType:
			fill(dst, src)
		case dst.Kind() == reflect.Pointer && dst.Type().Elem() == personType && !src.IsNil():
			if dst.IsNil() {
				dst.Set(reflect.New(personType))
			}
			fill(dst.Elem(), src.Elem())
		case dst.IsZero():
			dst.Set(src)
		}
	}
}
