package catalogue

import (
	"slices"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

// EnterpriseType is a legal form or a category of an enterprise, household
// business, cooperative or dependent unit. The codes are ours: those of the
// national register are not public.
type EnterpriseType struct {
	Code   string
	Kind   string // "enterprise", "household_business", "cooperative", "dependent_unit"
	Name   string
	Abbrev []string
}

var enterpriseTypes = sync.OnceValue(func() []EnterpriseType {
	var all []EnterpriseType
	for f := range rows("enterprise_types", 4) {
		all = append(all, EnterpriseType{Code: f[0], Kind: f[1], Name: f[2], Abbrev: list(f[3], ";")})
	}
	return all
})

// EnterpriseTypes returns every type.
func EnterpriseTypes() []EnterpriseType { return slices.Clone(enterpriseTypes()) }

// EnterpriseTypeByLabel returns the type that a register's label names, in full
// or abbreviated, whatever its case, diacritics and punctuation.
func EnterpriseTypeByLabel(label string) (EnterpriseType, bool) {
	key := schema.FoldKey(schema.NFC(label))
	if key == "" {
		return EnterpriseType{}, false
	}
	for _, t := range enterpriseTypes() {
		names := append([]string{t.Name}, t.Abbrev...)
		if slices.ContainsFunc(names, func(n string) bool { return schema.FoldKey(n) == key }) {
			return t, true
		}
	}
	return EnterpriseType{}, false
}

// Industry is a line of business: a four-digit class of VSIC 2025 (Decision
// 36/2025/QĐ-TTg, in force since 15/11/2025).
type Industry struct {
	Code string
	Name string
}

var industries = sync.OnceValue(func() []Industry {
	var all []Industry
	for f := range rows("vsic2025", 2) {
		all = append(all, Industry{f[0], f[1]})
	}
	return all
})

// Industries returns the 495 classes by code.
func Industries() []Industry { return slices.Clone(industries()) }

// IndustryByCode returns a class by its four digits.
func IndustryByCode(code string) (Industry, bool) {
	for _, v := range industries() {
		if v.Code == code {
			return v, true
		}
	}
	return Industry{}, false
}
