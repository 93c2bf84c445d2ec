package schema

import (
	"regexp"
	"strings"
	"unicode"
)

// Codes of problems with the codes of dossiers, procedures, results and agencies.
const (
	DossierForm   = "dossier.form"   // the number has none of the known forms; it is kept
	DossierSpaces = "dossier.spaces" // spaces inside the number removed
	ProcedureForm = "procedure.form" // not d.dddddd with or without a provincial suffix
	ResultForm    = "result.form"    // not KQ.Gnn.nnnnnn; dropped
	ResultTail    = "result.tail"    // a letter stuck to the end removed
	AgencyForm    = "agency.form"    // neither of the two forms of agency codes
)

const maxDossierNumber = 100 // bytes

// dossierForms covers the six generations of dossier numbers since Circular
// 01/2018/TT-VPCP: agency code in the old 13-character or the newer form, date
// as yyMMdd or yyyyMMdd, running number of four to seven digits.
var dossierForms = regexp.MustCompile(`^(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,4}){0,5}-(?:\d{6}|\d{8})-\d{4,7}$`)

// ParseDossierNumber reads a dossier number. It is opaque: trimmed, upper case,
// nothing is read out of it, and one of an unknown form is kept with a warning.
func ParseDossierNumber(s string) (Identifier, []Problem) {
	clean := CleanCode(s)
	if clean == "" {
		return Identifier{}, nil
	}
	number := NFC(strings.ToUpper(strings.ReplaceAll(clean, " ", "")))
	if IsFiller(clean) || IsFiller(number) || len(clean) > maxDossierNumber {
		return Identifier{}, []Problem{refusal(DossierForm, "Mã hồ sơ không hợp lệ.", "Not a dossier number.", "H05.16-251103-0001")}
	}
	var problems []Problem
	if strings.Contains(clean, " ") {
		problems = append(problems, repair(DossierSpaces, "Đã bỏ dấu cách trong mã hồ sơ.", "Spaces inside the number were removed."))
	}
	if !dossierForms.MatchString(number) {
		problems = append(problems, doubt(DossierForm, "Mã hồ sơ không theo dạng nào đã biết; được giữ nguyên.",
			"The number has none of the known forms; it is kept.", "H05.16-251103-0001"))
	}
	return Identifier{SchemeDossier, number}, problems
}

// ProcedureCode is a procedure's code in the national catalogue and the agency
// root that a province adds to its own copy, "" when it adds none.
type ProcedureCode struct {
	National string // d.dddddd
	Local    string // "H56"
}

var procedureForm = regexp.MustCompile(`^(\d\.\d{6})(?:\.000\.00\.00)?(?:\.(H\d{2}))?$`)

// ParseProcedureCode reads 1.001193, 1.001193.H56 or 1.001193.000.00.00.H56,
// which are one procedure. Anything else gives a refusal.
func ParseProcedureCode(s string) (ProcedureCode, []Problem) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return ProcedureCode{}, nil
	}
	m := procedureForm.FindStringSubmatch(s)
	if m == nil {
		return ProcedureCode{}, []Problem{refusal(ProcedureForm, "Mã thủ tục hành chính không đúng dạng.",
			"Not a procedure code.", "1.001193")}
	}
	return ProcedureCode{National: m[1], Local: m[2]}, nil
}

var resultForm = regexp.MustCompile(`^(KQ\.[A-Z]\d{2}\.\d{6})([A-Z]?)$`)

// ParseResultCode reads the code of a kind of result, KQ.G15.000031. A letter
// stuck to the end, as exports produce it, is removed; any other form is
// dropped with a warning, since a wrong code is worse than none.
func ParseResultCode(s string) (string, []Problem) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if s == "" {
		return "", nil
	}
	m := resultForm.FindStringSubmatch(s)
	switch {
	case m == nil:
		return "", []Problem{doubt(ResultForm, "Mã kết quả không đúng dạng; đã bỏ qua.", "Not a result code; dropped.", "KQ.G15.000031")}
	case m[2] != "":
		return m[1], []Problem{repair(ResultTail, "Đã bỏ chữ cái thừa ở cuối mã kết quả.", "A stray letter at the end was removed.")}
	}
	return m[1], nil
}

// AgencyCode is an agency identifier (mã định danh điện tử). Both of its forms
// denote the same agency: 000.00.16.H05 is H05.16.
type AgencyCode struct {
	Code string // form of Decision 20/2020/QĐ-TTg: H05.16
	Root string // the ministry or province: H05
}

var (
	agencyForm13 = regexp.MustCompile(`^(\d{3})\.(\d{2})\.(\d{2})\.([A-Z]\d{2})$`)
	agencyForm20 = regexp.MustCompile(`^([A-Z]\d{2})(?:\.[0-9A-Z]{1,6})*$`)
)

// ParseAgencyCode reads an agency identifier in the 13-character form of
// QCVN 102:2016 or the one of Decision 20/2020/QĐ-TTg (at most 35 characters).
// Groups of zeros at the end mean the level above and are cut.
func ParseAgencyCode(s string) (AgencyCode, []Problem) {
	s = strings.ToUpper(strings.TrimFunc(s, unicode.IsSpace))
	if s == "" {
		return AgencyCode{}, nil
	}
	if m := agencyForm13.FindStringSubmatch(s); m != nil {
		return AgencyCode{Code: newAgencyForm(m[4], m[3], m[2], m[1]), Root: m[4]}, nil
	}
	if m := agencyForm20.FindStringSubmatch(s); m != nil && len(s) <= 35 {
		return AgencyCode{Code: newAgencyForm(m[1], strings.Split(s, ".")[1:]...), Root: m[1]}, nil
	}
	return AgencyCode{}, []Problem{refusal(AgencyForm, "Mã định danh cơ quan không đúng dạng.",
		"Not an agency identifier.", "H05.16, 000.00.16.H05")}
}

// newAgencyForm joins the levels below the root up to the last that is not zero.
func newAgencyForm(root string, levels ...string) string {
	last := len(levels)
	for last > 0 && strings.Trim(levels[last-1], "0") == "" {
		last--
	}
	return strings.Join(append([]string{root}, levels[:last]...), ".")
}

// Legacy returns the 13-character form, "" where the code has more levels or
// other group lengths than that form can hold.
func (a AgencyCode) Legacy() string {
	groups := strings.Split(a.Code, ".")
	out := [3]string{"00", "00", "000"}
	if a.Code == "" || len(groups) > 4 {
		return ""
	}
	for i, g := range groups[1:] {
		if len(g) != len(out[i]) || strings.Trim(g, "0123456789") != "" {
			return ""
		}
		out[i] = g
	}
	return out[2] + "." + out[1] + "." + out[0] + "." + groups[0]
}
