package gateway

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// Claim is what one record says of an entity. Source, kind of Body and ID are
// the key of the record.
type Claim struct {
	Source    string
	ID        string
	EventTime time.Time // zero: not told
	Body      schema.Body
	Sealed    schema.Sealed // of Body, where it is at hand
}

// Derive returns the golden body of an entity from the claims of its records,
// by the rules of [FieldRules]. It is pure and does not depend on the order of
// claims, so that a golden body can be rebuilt at any time. Prior is the golden
// body held so far, nil for a new entity: of a dossier it keeps what may be said
// only once, of a person what others mentioned. Neither is changed.
func Derive(kind schema.Kind, claims []Claim, prior schema.Body) schema.Body {
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, compareClaims)
	if kind == schema.KindDossier {
		held, _ := prior.(*schema.Dossier)
		return deriveDossier(claims, held)
	}
	golden := kind.New()
	for _, c := range claims { // best first; the others fill what it leaves open
		fill(reflect.ValueOf(golden).Elem(), reflect.ValueOf(c.Body).Elem())
	}
	if held, ok := prior.(*schema.Person); ok { // what registers mentioned of a person stands in no record of the person's
		fillPerson(reflect.ValueOf(golden).Elem(), reflect.ValueOf(held).Elem())
	}
	return golden
}

// DeriveSealed returns the golden body with its canonical form. What one
// record alone says of an entity is golden as it stands and is not encoded twice.
func DeriveSealed(kind schema.Kind, claims []Claim, prior schema.Body) (schema.Body, schema.Sealed, error) {
	if prior == nil && len(claims) == 1 && claims[0].Sealed.JSON != nil && golden(kind, claims[0].Body) {
		return claims[0].Body, claims[0].Sealed, nil
	}
	body := Derive(kind, claims, prior)
	sealed, err := schema.SealBody(body)
	return body, sealed, err
}

// golden reports whether a record's body can be an entity's: it is of its kind, and a dossier has no steps yet.
func golden(kind schema.Kind, body schema.Body) bool {
	d, dossier := body.(*schema.Dossier)
	return body.Kind() == kind && (!dossier || len(d.Steps) == 0)
}

// compareClaims puts the claim that decides first: a registration before an
// application, a row of the land register before a dossier about it, a later version or event before an earlier one. The key of the
// record settles the rest, so that no two claims are equal.
func compareClaims(a, b Claim) int {
	if c := cmp.Compare(weight(b), weight(a)); c != 0 {
		return c
	}
	if c := b.EventTime.Compare(a.EventTime); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Source, b.Source), cmp.Compare(a.Body.Kind(), b.Body.Kind()), strings.Compare(a.ID, b.ID))
}

func weight(c Claim) int64 {
	switch b := c.Body.(type) {
	case *schema.CivilEvent:
		if b.Stage == schema.Registered {
			return 1
		}
	case *schema.LandParcel:
		if b.RegisterID != "" || b.Certificate != nil {
			return 1
		}
	case *schema.Organisation:
		return b.ChangeCount
	}
	return 0
}

var personType = reflect.TypeFor[schema.Person]()

// fill copies into the zero fields of to what from says. A person is filled
// field by field from what is said of the same person; every other part (an
// address, a date, a list) is taken whole or not at all, since halves of two
// sources make a third, false one.
func fill(to, from reflect.Value) {
	for i := range to.NumField() {
		dst, src := to.Field(i), from.Field(i)
		switch {
		case dst.Type() == personType:
			fillPerson(dst, src)
		case dst.Kind() == reflect.Pointer && dst.Type().Elem() == personType && !src.IsNil():
			if dst.IsNil() {
				dst.Set(reflect.New(personType))
			}
			fillPerson(dst.Elem(), src.Elem())
		case dst.IsZero():
			dst.Set(src)
		}
	}
}

// fillPerson leaves a person alone when from is somebody else in the same
// role, such as the applicant of an earlier dossier of a parcel.
func fillPerson(to, from reflect.Value) {
	if samePerson(to.Addr().Interface().(*schema.Person), from.Addr().Interface().(*schema.Person)) {
		fill(to, from)
	}
}

// samePerson reports whether nothing says that a and b are two people.
func samePerson(a, b *schema.Person) bool {
	if a.FullName != "" && b.FullName != "" && schema.FoldKey(a.FullName) != schema.FoldKey(b.FullName) {
		return false
	}
	return a.Birth.Agrees(b.Birth) && !otherNumber(a.Identifiers, b.Identifiers)
}

// otherNumber reports whether both have a personal number and none in common.
func otherNumber(a, b []schema.Identifier) bool {
	differs := false
	for _, x := range a {
		for _, y := range b {
			if x.Scheme != schema.SchemePersonalNumber || y.Scheme != x.Scheme {
				continue
			}
			if x == y {
				return false
			}
			differs = true
		}
	}
	return differs
}
