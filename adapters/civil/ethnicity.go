package civil

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// groups are the ethnic groups of the catalogue, indexed: most people are of a
// group that is spelt as the catalogue does, and a search through all names
// would cost more than the rest of a message.
type groups struct {
	names map[string]bool   // as the catalogue spells them
	keys  map[string]string // name by the key of any of its spellings
}

// newGroups indexes the catalogue. A second name that several groups share means none of them.
func newGroups() groups {
	g := groups{names: map[string]bool{}, keys: map[string]string{}}
	shared := map[string]bool{}
	for _, group := range catalogue.EthnicGroups() {
		g.names[group.Name] = true
		for _, other := range group.Others {
			key := groupKey(other)
			shared[key] = shared[key] || g.keys[key] != "" && g.keys[key] != group.Name
			g.keys[key] = group.Name
		}
	}
	for key := range shared {
		if shared[key] {
			delete(g.keys, key)
		}
	}
	for name := range g.names { // a name of its own goes before a second name of another
		g.keys[groupKey(name)] = name
	}
	return g
}

// groupKey keeps diacritics: Thái is not Thải, and Mường not Mương.
func groupKey(name string) string {
	return schema.UnifyTones(strings.Map(letter, strings.ToLower(name)))
}

// letter drops what spellings of a group differ by: H'Mông and Hmông are one.
func letter(c rune) rune {
	if c == ' ' || c == '-' || c == '\'' || c == '’' {
		return -1
	}
	return c
}

// ethnicity reads an ethnic group by its name: numbers differ between systems.
func (a *adapter) ethnicity(r *field.Reader, p party) string {
	if other := p.text(r, "DanTocKhac", p.DanTocKhac); other != "" {
		return a.groupOf(r, p.prefix+"DanTocKhac", other)
	}
	if len(p.DanToc) == 0 {
		return ""
	}
	key := p.prefix + "DanToc"
	return a.groupOf(r, key, a.text(r, key, p.DanToc))
}

// groupOf returns the group that a clean text means. The registry writes a
// sub-group in brackets, "Dao (Dao Đỏ)"; a sub-group or second name alone is
// put behind its group in the same way, so that the group can be compared and
// nothing is lost.
func (a *adapter) groupOf(r *field.Reader, key, text string) string {
	if text == "" || a.groups.names[text] {
		return text
	}
	if strings.Trim(text, "0123456789 ") == "" {
		r.Warn(key, "value.unmapped")
		return ""
	}
	name, rest, bracket := strings.Cut(text, "(")
	name = strings.TrimSpace(name)
	group := a.groups.keys[groupKey(name)]
	switch {
	case group == "":
		r.Note(key, doubt("ethnicity.unknown", "Tên dân tộc không có trong danh mục; giữ nguyên.",
			"The name is of no ethnic group in the list; it is kept."))
		return text
	case bracket:
		return group + " (" + rest
	case schema.Fold(strings.Map(letter, name)) == schema.Fold(strings.Map(letter, group)):
		return group
	}
	return group + " (" + name + ")"
}
