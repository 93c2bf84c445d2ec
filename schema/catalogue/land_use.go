package catalogue

import (
	"slices"
	"sync"
)

// LandUse is a purpose of land by its code, as parcels and certificates write it.
type LandUse struct {
	Code      string
	List      LandUseList
	Name      string
	Successor []string // what likely stands for it in the list in force; none of these is certain enough to rewrite a record
}

// LandUseList says which list has a code.
type LandUseList string

// Lists of land-use codes.
const (
	LandUse2024      LandUseList = "2024"                // in force: TT 08/2024/TT-BTNMT
	LandUse2013      LandUseList = "2013"                // of the Land Law 2013, no longer in force
	LandUseAggregate LandUseList = "aggregate"           // a group of statistics; no parcel's purpose by itself
	LandUseOlder     LandUseList = "older_or_statistics" //
	LandUseInformal  LandUseList = "informal"            // of old books: T, thổ cư
)

// InForce reports whether the code is one of the list in force.
func (u LandUse) InForce() bool { return u.List == LandUse2024 }

var landUses = sync.OnceValue(func() map[string]LandUse {
	all := map[string]LandUse{}
	for f := range rows("land_use_types", 5) {
		all[f[0]] = LandUse{Code: f[0], List: LandUseList(f[1]), Name: f[4], Successor: list(f[2], ",")}
	}
	return all
})

// LandUses returns every code, in order.
func LandUses() []LandUse {
	all := make([]LandUse, 0, len(landUses()))
	for _, u := range landUses() {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b LandUse) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return all
}

// LandUseByCode returns a purpose by its code in capitals.
func LandUseByCode(code string) (LandUse, bool) {
	u, ok := landUses()[code]
	return u, ok
}

// LandOrigin is how a right to use land came to be, as land databases number it.
type LandOrigin struct {
	Code string // "1" to "16"
	Name string
}

var landOrigins = sync.OnceValue(func() []LandOrigin {
	var all []LandOrigin
	for f := range rows("land_origin_types", 2) {
		all = append(all, LandOrigin{f[0], f[1]})
	}
	return all
})

// LandOrigins returns every origin in the order of the list.
func LandOrigins() []LandOrigin { return slices.Clone(landOrigins()) }

// LandOriginByCode returns an origin by its number.
func LandOriginByCode(code string) (LandOrigin, bool) {
	for _, o := range landOrigins() {
		if o.Code == code {
			return o, true
		}
	}
	return LandOrigin{}, false
}
