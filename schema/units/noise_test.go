package units_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// sample is a made-up address line and the unit that it was made from.
type sample struct {
	kind, line string
	old, new   string   // codes of the communes; old is "" for a line in the new form
	among      []string // the new communes, for an old commune that was divided
}

// writer makes address lines as people write them, the same ones for one seed.
type writer struct {
	*rand.Rand
	old, now []units.Unit
}

func newWriter(seed uint64) *writer {
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 25))}
	for p := range 97 {
		code := fmt.Sprintf("%02d", p)
		w.old = append(w.old, units.OldCommunes(code)...)
		w.now = append(w.now, units.Communes(code)...)
	}
	return w
}

// part is one unit of a line while it is being written.
type part struct{ typ, name string }

// parts are the units of a line from the commune up, and what stands around them.
type parts struct {
	street, tail string
	units        []part
	sep          string
	whole        func(string) string // done to the whole line
}

// noiseKinds are the ways in which lines are spoilt.
var noiseKinds = []struct {
	name string
	do   func(w *writer, p *parts) // nil: several of those before
}{
	{"clean", func(*writer, *parts) {}},
	{"no diacritics", func(_ *writer, p *parts) { p.whole = schema.Fold }},
	{"upper case", func(_ *writer, p *parts) { p.whole = strings.ToUpper }},
	{"abbreviated types", (*writer).abbreviate},
	{"no types", func(_ *writer, p *parts) { p.each(func(u *part) { u.typ = "" }) }},
	{"no commas", func(_ *writer, p *parts) { p.sep = " " }},
	{"no commas, types, diacritics", func(_ *writer, p *parts) {
		p.sep, p.whole = " ", schema.Fold
		p.each(func(u *part) { u.typ = "" })
	}},
	{"one typing error", func(w *writer, p *parts) { u := &p.units[w.IntN(len(p.units))]; u.name = w.typo(u.name) }},
	{"an error in every unit", func(w *writer, p *parts) { p.each(func(u *part) { u.name = w.typo(u.name) }) }},
	{"two errors in the commune", func(w *writer, p *parts) { p.units[0].name = w.typo(w.typo(p.units[0].name)) }},
	{"wrong marks", func(w *writer, p *parts) { p.each(func(u *part) { u.name = w.wrongMarks(u.name) }) }},
	{"some marks missing", func(w *writer, p *parts) { p.each(func(u *part) { u.name = w.someMarks(u.name) }) }},
	{"other tone placement, i for y", func(_ *writer, p *parts) { p.each(func(u *part) { u.name = respell(u.name) }) }},
	{"telex left over", func(w *writer, p *parts) { p.whole = telex }},
	{"vni left over", func(w *writer, p *parts) { p.each(func(u *part) { u.name = vni(u.name) }) }},
	{"run together", func(w *writer, p *parts) {
		p.each(func(u *part) { *u = part{"", schema.FoldKey(u.typ + u.name)} })
	}},
	{"short province", (*writer).shortProvince},
	{"reversed", func(_ *writer, p *parts) { reverse(p.units) }},
	{"shuffled", func(w *writer, p *parts) {
		w.Shuffle(len(p.units), func(i, j int) { p.units[i], p.units[j] = p.units[j], p.units[i] })
	}},
	{"street named like a unit", func(w *writer, p *parts) { p.street = w.decoy() }},
	{"country, postcode, telephone", func(w *writer, p *parts) {
		p.tail = w.pick(", Việt Nam", ", VN", " - Viet Nam", " 220000", ", Việt Nam, 100000", " ĐT: 0912 345 678", ", tel 0987654321", ", Vietnam.")
	}},
	{"a unit twice", func(w *writer, p *parts) { p.units = append(p.units, p.units[w.IntN(len(p.units))]) }},
	{"no province", func(_ *writer, p *parts) { p.units = p.units[:len(p.units)-1] }},
	{"lower case, abbreviated", func(w *writer, p *parts) {
		w.abbreviate(p)
		p.sep, p.whole = " ", schema.Fold
	}},
	{"three at once", nil},
	{"four at once", nil},
}

// several spoils a line in n ways.
func (w *writer) several(p *parts, n int) {
	for range n {
		k := noiseKinds[1+w.IntN(len(noiseKinds)-3)]
		if k.name == "no province" {
			continue
		}
		before := p.whole
		k.do(w, p)
		if after := p.whole; before != nil {
			p.whole = func(s string) string { return after(before(s)) }
		}
	}
}

