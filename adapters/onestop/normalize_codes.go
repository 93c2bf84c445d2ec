package onestop

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// pair is one code of a contract and what it means.
type pair[T any] struct {
	code  string
	means T
}

func meaning[T any](table []pair[T], code string) (means T, known bool) {
	for _, p := range table {
		if p.code == code {
			return p.means, true
		}
	}
	return means, false
}

// coded returns what a code means; an unknown one is dropped with a warning.
func coded[T any](r *field.Reader, key string, raw strict.Text, table []pair[T]) T {
	code := r.Code(raw)
	means, known := meaning(table, code)
	if !known && code != "" {
		r.Warn(key, "value.unmapped")
	}
	return means
}

// status reads a state: the portal's number, its label, or a state of OpenCPS.
// What is none of the ten keeps the record out: a wrong state must not reach the
// portal, least of all one flattened to a neighbour.
func status(r *field.Reader, key string, raw strict.Text) schema.Status {
	code := r.Code(raw)
	if code == "" {
		r.Refuse(key, "field.required")
		return ""
	}
	if s, known := schema.StatusFromGen1(code); known {
		return s
	}
	if s, known := meaning(statusWords, schema.Fold(code)); known {
		if s == "" {
			r.Note(key, note(statusInternal, schema.Refused))
		}
		return s
	}
	r.Refuse(key, "status.unmapped")
	return ""
}

// statusWords are states in words, folded: those of OpenCPS, then the portal's
// labels. A state without meaning is one that systems keep among themselves:
// handed on to another system (0), its message on the way.
var statusWords = []pair[schema.Status]{
	{"receiving", schema.Submitted}, {"new", schema.Received}, {"denied", schema.Rejected}, {"processing", schema.InProgress},
	{"waiting", schema.SupplementRequired}, {"paying", schema.PaymentRequired}, {"cancelled", schema.Withdrawn},
	{"unresolved", schema.Stopped}, {"releasing", schema.Completed}, {"done", schema.Returned},
	{"interoperating", ""}, {"posting", ""}, {"0", ""},
	{"moi dang ky", schema.Submitted}, {"duoc tiep nhan", schema.Received}, {"khong duoc tiep nhan", schema.Rejected},
	{"dang xu ly", schema.InProgress}, {"yeu cau bo sung giay to", schema.SupplementRequired},
	{"yeu cau thuc hien nghia vu tai chinh", schema.PaymentRequired}, {"cong dan yeu cau rut ho so", schema.Withdrawn},
	{"dang xu li", schema.InProgress}, {"dung xu li", schema.Stopped}, {"da xu li xong", schema.Completed}, // so spelt by many
	{"dung xu ly", schema.Stopped}, {"da xu ly xong", schema.Completed}, {"da tra ket qua", schema.Returned},
}

// channel reads how a dossier was submitted, by number or in words.
func channel(r *field.Reader, key string, raw strict.Text) schema.Channel {
	return coded(r, key, strict.Text(schema.Fold(r.Code(raw))), channels)
}

// procedureCode reads the national code; what the province wrote is returned
// beside it where it differs. A sheet that took the code for a number lost the
// zeros at its end, and wrote a comma where its language has one.
func procedureCode(r *field.Reader, key string, raw strict.Text) (national, local string) {
	if raw == "" {
		return "", ""
	}
	written := strings.ToUpper(strings.TrimSpace(string(raw)))
	code, found := schema.ParseProcedureCode(written)
	if code.National == "" {
		if whole, ok := withZeros(written); ok {
			r.Note(key, note(procedureZeros, schema.Warning))
			return whole, ""
		}
	}
	r.Found(key, found, schema.Refused)
	if written != code.National {
		local = written
	}
	return code.National, local
}

// withZeros brings d.d… or d,d… to one digit and six.
func withZeros(s string) (string, bool) {
	if len(s) < 3 || len(s) > 8 || s[1] != '.' && s[1] != ',' {
		return "", false
	}
	for i := range s {
		if i != 1 && (s[i] < '0' || s[i] > '9') {
			return "", false
		}
	}
	return s[:1] + "." + s[2:] + "000000"[len(s)-2:], true
}

// submissionPlace is where a dossier was handed in (NoiNopHoSo).
type submissionPlace bool

const atPortal submissionPlace = true

// The code lists of the contracts.
var (
	channels = []pair[schema.Channel]{
		{"1", schema.Direct}, {"2", schema.Online}, {"3", schema.Postal},
		{"truc tiep", schema.Direct}, {"truc tuyen", schema.Online}, {"buu chinh cong ich", schema.Postal},
	}
	places        = []pair[submissionPlace]{{"1", atPortal}, {"2", false}}
	returnMethods = []pair[schema.ReturnMethod]{{"0", schema.AtCounter}, {"1", schema.ByPost}}
	subjectKinds  = []pair[schema.SubjectKind]{
		{"1", schema.Citizen}, {"2", schema.Enterprise}, {"3", schema.StateAgency}, {"4", schema.OtherOrganisation},
	}
	ministrySubjects = []pair[schema.SubjectKind]{{"0", schema.Citizen}, {"1", schema.Enterprise}, {"2", schema.HouseholdBusiness}}
	onlinePayments   = []pair[schema.OnlinePayment]{
		{"0", ""}, {"1", schema.PaidAtPortal}, {"2", schema.PaidAtProvince}, {"3", schema.NotPaidOnline},
	}
	reuses = []pair[schema.PaperReuse]{{"0", ""}, {"1", schema.ReusedComponent}, {"2", schema.ReusedResult}}
)
