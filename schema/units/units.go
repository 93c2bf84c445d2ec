// Package units knows the administrative units of Viet Nam on both sides of
// 1 July 2025: 34 provinces and 3,321 communes since then (Decision
// 19/2025/QĐ-TTg), 63 provinces, 696 districts and 10,035 communes until then,
// and which old commune went into which new one.
//
//	r := units.ResolveCode("9187", "27", schema.Date{}) // a number column lost the zero; 27 was Bắc Ninh
//	r.Commune, r.Province, r.OldCommune                 // "09187", "24", "09187"
//
// A bare code says little: 3,315 of the 3,321 new commune codes existed before
// and stood for a smaller place, most of them under another name; province 24
// was Bắc Giang and is Bắc Ninh. So a code is kept with its [System], and
// [ResolveCode] decides by province and date. An old commune that was divided
// among several new ones resolves to candidates, never to a guess.
//
// An address of one line is read by [ReadLine], in the old or the new form, with
// abbreviations and typing errors:
//
//	r := units.ReadLine("phuong 5 q go vap tphcm", schema.Date{})
//	r.Old.CommuneCode, r.New.CommuneCode // "26887", "26876"
//	r.Address()                          // only what the text decides
//
// Districts are read by [ResolveDistrict], names by [FindCommunes],
// [FindDistricts] and [FindProvince]; what other ministries call a unit stands
// in a [Crosswalk].
//
// The tables are embedded and parsed at the first use, in some milliseconds;
// the index of address lines is built at the first line, in about 20 ms.
package units

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lienthong/lienthong/schema"
)

// System is a code list of the National Statistics Office.
type System string

// The two lists.
const (
	NSO2025 System = "nso2025" // in force since 01/07/2025; two levels
	NSO2004 System = "nso2004" // in force until 30/06/2025; three levels (Decision 124/2004/QĐ-TTg and its changes)
)

// Code is a unit's code together with the list that it belongs to. A code without its list means nothing.
type Code struct {
	System System
	Code   string
}

// Level is the rank of a unit.
type Level string

// Levels. Only [NSO2004] has districts.
const (
	LevelProvince Level = "province"
	LevelDistrict Level = "district"
	LevelCommune  Level = "commune"
)

// Unit is one administrative unit.
type Unit struct {
	System   System
	Level    Level
	Code     string // 2 digits for a province, 3 for a district, 5 for a commune
	Type     string // "tỉnh", "thành phố", "quận", "huyện", "thị xã", "phường", "xã", "thị trấn", "đặc khu"
	Name     string // without the type: "Kinh Bắc"
	Province string // code in the same system; its own code for a province
	District string // communes of NSO2004 only
}

// IsZero reports whether u is no unit.
func (u Unit) IsZero() bool { return u == Unit{} }

// FullName returns type and name: "Phường Kinh Bắc".
func (u Unit) FullName() string {
	if u.IsZero() {
		return ""
	}
	first, size := utf8.DecodeRuneInString(u.Type)
	return string(unicode.ToUpper(first)) + u.Type[size:] + " " + u.Name
}

// On returns the unit as it was on a day: ten communes of Đồng Nai became wards
// and the province a city on 30/04/2026. Lookups return the newest state.
func (u Unit) On(day schema.Date) Unit {
	if u.System != NSO2025 || day.IsZero() {
		return u
	}
	for _, c := range tables().changes {
		if c.code == u.Code && day.Compare(c.since) < 0 {
			u.Type = c.oldType
		}
	}
	return u
}

// Province returns a province of [NSO2025] by its two digits.
func Province(code string) (Unit, bool) { return lookup(tables().provinces, code) }

// OldProvince returns a province of [NSO2004] by its two digits.
func OldProvince(code string) (Unit, bool) { return lookup(tables().oldProvinces, code) }

// District returns a district of [NSO2004] by its three digits. There are none since 01/07/2025.
func District(code string) (Unit, bool) { return lookup(tables().districts, code) }

// Commune returns a commune of [NSO2025] by its five digits. Xã Ba Chẽ is known by
// both of its codes, 06978 of the decision and 06970 of the office's list.
func Commune(code string) (Unit, bool) {
	t := tables()
	if official, ok := t.aliases[code]; ok {
		code = official
	}
	return lookup(t.communes, code)
}

// OldCommune returns a commune of [NSO2004] by its five digits.
func OldCommune(code string) (Unit, bool) { return lookup(tables().oldCommunes, code) }

// Provinces returns the provinces of [NSO2025] in the order of their codes.
func Provinces() []Unit { return append([]Unit(nil), tables().provinces...) }

// Communes returns the communes of a province of [NSO2025] in the order of their codes.
func Communes(province string) []Unit { return within(tables().communes, province) }

// OldCommunes returns the communes of a province of [NSO2004] in the order of their codes.
func OldCommunes(province string) []Unit { return within(tables().oldCommunes, province) }

func within(units []Unit, province string) []Unit {
	var out []Unit
	for _, u := range units {
		if u.Province == province {
			out = append(out, u)
		}
	}
	return out
}

// ProvinceSince returns the province of [NSO2025] that an old one became or went into: 27 → 24.
func ProvinceSince(oldCode string) (Unit, bool) {
	return Province(tables().provinceSince[oldCode])
}

// Successor is a commune of [NSO2025] that took over an old commune, or part of it.
type Successor struct {
	Code    string
	Default bool // it is the only one, or the official resolution gave it the whole population
	Split   bool // the old commune went to several
}

// Successors returns where a commune of [NSO2004] went; nil for a code that the
// list does not have. The codes of the five island districts without communes
// (318, 471, 498, 536, 755) work too.
func Successors(oldCode string) []Successor {
	t := tables()
	raw := t.oldCommuneTo
	i, ok := position(t.oldCommunes, oldCode)
	if !ok {
		raw = t.districtTo
		if i, ok = position(t.districts, oldCode); !ok || raw[i] == "" {
			return nil
		}
	}
	split := strings.Contains(raw[i], ",")
	var out []Successor
	for code := range strings.SplitSeq(raw[i], ",") {
		code, official := strings.CutSuffix(code, "+")
		out = append(out, Successor{Code: code, Default: official || !split, Split: split})
	}
	return out
}
