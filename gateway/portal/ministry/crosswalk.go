package ministry

import (
	"strconv"

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
