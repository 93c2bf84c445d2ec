package catalogue

import (
	"slices"
	"strings"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

// EthnicGroup is an ethnic group (dân tộc) in the numbering of Decision
// 121-TCTK/PPCĐ of 1979. Another numbering, by population, is in use too (06 is
// Mường in the one and Khơ-me in the other): where the list behind a number is
// not known, go by name.
type EthnicGroup struct {
	Code   string // two digits
	Name   string
	Others []string // other names and spellings; some belong to several groups
}

var ethnicGroups = sync.OnceValue(func() []EthnicGroup {
	var all []EthnicGroup
	for f := range rows("ethnic_groups", 3) {
		all = append(all, EthnicGroup{Code: f[0], Name: f[1], Others: list(f[2], ";")})
	}
	return all
})

// EthnicGroups returns the 54 groups, foreigners (55) and unknown (99), by code.
func EthnicGroups() []EthnicGroup { return slices.Clone(ethnicGroups()) }

// EthnicGroupByCode returns a group by its number of 1979.
func EthnicGroupByCode(code string) (EthnicGroup, bool) {
	for _, g := range ethnicGroups() {
		if g.Code == code {
			return g, true
		}
	}
	return EthnicGroup{}, false
}

// EthnicGroupByName returns the group that a source means by a name, whatever
// its case, hyphens and apostrophes; a sub-group in brackets ("Dao (Dao Đỏ)") is
// passed over. A second name that several groups share means none of them.
func EthnicGroupByName(name string) (EthnicGroup, bool) {
	name, _, _ = strings.Cut(name, "(")
	key := ethnicKey(name)
	if key == "" {
		return EthnicGroup{}, false
	}
	var found []EthnicGroup
	for _, g := range ethnicGroups() {
		if ethnicKey(g.Name) == key {
			return g, true
		}
		if slices.ContainsFunc(g.Others, func(o string) bool { return ethnicKey(o) == key }) {
			found = append(found, g)
		}
	}
	if len(found) != 1 {
		return EthnicGroup{}, false
	}
	return found[0], true
}

// ethnicKey keeps diacritics: Thái is not Thải, and Mường not Mương.
func ethnicKey(name string) string {
	clean, _ := schema.CleanText(name)
	return schema.UnifyTones(strings.NewReplacer(" ", "", "-", "", "'", "", "’", "").Replace(strings.ToLower(clean)))
}
