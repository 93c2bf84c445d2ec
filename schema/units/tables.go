package units

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

//go:embed data/*.tsv
var data embed.FS

// table holds the parsed lists, each sorted by code. Strings point into the embedded text.
type table struct {
	provinces, communes                  []Unit
	oldProvinces, districts, oldCommunes []Unit
	oldCommuneTo, districtTo             []string // successors, beside the units
	provinceSince                        map[string]string
	former                               []formerUnit
	variants                             map[Code][]string // other official spellings of full names
	changes                              []change
	aliases                              map[string]string // another code of a commune → the one of the decision
}

// formerUnit is a unit that vanished before the list of 30/06/2025.
type formerUnit struct {
	code, typ, name    string
	province, district string   // of then; the district may have vanished too, and is "" for a district
	into               []string // units of that list
	official           bool     // by a resolution; else by public tables and names
}

// change is a new type of a unit since a day.
type change struct {
	code, oldType string
	since         schema.Date
}

// tables returns the lists, parsed once. The data is part of the program: a
// mistake in it is a bug that the tests find, so it panics.
var tables = sync.OnceValue(load)

func load() *table {
	t := &table{provinceSince: map[string]string{}, aliases: map[string]string{}, variants: map[Code][]string{}}
	t.loadNew()
	t.loadOld()
	for f := range rows("former", 8) {
		u := formerUnit{code: f[0], typ: f[1], name: f[2], province: f[3], district: f[4], official: f[7] == "official"}
		if f[6] != "" {
			u.into = strings.Split(f[6], ",")
		}
		t.former = append(t.former, u)
	}
	for f := range rows("variants", 3) {
		code := Code{System("nso" + f[1]), f[0]}
		t.variants[code] = append(t.variants[code], f[2])
	}
	t.loadChanges()
	return t
}

func (t *table) loadNew() {
	for f := range rows("provinces", 4) {
		t.provinces = append(t.provinces, Unit{NSO2025, LevelProvince, f[0], f[1], f[2], f[0], ""})
		for old := range strings.SplitSeq(f[3], ";") {
			t.provinceSince[old] = f[0]
		}
	}
	t.communes = make([]Unit, 0, 3400)
	for f := range rows("communes", 4) {
		t.communes = append(t.communes, Unit{NSO2025, LevelCommune, f[0], f[1], f[2], f[3], ""})
	}
}

func (t *table) loadOld() {
	for f := range rows("old_provinces", 5) {
		t.oldProvinces = append(t.oldProvinces, Unit{NSO2004, LevelProvince, f[0], f[1], f[2], f[0], ""})
	}
	for f := range rows("old_districts", 5) {
		t.districts = append(t.districts, Unit{NSO2004, LevelDistrict, f[0], f[1], f[2], f[3], ""})
		t.districtTo = append(t.districtTo, f[4])
	}
	t.oldCommunes = make([]Unit, 0, 10100)
	t.oldCommuneTo = make([]string, 0, 10100)
	for f := range rows("old_communes", 5) {
		district, ok := lookup(t.districts, f[3])
		if !ok {
			panic("units: no district " + f[3])
		}
		t.oldCommunes = append(t.oldCommunes, Unit{NSO2004, LevelCommune, f[0], f[1], f[2], district.Province, f[3]})
		t.oldCommuneTo = append(t.oldCommuneTo, f[4])
	}
}

// loadChanges brings the list of the decision up to date and keeps what was before.
func (t *table) loadChanges() {
	for f := range rows("changes", 6) {
		switch f[1] {
		case "code_alias":
			t.aliases[f[3]] = f[2]
			continue
		case "name_alias":
			code := Code{NSO2025, f[0]}
			t.variants[code] = append(t.variants[code], f[3])
			continue
		}
		since, err := schema.ParseDate(f[4], schema.DateISO)
		if err != nil {
			panic("units: date of a change")
		}
		list := t.communes
		if len(f[0]) == 2 {
			list = t.provinces
		}
		i, ok := position(list, f[0])
		if !ok || list[i].Type != f[2] {
			panic("units: change of an unknown unit " + f[0])
		}
		list[i].Type = f[3]
		t.changes = append(t.changes, change{f[0], f[2], since})
	}
}

// rows yields the fields of each line of a table.
func rows(name string, fields int) func(yield func([]string) bool) {
	text, err := data.ReadFile("data/" + name + ".tsv")
	if err != nil {
		panic(err)
	}
	return func(yield func([]string) bool) {
		f := make([]string, 0, fields)
		for line := range strings.Lines(string(text)) {
			f = f[:0]
			for field := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), "\t") {
				f = append(f, field)
			}
			if len(f) != fields {
				panic(fmt.Sprintf("units: %s: %d fields in %q", name, len(f), line))
			}
			if !yield(f) {
				return
			}
		}
	}
}

func position(units []Unit, code string) (int, bool) {
	return slices.BinarySearchFunc(units, code, func(u Unit, code string) int { return strings.Compare(u.Code, code) })
}

func lookup(units []Unit, code string) (Unit, bool) {
	if i, ok := position(units, code); ok {
		return units[i], true
	}
	return Unit{}, false
}
