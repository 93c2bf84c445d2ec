package portal

import (
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// ownerPapers is the order in which the one number of an applicant is chosen.
var ownerPapers = [...]schema.Scheme{
	schema.SchemePersonalNumber, schema.SchemeCMND, schema.SchemePassport, schema.SchemeTaxCode, schema.SchemeHousehold,
}

// OwnerPaper returns the number that stands for an applicant where a contract has room for one.
func OwnerPaper(ids []schema.Identifier) string {
	for _, scheme := range ownerPapers {
		for _, id := range ids {
			if id.Scheme != scheme {
				continue
			}
			if value := Genuine(id); value != "" {
				return value
			}
		}
	}
	return ""
}

// Genuine returns the value of an identifier, "" for fillers and for numbers
// that are not whole. 000000001 never leaves as somebody's identity.
func Genuine(id schema.Identifier) string {
	value := Clean(id.Value)
	switch id.Scheme {
	case schema.SchemePersonalNumber:
		parsed, _, _ := schema.ParsePersonalNumber(value)
		return parsed.Value
	case schema.SchemeCMND:
		parsed, _ := schema.ParseCMND(value)
		return parsed.Value
	}
	if schema.IsFiller(value) {
		return ""
	}
	return value
}

// Clean returns a text as it leaves: in NFC, without space around it.
func Clean(s string) string { return strings.TrimSpace(schema.NFC(s)) }
