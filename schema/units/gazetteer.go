package units

import (
	"slices"
	"strings"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

// rank is the list and level of a place of the gazetteer.
type rank uint8

const (
	newProvince rank = iota
	newCommune
	oldProvince
	oldDistrict
	oldCommune
	formerCommune // of no list: see [formerPlace]
	ranks
)

// ref is one name of one place.
type ref struct {
	place int32
	marks string // of this spelling, as long as the key
	typ   typeCode
	prior float32 // what the name costs: a former name, an abbreviation
}

// gazetteer is the index that [ReadLine] reads by. Places are numbered through
// all lists in the order of ranks and codes.
type gazetteer struct {
	t       *table
	letters *letterTable
	first   [ranks + 1]int32 // place numbers of each rank
	parent  []int32          // commune → district or province; district → province; old province → new province; -1 for a new one
	to      [][]int32        // old commune → new communes
	from    [][]int32        // new commune → old districts that it took communes from
	was     [][]int32        // former commune → old communes
	former  []formerPlace
	formers []Unit // of former

	keys      []string // of each name
	refs      [][]ref  // of each name
	index     map[string]int32
	syllables map[string]bool
	deletes   deletions
	longest   int                  // letters of the longest key
	nameOf    []int32              // of each place: its name as the list has it
	typeMarks [typeTinh + 1]string // of the type words
	full      []string             // of each place: type and name
}

// gazetteers is the index, built at the first use in about 20 ms.
var gazetteers = sync.OnceValue(func() *gazetteer { return newGazetteer(tables()) })

func newGazetteer(t *table) *gazetteer {
	g := &gazetteer{t: t, letters: newLetterTable(), index: make(map[string]int32, 12000), syllables: map[string]bool{}}
	for word, typ := range typeCodes {
		_, g.typeMarks[typ] = g.letters.key(word)
	}
	g.former = formerPlaces(t)
	for _, f := range g.former {
		g.formers = append(g.formers, f.unit)
	}
	for k, list := range g.lists() {
		g.first[k+1] = g.first[k] + int32(len(*list))
	}
	g.link()
	g.nameOf, g.full = make([]int32, g.first[ranks]), make([]string, g.first[ranks])
	for k, list := range g.lists() {
		for i, u := range *list {
			g.addUnit(g.first[k]+int32(i), u)
		}
	}
	g.addFormer()
	g.addAliases()
	for word := range lineTypes {
		if len(word) >= 4 {
			g.syllables[word] = true
		}
	}
	for _, w := range []string{"thi", "thanh", "pho", "xa", "tran", "dac", "khu", "duong", "ngo", "thon", "xom", "ap", "to", "nguien", "so", "tp", "hcm", "viet", "nam"} {
		g.syllables[w] = true
	}
	g.deletes = newDeletions(g.keys)
	return g
}

func (g *gazetteer) lists() [ranks]*[]Unit {
	return [ranks]*[]Unit{&g.t.provinces, &g.t.communes, &g.t.oldProvinces, &g.t.districts, &g.t.oldCommunes, &g.formers}
}

// place returns the number of a unit, -1 when the list does not have it.
func (g *gazetteer) place(r rank, code string) int32 {
	i, ok := position(*g.lists()[r], code)
	if !ok {
		return -1
	}
	return g.first[r] + int32(i)
}

func (g *gazetteer) rankOf(place int32) rank {
	r := rank(0)
	for place >= g.first[r+1] {
		r++
	}
	return r
}

func (g *gazetteer) unit(place int32) *Unit {
	r := g.rankOf(place)
	return &(*g.lists()[r])[place-g.first[r]]
}

// link fills parent, to and from.
func (g *gazetteer) link() {
	g.parent = make([]int32, g.first[ranks])
	g.to, g.from, g.was = make([][]int32, g.first[ranks]), make([][]int32, g.first[ranks]), make([][]int32, g.first[ranks])
	for i := range g.parent {
		place := int32(i)
		u := g.unit(place)
		switch g.rankOf(place) {
		case newProvince:
			g.parent[i] = -1
		case newCommune:
			g.parent[i] = g.place(newProvince, u.Province)
		case oldProvince:
			g.parent[i] = g.place(newProvince, g.t.provinceSince[u.Code])
		case oldDistrict:
			g.parent[i] = g.place(oldProvince, u.Province)
			g.linkSuccessors(place, u.Code, g.t.districtTo[place-g.first[oldDistrict]])
		case oldCommune:
			g.parent[i] = g.place(oldDistrict, u.District)
			g.linkSuccessors(place, u.Code, g.t.oldCommuneTo[place-g.first[oldCommune]])
		case formerCommune:
			g.parent[i] = g.place(oldDistrict, u.District)
			g.linkFormer(place)
		}
	}
}

func (g *gazetteer) linkSuccessors(place int32, code, to string) {
	if to == "" {
		return
	}
	district := place
	if g.rankOf(place) == oldCommune {
		district = g.parent[place]
	}
	for _, s := range Successors(code) {
		next := g.place(newCommune, s.Code)
		if g.to[place] = append(g.to[place], next); s.Default { // the likeliest first
			g.to[place] = slices.Insert(g.to[place][:len(g.to[place])-1], 0, next)
		}
		if from := g.from[next]; len(from) == 0 || from[len(from)-1] != district {
			g.from[next] = append(from, district)
		}
	}
}

func (g *gazetteer) addUnit(place int32, u Unit) {
	g.full[place] = u.FullName()
	if g.rankOf(place) == formerCommune {
		g.nameOf[place] = g.addName(place, u.Name, typeCodes[u.Type], g.former[place-g.first[formerCommune]].prior)
		return
	}
	g.nameOf[place] = g.addName(place, u.Name, typeCodes[u.Type], 0)
	for _, c := range g.t.changes {
		if u.System == NSO2025 && u.Code == c.code {
			g.addName(place, u.Name, typeCodes[c.oldType], 0)
		}
	}
	for _, v := range g.t.variants[Code{u.System, u.Code}] {
		typ, bare := splitType(v)
		g.addName(place, bare, typeCodes[typ], 0)
	}
}

// What a name that is no longer borne, or is an abbreviation, costs.
const (
	priorRenamed  = 1.5
	priorRetyped  = 2.0 // its type only: decides nothing against a name in force
	priorFormer   = 2.5
	priorDoubtful = 3.0
	priorAlias    = 1.5
	priorInitials = 3.1
	priorDistrict = 3.5 // initials of a district, behind a type word only
)

// addFormer adds the names of units that vanished or were renamed before 2025 to what took their place.
func (g *gazetteer) addFormer() {
	for f := range rows("renamed", 4) {
		r := oldCommune
		if len(f[0]) == 3 {
			r = oldDistrict
		}
		if place := g.place(r, f[0]); place >= 0 {
			prior := float32(priorRenamed)
			if g.unit(place).Name == f[2] {
				prior = priorRetyped
			}
			g.addName(place, f[2], typeCodes[f[1]], prior)
		}
	}
	for f := range rows("former", 8) {
		r, prior := oldCommune, float32(priorFormer)
		if len(f[0]) == 3 {
			r = oldDistrict
		} else if f[7] != "official" {
			prior = priorDoubtful
		}
		for into := range strings.SplitSeq(f[6], ",") {
			if place := g.place(r, into); place >= 0 {
				g.addName(place, f[2], typeCodes[f[1]], prior)
			}
		}
	}
}

func (g *gazetteer) addAliases() {
	for word, code := range aliases {
		g.addProvinceName(code, word, priorAlias)
	}
	for _, u := range g.t.oldProvinces {
		g.addProvinceName(u.Code, initials(u.Name), priorInitials)
	}
	for i, u := range g.t.districts {
		if short := initials(u.Name); len(short) > 1 {
			g.addName(g.first[oldDistrict]+int32(i), short, typeCodes[u.Type], priorDistrict)
		}
	}
}

// initials returns the first letters of a name's words, i for y: bn, ib.
func initials(name string) string {
	letters := make([]byte, 0, 4)
	for word := range strings.FieldsFuncSeq(schema.Fold(name), func(r rune) bool { return r < 'a' }) {
		letters = append(letters, word[0])
	}
	return strings.ReplaceAll(string(letters), "y", "i")
}

// addProvinceName adds a short name of an old province to it and, where that goes on under its name, to the new one.
func (g *gazetteer) addProvinceName(code, word string, prior float32) {
	old := g.place(oldProvince, code)
	g.addName(old, word, typeNone, prior)
	if since := g.parent[old]; g.unit(since).Name == g.unit(old).Name {
		g.addName(since, word, typeNone, prior)
	}
}

func (g *gazetteer) addName(place int32, name string, typ typeCode, prior float32) int32 {
	key, marks := g.letters.key(name)
	if key[0] == '0' { // "Phường 01"
		key, marks = strings.TrimLeft(key, "0"), marks[len(key)-len(strings.TrimLeft(key, "0")):]
	}
	i, ok := g.index[key]
	if !ok {
		i = int32(len(g.keys))
		g.index[key] = i
		g.keys, g.refs = append(g.keys, key), append(g.refs, nil)
		g.longest = max(g.longest, len(key))
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return g.letters.of(r).plain == 0 }) {
			if k, _ := g.letters.key(word); len(k) > 1 && len(k) < 8 {
				g.syllables[k] = true
			}
		}
	}
	for k := range g.refs[i] {
		if r := &g.refs[i][k]; r.place == place && r.marks == marks && r.typ == typ {
			r.prior = min(r.prior, prior)
			return i
		}
	}
	g.refs[i] = append(g.refs[i], ref{place, marks, typ, prior})
	return i
}
