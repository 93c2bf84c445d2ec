package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// pair is one code of the contract and what it means.
type pair[T any] struct {
	code  string
	means T
}

// coded returns what a code means; an unknown one is dropped with a warning.
func coded[T any](r *field.Reader, key string, raw strict.Text, table []pair[T]) T {
	code := r.Code(raw)
	for _, p := range table {
		if p.code == code {
			return p.means
		}
	}
	var none T
	if code != "" {
		r.Warn(key, "value.unmapped")
	}
	return none
}

// status reads one of the ten states. 0 (handed on, state unknown), 11 and
// whatever a system invents keep the record out: a wrong state must not reach the portal.
func status(r *field.Reader, key string, raw strict.Text) schema.Status {
	code := r.Code(raw)
	s, known := schema.StatusFromGen1(code)
	switch {
	case code == "":
		r.Refuse(key, "field.required")
	case !known:
		r.Refuse(key, "status.unmapped")
	}
	return s
}

// submissionPlace is where a dossier was handed in (NoiNopHoSo).
type submissionPlace bool

const atPortal submissionPlace = true

// The code lists of the gen-1 portal contract.
var (
	channels      = []pair[schema.Channel]{{"1", schema.Direct}, {"2", schema.Online}, {"3", schema.Postal}}
	places        = []pair[submissionPlace]{{"1", atPortal}, {"2", false}}
	returnMethods = []pair[schema.ReturnMethod]{{"0", schema.AtCounter}, {"1", schema.ByPost}}
	subjectKinds  = []pair[schema.SubjectKind]{
		{"1", schema.Citizen}, {"2", schema.Enterprise}, {"3", schema.StateAgency}, {"4", schema.OtherOrganisation},
	}
	onlinePayments = []pair[schema.OnlinePayment]{
		{"0", ""}, {"1", schema.PaidAtPortal}, {"2", schema.PaidAtProvince}, {"3", schema.NotPaidOnline},
	}
	reuses = []pair[schema.PaperReuse]{{"0", ""}, {"1", schema.ReusedComponent}, {"2", schema.ReusedResult}}
)
