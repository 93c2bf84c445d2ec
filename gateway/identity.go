package gateway

import (
	"github.com/lienthong/lienthong/schema"
)

// Grounds on which a mention is linked to an entity, or is not.
const (
	GroundIdentifier    = "identifier"    // a strong identifier that nothing contradicts
	GroundNone          = "none"          // nothing that would decide
	GroundContradiction = "contradiction" // the identifier belongs to somebody else by name and birth
)

// StrongIdentifier returns the identifier of a mention that decides by itself, if there is one.
func StrongIdentifier(m schema.Mention) (schema.Identifier, bool) {
	for _, id := range m.Identifiers {
		if id.Scheme.Strong() {
			return id, true
		}
	}
	return schema.Identifier{}, false
}

// Contradicts reports whether a mention cannot be the person or organisation
// that its identifier is bound to. A clerk who types the mother's number into
// the father's field gives a right number with a wrong name: a name that
// differs is contradicted unless the day of birth is the same, and a birth
// year or another personal number that differs always is. Names of
// organisations change and are abbreviated; the tax code stands.
func Contradicts(golden schema.Body, m schema.Mention) bool {
	g, ok := golden.(*schema.Person)
	if !ok || g == nil || m.Kind != schema.KindPerson {
		return false
	}
	if !g.Birth.IsZero() && !m.Birth.IsZero() && g.Birth.Year() != m.Birth.Year() || otherNumber(g.Identifiers, m.Identifiers) {
		return true
	}
	if g.FullName == "" || m.Name == "" || schema.FoldKey(g.FullName) == schema.FoldKey(m.Name) {
		return false
	}
	// A year alone is shared by too many, parents of one child among them.
	return g.Birth.Precision() != schema.FullDate || g.Birth != m.Birth
}

// NumberContradicts reports whether the digits of a personal number speak of
// another sex or year of birth than the mention that declares it (Decree
// 137/2015/NĐ-CP, Article 13). Such a number is bound to nobody: the first
// slip of a clerk would otherwise keep its owner out for good.
func NumberContradicts(id schema.Identifier, m schema.Mention) bool {
	if id.Scheme != schema.SchemePersonalNumber || m.Kind != schema.KindPerson {
		return false
	}
	parsed, says, _ := schema.ParsePersonalNumber(id.Value)
	if parsed != id {
		return false
	}
	wrongSex := (m.Sex == schema.Male || m.Sex == schema.Female) && m.Sex != says.Sex
	return wrongSex || !m.Birth.IsZero() && m.Birth.Year() != says.BirthYear
}

// Mentioned returns the golden body of a person or organisation after a
// mention: what was open is filled, nothing is overwritten. The second result
// says whether anything changed. golden may be nil.
func Mentioned(golden schema.Body, m schema.Mention) (schema.Body, bool) {
	if m.Kind == schema.KindOrganisation {
		return mentionedOrganisation(golden, m)
	}
	var p schema.Person
	if g, ok := golden.(*schema.Person); ok && g != nil {
		p = *g
	}
	changed := golden == nil
	if p.FullName == "" && m.Name != "" {
		p.FullName, changed = m.Name, true
	}
	if p.Birth.IsZero() && !m.Birth.IsZero() {
		p.Birth, changed = m.Birth, true
	}
	if p.Sex == "" && m.Sex != "" {
		p.Sex, changed = m.Sex, true
	}
	p.Identifiers, changed = withStrong(p.Identifiers, m, changed)
	return &p, changed
}

func mentionedOrganisation(golden schema.Body, m schema.Mention) (schema.Body, bool) {
	var o schema.Organisation
	if g, ok := golden.(*schema.Organisation); ok && g != nil {
		o = *g
	}
	changed := golden == nil
	if o.LegalName == "" && m.Name != "" {
		o.LegalName, changed = m.Name, true
	}
	o.Identifiers, changed = withStrong(o.Identifiers, m, changed)
	return &o, changed
}

func withStrong(have []schema.Identifier, m schema.Mention, changed bool) ([]schema.Identifier, bool) {
	out := append([]schema.Identifier(nil), have...)
next:
	for _, id := range m.Identifiers {
		if !id.Scheme.Strong() {
			continue
		}
		for _, known := range out {
			if known == id {
				continue next
			}
		}
		out, changed = append(out, id), true
	}
	return out, changed
}
