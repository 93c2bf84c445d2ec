package catalogue

import (
	"slices"
	"strings"
	"sync"
)

// Procedure is an administrative procedure (thủ tục hành chính) as the national
// catalogue publishes it.
type Procedure struct {
	Code    string // d.dddddd
	Name    string
	Field   string   // lĩnh vực, by name: "Hộ tịch"
	Levels  []Level  // who decides
	Results []string // result codes KQ.Gnn.nnnnnn, nil where the catalogue names none
}

// Level is a level of government that decides on a procedure.
type Level string

// Levels as the catalogue tells them apart. There are no districts since 01/07/2025.
const (
	LevelMinistry Level = "ministry"
	LevelProvince Level = "province"
	LevelCommune  Level = "commune"
	LevelOther    Level = "other"
)

// procedures is sorted by code.
var procedures = sync.OnceValue(func() []Procedure {
	var all []Procedure
	for f := range rows("procedures", 5) {
		p := Procedure{Code: f[0], Field: f[1], Results: list(f[3], ","), Name: f[4]}
		for _, level := range list(f[2], ",") {
			p.Levels = append(p.Levels, Level(level))
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Procedure) int { return strings.Compare(a.Code, b.Code) })
	return all
})

// ProcedureByCode returns the procedure of a national code, without a province's suffix.
func ProcedureByCode(code string) (Procedure, bool) {
	all := procedures()
	i, ok := slices.BinarySearchFunc(all, code, func(p Procedure, code string) int { return strings.Compare(p.Code, code) })
	if !ok {
		return Procedure{}, false
	}
	return all[i], true
}

// Procedures returns the procedures of a field by the order of their codes; of every field for "".
func Procedures(field string) []Procedure {
	var out []Procedure
	for _, p := range procedures() {
		if field == "" || p.Field == field {
			out = append(out, p)
		}
	}
	return out
}

// Fields returns the names of all fields in alphabetical order of their bytes.
func Fields() []string {
	var out []string
	for _, p := range procedures() {
		out = append(out, p.Field)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
