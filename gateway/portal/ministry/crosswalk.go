package ministry

import (
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// Codes of the gen-2 portal contract for what the canonical model says in
// words. What is missing here is not shown: the dossier is held back.

// subjects is LoaiDoiTuong. State agencies and other organisations have no code.
var subjects = map[schema.SubjectKind]int{
	schema.Citizen:           0,
	schema.Enterprise:        1,
	schema.HouseholdBusiness: 2,
}

// electronic is the LoaiBan of whatever goes with a file; 0 is an original and 1 a copy on paper.
const electronic = 2

// code is the portal's number of a status, 0 when it has none.
func code(s schema.Status) int {
	n, _ := strconv.Atoi(s.Gen1())
	return n
}

// ownerPapers is the order in which SoDinhDanh is chosen.
var ownerPapers = [...]schema.Scheme{
	schema.SchemePersonalNumber, schema.SchemeCMND, schema.SchemePassport, schema.SchemeTaxCode, schema.SchemeHousehold,
}

// genuine returns the first identifier, in that order, that is whole and no
// filler. 000000001 never leaves as somebody's identity.
func genuine(ids []schema.Identifier) string {
	for _, scheme := range ownerPapers {
		for _, id := range ids {
			value := clean(id.Value)
			switch {
			case id.Scheme != scheme || schema.IsFiller(value):
				continue
			case scheme == schema.SchemePersonalNumber:
				parsed, _, _ := schema.ParsePersonalNumber(value)
				value = parsed.Value
			case scheme == schema.SchemeCMND:
				parsed, _ := schema.ParseCMND(value)
				value = parsed.Value
			}
			if value != "" {
				return value
			}
		}
	}
	return ""
}

func clean(s string) string { return strings.TrimSpace(schema.NFC(s)) }
