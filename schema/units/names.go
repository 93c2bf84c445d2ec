package units

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/lienthong/lienthong/schema"
)

// FindCommunes returns the communes of a province that bear a name, written with
// or without diacritics, with or without its type word ("Phường Hoa Lư", "P. Hoa
// Lư", "hoa lu"), in either placement of tones, with i for y, and in the variants that official
// lists print. The best agreement wins: same letters and type, same letters,
// same type, neither. More than one result means that the name alone does not decide.
func FindCommunes(province Code, name string) []Unit {
	return find(LevelCommune, province.System, province.Code, name)
}

// FindProvince returns the province of a list that bears a name; see [FindCommunes].
func FindProvince(system System, name string) (Unit, bool) {
	found := find(LevelProvince, system, "", name)
	if len(found) != 1 {
		return Unit{}, false
	}
	return found[0], true
}

// FindDistricts returns the districts of a province of [NSO2004] that bear a name; see [FindCommunes].
func FindDistricts(province, name string) []Unit {
	return find(LevelDistrict, NSO2004, province, name)
}

func find(level Level, system System, province, name string) []Unit {
	name, _ = schema.CleanText(name)
	typ, bare := splitType(name)
	if found := search(level, system, province, typ, bare); found != nil || typ == "" {
		return found
	}
	return search(level, system, province, "", name) // the type word was part of the name
}

func search(level Level, system System, province, typ, bare string) []Unit {
	key := nameFold(bare)
	if key == "" {
		return nil
	}
	entries := names()[nameKey{level, system, province, key}]
	letters := toned(bare)
	for _, tier := range []struct{ letters, typ bool }{{true, true}, {true, false}, {false, true}, {false, false}} {
		var found []Unit
		for _, e := range entries {
			if tier.letters && e.letters != letters || tier.typ && (typ == "" || e.unit.Type != typ) {
				continue
			}
			if len(found) == 0 || found[len(found)-1].Code != e.unit.Code {
				found = append(found, e.unit)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// nameFold is the key of a name; i and y are one (Mỹ, Mĩ).
func nameFold(name string) string { return strings.ReplaceAll(schema.FoldKey(name), "y", "i") }

// toned is the key that keeps diacritics, with tones in one place.
func toned(name string) string { return schema.UnifyTones(strings.ToLower(name)) }

type nameKey struct {
	level    Level
	system   System
	province string // "" for provinces
	folded   string
}

type nameEntry struct {
	unit    Unit
	letters string
}

// names is the index by folded name, built at the first use.
var names = sync.OnceValue(func() map[nameKey][]nameEntry { return indexNames(tables()) })

func indexNames(t *table) map[nameKey][]nameEntry {
	index := make(map[nameKey][]nameEntry, 15000)
	for _, list := range [][]Unit{t.provinces, t.oldProvinces, t.communes, t.districts, t.oldCommunes} {
		for _, u := range list {
			addName(index, u, u.Name)
			for _, v := range t.variants[Code{u.System, u.Code}] {
				_, bare := splitType(v)
				addName(index, u, bare)
			}
		}
	}
	return index
}

func addName(index map[nameKey][]nameEntry, u Unit, name string) {
	province := u.Province
	if u.Level == LevelProvince {
		province = ""
	}
	k := nameKey{u.Level, u.System, province, nameFold(name)}
	index[k] = append(index[k], nameEntry{u, toned(name)})
}

// typeWords are the words before a name, folded, longest first where one begins another.
var typeWords = []struct{ word, typ string }{
	{"thanh pho", "thành phố"}, {"thi tran", "thị trấn"}, {"thi xa", "thị xã"}, {"dac khu", "đặc khu"},
	{"phuong", "phường"}, {"huyen", "huyện"}, {"quan", "quận"}, {"tinh", "tỉnh"}, {"xa", "xã"},
	{"tp", "thành phố"}, {"t.p", "thành phố"}, {"tt", "thị trấn"}, {"tx", "thị xã"},
	{"p", "phường"}, {"x", "xã"}, {"h", "huyện"}, {"q", "quận"},
}

// splitType takes the type word off a name in NFC. It needs a space or a dot behind the word.
func splitType(name string) (typ, bare string) {
	folded := schema.Fold(name)
	if len(folded) != utf8.RuneCountInString(name) {
		return "", name // letters outside the Latin script: offsets do not agree
	}
	for _, w := range typeWords {
		rest, ok := strings.CutPrefix(folded, w.word)
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '.' {
			continue
		}
		runes := []rune(name)
		if bare := strings.TrimLeft(string(runes[len(w.word):]), " ."); bare != "" {
			return w.typ, bare
		}
	}
	return "", name
}
