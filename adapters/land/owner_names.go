package land

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// namedOwners reads owners from one text, as layers and older books write them:
// "Ông A và bà B", "Hộ ông A", "Công ty X", "A (1/2), B (1/2)". Numbers of
// identity papers may stand in a text of their own, in the same order.
func namedOwners(r *field.Reader, key string, raw strict.Text, paperKey string, papers strict.Text) []schema.Owner {
	text := r.Text(key, raw)
	if text == "" {
		return loneNumber(r, paperKey, papers)
	}
	if organisationName(text) {
		return []schema.Owner{{Organisation: &schema.OwnerEntity{Name: text}}}
	}
	people, household := splitNames(text)
	var out []schema.Owner
	for _, p := range people {
		if len(people) > 1 && organisationName(p.name) {
			out = append(out, schema.Owner{Organisation: &schema.OwnerEntity{Name: p.name}, Share: p.share})
			continue
		}
		if !isName(p.name) {
			r.Note(key, doubt("owner.unreadable", "Không đọc được họ tên của một chủ sử dụng; đã bỏ qua.",
				"The name of an owner is not readable; passed over."))
			continue
		}
		out = append(out, schema.Owner{Person: &schema.Person{FullName: r.Name(key, strict.Text(p.name))}, Share: p.share})
	}
	group := groupOf(people, household)
	for i := range out {
		out[i].Group = group
	}
	if len(people) > 1 || household || people[0].called {
		r.Note(key, schema.Problem{Code: "owner.split", Level: schema.Repaired,
			Detail: "Đã tách họ tên chủ sử dụng khỏi danh xưng và những người cùng ô.", DetailEN: "The owners' names were taken apart from titles and from each other."})
	}
	identify(r, paperKey, papers, out)
	return out
}

// loneNumber is an owner of whom only the number of a paper is known.
func loneNumber(r *field.Reader, key string, papers strict.Text) []schema.Owner {
	id := r.Identity(key, "", papers)
	if id.IsZero() {
		return nil
	}
	return []schema.Owner{{Person: &schema.Person{Identifiers: []schema.Identifier{id}}}}
}

// identify hands the numbers of papers to the owners in their order. A single
// owner may have several; where the counts differ nobody gets one.
func identify(r *field.Reader, key string, papers strict.Text, owners []schema.Owner) {
	numbers := strings.FieldsFunc(strings.ReplaceAll(string(papers), " và ", ";"), func(c rune) bool { return strings.ContainsRune(";,/\n+&", c) })
	if len(numbers) == 0 || len(owners) == 0 {
		return
	}
	if len(owners) > 1 && len(numbers) != len(owners) {
		r.Note(key, doubt("owner.numbers", "Số giấy tờ không khớp số người; đã bỏ qua.",
			"There are not as many numbers of papers as people; passed over."))
		return
	}
	for i, number := range numbers {
		o := &owners[min(i, len(owners)-1)]
		if o.Person == nil {
			if id := r.TaxCode(key, strict.Text(number)); !id.IsZero() {
				o.Organisation.Identifiers = append(o.Organisation.Identifiers, id)
			}
			continue
		}
		if id := r.Identity(key, "", strict.Text(number)); !id.IsZero() {
			o.Person.Identifiers = append(o.Person.Identifiers, id)
		}
	}
}

// named is one name of an owner field and what stood around it.
type named struct {
	name   string
	share  string
	called bool // a title or a word for the spouse was removed
	man    bool // ông
	woman  bool // bà
	spouse bool // vợ, chồng
}

// groupOf says how the people of one field hold the right together.
func groupOf(people []named, household bool) schema.OwnerGroup {
	switch {
	case household:
		return schema.HouseholdGroup
	case len(people) == 2 && (people[1].spouse || people[0].man && people[1].woman || people[0].woman && people[1].man):
		return schema.SpouseGroup
	case len(people) > 1:
		return schema.CoOwnerGroup
	}
	return ""
}

// splitNames takes a text apart: at commas and semicolons, at "và" and dashes
// between words, and before a title inside.
func splitNames(text string) (people []named, household bool) {
	words := strings.Fields(strings.NewReplacer(",", " , ", ";", " ; ", ":", " ", "(", " (", ")", ") ").Replace(text))
	if len(words) > 1 && strings.EqualFold(words[0], "hộ") {
		household, words = true, words[1:]
		if len(words) > 2 && strings.EqualFold(words[0], "gia") && strings.EqualFold(words[1], "đình") {
			words = words[2:]
		}
	}
	var p named
	var name []string
	flush := func() {
		if len(name) > 0 {
			p.name = strings.Join(name, " ")
			people = append(people, p)
		}
		p, name = named{}, nil
	}
	for i := 0; i < len(words); i++ {
		word, left := words[i], len(words)-i-1
		switch {
		case separates(word) && (left >= 2 || word == "," || word == ";") && (i+1 == len(words) || !strings.EqualFold(words[i+1], "và")):
			flush()
		case word[0] == '(':
			i = p.bracket(words, i)
		case left >= 1 && (len(name) == 0 || len(name) >= 2 && left >= 2) && p.title(word, &name, flush):
		default:
			name = append(name, word)
		}
	}
	flush()
	if len(people) == 0 {
		people = []named{{}} // titles and separators alone
	}
	return people, household
}

func separates(word string) bool {
	return word == "," || word == ";" || word == "-" || word == "–" || word == "&" || word == "+" || strings.EqualFold(word, "và")
}

// title takes a word before a name; false when it is none. Inside a text it begins a new name.
func (p *named) title(word string, name *[]string, flush func()) bool {
	var next named
	switch strings.ToLower(word) {
	case "ông":
		next.man = true
	case "bà":
		next.woman = true
	case "vợ", "chồng":
		next.spouse = true
	case "là":
		return len(*name) == 0 && p.spouse
	default:
		return false
	}
	if len(*name) > 0 {
		flush()
	}
	p.called = true
	p.man, p.woman, p.spouse = p.man || next.man, p.woman || next.woman, p.spouse || next.spouse
	return true
}

// bracket reads what stands in brackets behind a name, a share or a remark, and returns where it ends.
func (p *named) bracket(words []string, i int) int {
	var inside strings.Builder
	for ; i < len(words); i++ {
		inside.WriteString(words[i])
		if strings.HasSuffix(words[i], ")") {
			break
		}
	}
	if s := strings.Trim(inside.String(), "()"); isShare(s) {
		p.share = s
	}
	p.called = true
	return i
}

// isName reports whether s can be the name of a person: two words or more, and no digits.
func isName(s string) bool {
	return strings.Contains(s, " ") && !strings.ContainsAny(s, "0123456789")
}
