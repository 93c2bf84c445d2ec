package business

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

func representatives(r *field.Reader, list strict.List[representation]) []schema.Person {
	var people []schema.Person
	for i, group := range list {
		outer := r.Item("DaiDienPhapLuat", i)
		for j := range group.ThongTinCaNhan {
			people = addPerson(people, individualPerson(outer.Item("ThongTinCaNhan", j), &group.ThongTinCaNhan[j]))
		}
	}
	return people
}

// addPerson appends p if anything identifies it.
func addPerson(to []schema.Person, p schema.Person) []schema.Person {
	if p.FullName == "" && len(p.Identifiers) == 0 {
		return to
	}
	return append(to, p)
}

// individualPerson reads a person as the provincial wrapper writes them.
func individualPerson(at *field.Reader, w *individual) schema.Person {
	p := schema.Person{
		FullName:    at.Name("HoVaTen", w.HoVaTen),
		Nationality: nationality(at, w),
	}
	paper(at, &p, paperKeys{"LoaiGiayToChungThuc", "SoGiayChungThuc", "NgayCap", "NoiCap"},
		paperText{w.LoaiGiayToChungThuc, w.SoGiayChungThuc, w.NgayCap, w.NoiCap})
	return p
}

// nationality goes by the name. The code is ISO 3166 for enterprises and a
// number of a list that is not public for household businesses, so only the
// country's own code stands for a missing name.
func nationality(at *field.Reader, w *individual) string {
	if name := at.Text("QuocTich", w.QuocTich); name != "" {
		return name
	}
	if code := at.Code(w.MaQuocTich); code == "VN" || code == "VNM" {
		return "Việt Nam"
	}
	return ""
}

// paperKeys are the keys of an identity paper: type in words, number, day and place of issue.
type paperKeys [4]string

type paperText [4]strict.Text

// paper adds an identity paper to p. A number that is a filler leaves no document behind.
func paper(at *field.Reader, p *schema.Person, keys paperKeys, text paperText) {
	id := at.Identity(keys[1], paperType(text[0]), text[1])
	if id.IsZero() {
		return
	}
	p.Identifiers = append(p.Identifiers, id)
	p.Documents = append(p.Documents, schema.IdentityDocument{
		Type:     at.Text(keys[0], text[0]),
		Number:   id.Value,
		IssuedOn: at.Date(keys[2], text[2], schema.DateAny),
		IssuedBy: at.Text(keys[3], text[3]),
	})
}

// paperType goes by the label: the register's codes of papers are not public.
func paperType(label strict.Text) schema.PaperType {
	folded := schema.Fold(string(label))
	switch {
	case strings.Contains(folded, "can cuoc"), strings.Contains(folded, "dinh danh"), folded == "cccd":
		return schema.PaperPersonalNumber
	case strings.Contains(folded, "chung minh"), folded == "cmnd":
		return schema.PaperCMND
	case strings.Contains(folded, "ho chieu"):
		return schema.PaperPassport
	}
	return ""
}