// sample writes one line of a kind.
func (w *writer) sample(kind int) sample {
	s := sample{kind: noiseKinds[kind].name}
	p := &parts{sep: ", ", whole: func(s string) string { return s }}
	if w.IntN(2) == 0 {
		c := w.now[w.IntN(len(w.now))]
		province, _ := units.Province(c.Province)
		s.new = c.Code
		p.units = []part{{c.Type, c.Name}, {province.Type, province.Name}}
	} else {
		c := w.old[w.IntN(len(w.old))]
		district, _ := units.District(c.District)
		province, _ := units.OldProvince(c.Province)
		s.old = c.Code
		p.units = []part{{c.Type, c.Name}, {district.Type, district.Name}, {province.Type, province.Name}}
		to := units.Successors(c.Code)
		if len(to) == 1 {
			s.new = to[0].Code
		}
		for _, t := range to {
			s.among = append(s.among, t.Code)
		}
	}
	if w.IntN(3) > 0 {
		p.street = w.house()
	}
	switch k := noiseKinds[kind]; {
	case k.do != nil:
		k.do(w, p)
	case k.name == "three at once":
		w.several(p, 3)
	default:
		w.several(p, 4)
	}
	s.line = p.String()
	return s
}

func (p *parts) each(do func(u *part)) {
	for i := range p.units {
		do(&p.units[i])
	}
}

func (p *parts) String() string {
	var words []string
	if p.street != "" {
		words = append(words, p.street)
	}
	for _, u := range p.units {
		words = append(words, strings.TrimSpace(capital(u.typ)+" "+u.name))
	}
	line := strings.Join(words, p.sep) + p.tail
	line = strings.ReplaceAll(strings.ReplaceAll(line, ". ", "."), ".", w0(p.sep))
	return p.whole(line)
}

// w0 is what follows an abbreviated type word: a dot, or a space in lines without punctuation.
func w0(sep string) string {
	if sep == " " {
		return " "
	}
	return "."
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	return string(unicode.ToUpper(r[0])) + string(r[1:])
}

func (w *writer) pick(of ...string) string { return of[w.IntN(len(of))] }

var streetNames = strings.Split("Nguyễn Trãi|Lê Lợi|Trần Hưng Đạo|Hùng Vương|Quang Trung|Lý Thường Kiệt|Nguyễn Văn Cừ|Phan Chu Trinh|Hai Bà Trưng|Lê Duẩn|Ngô Gia Tự|Trần Phú|Điện Biên Phủ|Bà Triệu|Nguyễn Huệ|Hoàng Quốc Việt", "|")

func (w *writer) house() string {
	switch w.IntN(5) {
	case 0:
		return fmt.Sprintf("Số %d %s", 1+w.IntN(300), w.pick(streetNames...))
	case 1:
		return fmt.Sprintf("%d/%d đường %s", 1+w.IntN(300), 1+w.IntN(20), w.pick(streetNames...))
	case 2:
		return fmt.Sprintf("Thôn %d", 1+w.IntN(12))
	case 3:
		return fmt.Sprintf("Tổ %d, khu phố %d", 1+w.IntN(20), 1+w.IntN(9))
	}
	return w.pick("Thôn ", "Xóm ", "Ấp ", "Làng ") + w.pick("Đông", "Đoài", "Thượng", "Hạ", "Trung", "Nội", "Mới", "Chùa")
}

// decoy is a street or hamlet that bears the name of a unit elsewhere.
func (w *writer) decoy() string {
	name := w.old[w.IntN(len(w.old))].Name
	if w.IntN(3) == 0 {
		name = w.pick("Hà Nội", "Huế", "Bắc Ninh", "Cần Thơ", "Sài Gòn", "Thái Bình", "Ba Đình", "Gò Vấp", "Vĩnh Phúc")
	}
	return fmt.Sprintf("%s%s %s", w.pick("", fmt.Sprintf("Số %d ", 1+w.IntN(99))), w.pick("đường", "phố", "ngõ", "thôn", "xóm", "ấp", "chợ", "KDC"), name)
}

func (w *writer) abbreviate(p *parts) {
	short := map[string][]string{"phường": {"P.", "P ", "F."}, "xã": {"X.", "X "}, "thị trấn": {"TT.", "TT "}, "quận": {"Q.", "Q "},
		"huyện": {"H.", "H "}, "thị xã": {"TX.", "TX "}, "thành phố": {"TP.", "Tp ", "T.P "}, "tỉnh": {"T.", "Tỉnh ", ""}, "đặc khu": {"ĐK ", "Đặc khu "}}
	p.each(func(u *part) {
		if s := short[u.typ]; s != nil {
			u.typ = s[w.IntN(len(s))]
		}
	})
}

// shortProvince writes the province by its initials, or by a name in use.
func (w *writer) shortProvince(p *parts) {
	u := &p.units[len(p.units)-1]
	u.typ = ""
	switch u.name {
	case "Hồ Chí Minh":
		u.name = w.pick("TP.HCM", "TPHCM", "HCM", "Sài Gòn", "tp hcm")
	case "Bà Rịa - Vũng Tàu":
		u.name = w.pick("BRVT", "BR-VT", "Bà Rịa Vũng Tàu")
	case "Huế":
		u.name = w.pick("TT Huế", "Thừa Thiên Huế")
	default:
		initials := ""
		for _, word := range strings.Fields(u.name) {
			initials += string([]rune(word)[0])
		}
		u.name = initials
	}
}

func reverse(units []part) {
	for i, j := 0, len(units)-1; i < j; i, j = i+1, j-1 {
		units[i], units[j] = units[j], units[i]
	}
}
