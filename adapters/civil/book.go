package civil

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/sheet"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// book is one of the registry's books.
type book struct {
	name    string // as the registry calls it
	event   schema.CivilEventType
	foreign string // of a book of notes: what was registered abroad
}

// books by the names that exports use.
var books = map[string]book{
	"KHAISINH":        {"KHAISINH", schema.Birth, ""},
	"KS":              {"KHAISINH", schema.Birth, ""},
	"KHAITU":          {"KHAITU", schema.Death, ""},
	"KT":              {"KHAITU", schema.Death, ""},
	"KETHON":          {"KETHON", schema.Marriage, ""},
	"KH":              {"KETHON", schema.Marriage, ""},
	"NHANCHAMECON":    {"NHANCHAMECON", schema.Recognition, ""},
	"CMC":             {"NHANCHAMECON", schema.Recognition, ""},
	"GIAMHO":          {"GIAMHO", schema.Guardianship, ""},
	"GH":              {"GIAMHO", schema.Guardianship, ""},
	"CHAMDUTGIAMHO":   {"CHAMDUTGIAMHO", schema.GuardianshipEnd, ""},
	"CDGH":            {"CHAMDUTGIAMHO", schema.GuardianshipEnd, ""},
	"THAYDOICAICHINH": {"THAYDOICAICHINH", schema.Correction, ""},
	"TDCC":            {"THAYDOICAICHINH", schema.Correction, ""},
	"XACNHANHONNHAN":  {"XACNHANHONNHAN", schema.MaritalStatus, ""},
	"XNTTHN":          {"XACNHANHONNHAN", schema.MaritalStatus, ""},
	"HN":              {"XACNHANHONNHAN", schema.MaritalStatus, ""},
	"GHICHU":          {"GHICHU", schema.ForeignNote, ""},
	"GHICHUKHAISINH":  {"GHICHUKHAISINH", schema.ForeignNote, "birth"},
	"GHICHUKHAITU":    {"GHICHUKHAITU", schema.ForeignNote, "death"},
	"GHICHUKETHON":    {"GHICHUKETHON", schema.ForeignNote, "marriage"},
	"GHICHULYHON":     {"GHICHULYHON", schema.ForeignNote, "divorce"},
}

// books reads a list of records of books.
func (a *adapter) books(m strict.Part) ([]schema.Record, error) {
	rows, err := strict.Elements(m)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errUnknown()
	}
	var h field.Harvest
	return each(&h, rows, a.book, "civil.books")
}

// sheet reads a table of records of books.
func (a *adapter) sheet(body []byte) ([]schema.Record, error) {
	s, err := sheet.Read(body)
	if err != nil {
		return nil, err
	}
	var h field.Harvest
	strangers := 0
	for i, row := range s.Rows {
		part := row.Part()
		var about []schema.Problem
		if i == 0 {
			about = s.Problems
		}
		if !a.record(&h, part, row.Object, about) {
			strangers++
		}
	}
	records, err := h.Result("civil.sheet")
	if len(s.Rows) == strangers && (strangers > 0 || !ofBook(s.Header)) {
		return nil, errUnknown()
	}
	return records, err
}

// ofBook reports whether a table without a row is one of a book.
func ofBook(header []string) bool {
	var k columns
	for _, name := range header {
		if name == "book" {
			return true
		}
		k |= columnOf([]byte(name))
	}
	return k.book() != ""
}

// book reads one record.
func (a *adapter) book(h *field.Harvest, part strict.Part, raw []byte) bool {
	return a.record(h, part, raw, nil)
}

// record reads one record; about is what was found in the bytes around it.
func (a *adapter) record(h *field.Harvest, part strict.Part, raw []byte, about []schema.Problem) bool {
	b, known := bookOf(part)
	if !known {
		return a.stranger(h, part)
	}
	d := newDocument(b.event)
	unknown, err := a.dec.Decode(part, d)
	if err != nil {
		h.Reject(err)
		return true
	}
	r := field.At(part.Pointer)
	for _, p := range about {
		r.Note("", p)
	}
	r.Unknown(unknown)
	w := d.common()
	day, _ := schema.ParseDate(string(w.NgayDangKy), schema.DateAny)
	e := a.event(r, d, b.event, schema.Registered, day)
	if e.Foreign != nil && b.event == schema.ForeignNote {
		e.Foreign.Event = foreignEvent(b, d, e.Foreign.Event)
	}
	key := "noiDangKy"
	if len(w.NoiDangKy) == 0 && len(w.NoiCap) > 0 {
		key = "noiCap"
	}
	place := w.NoiDangKy
	if key == "noiCap" {
		place = w.NoiCap
	}
	where := a.choose(r, key, place).code
	at := a.authority(r, key, where, "", day)
	e.Authority, e.OldAuthority = at.now, at.old
	r.Require("so", e.Entry.Number)
	r.Require("quyenSo", e.Entry.Book)
	requireName(r, b.event, e)
	r.Require(key, string(where))
	if where != "" && e.Authority == "" && e.OldAuthority == "" {
		r.Note(key, schema.Problem{Code: "authority.unknown", Level: schema.Refused, Expected: "5 chữ số",
			Detail: "Không xác định được xã, phường đăng ký.", DetailEN: "The commune that registered is not known."})
	}
	h.Take(schema.Record{Kind: e.Kind(), ID: bookID(b, e, r.Code(where)), EventTime: enteredAt(e), Body: e, Raw: raw}, r)
	return true
}

// enteredAt is the day of an entry, zero where only the month or year is known.
func enteredAt(e *schema.CivilEvent) schema.Time {
	if e.Entry.Date.Precision() != schema.FullDate {
		return schema.Time{}
	}
	return e.Entry.Date.Start()
}

// bookID is the natural key that the registry itself checks (so, quyenSo,
// ngayDangKy, noiDangKy, name), with the commune as the source names it. Ids stand
// in addresses, where no name may: a digest tells two people of one number apart.
func bookID(b book, e *schema.CivilEvent, where string) string {
	if n := 5 - len(where); n > 0 && strings.Trim(where, "0123456789") == "" {
		where = strings.Repeat("0", n) + where
	}
	return strings.Join([]string{
		"book", b.name, where, e.Entry.Book, e.Entry.Number, e.Entry.Date.String(), digest(e.Subject.FullName),
	}, "|")
}

// digest stands for a name, however it is cased and accented.
func digest(name string) string {
	sum := sha256.Sum256([]byte(schema.Fold(name)))
	return hex.EncodeToString(sum[:4])
}

// bookOf returns the book of a record: the one that it names, else the one that
// its keys are of.
func bookOf(p strict.Part) (b book, known bool) {
	var k columns
	named := false
	for key := range strict.Keys(p) {
		named = named || string(key) == "book"
		k |= columnOf(key)
	}
	if named {
		if name := member(p, "book"); name != "" {
			b, known = books[bookName(string(name))]
			return b, known
		}
	}
	b, known = books[k.book()]
	return b, known
}

// member returns the text of a member of an object. What is wrong with the
// object is for its decoding to say.
func member(p strict.Part, name string) strict.Text {
	dec := jsontext.NewDecoder(bytes.NewBuffer(p.Data[:len(p.Data):len(p.Data)]), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return ""
	}
	for dec.PeekKind() == jsontext.KindString {
		key, err := dec.ReadToken()
		if err != nil {
			return ""
		}
		if key.String() != name {
			if dec.SkipValue() != nil {
				return ""
			}
			continue
		}
		raw, err := dec.ReadValue()
		if err != nil {
			return ""
		}
		text, _ := scalar(raw)
		return text
	}
	return ""
}

// bookName returns a name as the table of books has it: "Khai tử" is KHAITU.
func bookName(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' {
			return c - 'a' + 'A'
		}
		return -1
	}, schema.Fold(s))
}

// columns is a set of keys that only some books have.
type columns uint16

const (
	ofPeople columns = 1 << iota // of a record at all
	ofBirth
	ofDeath
	ofMarriage
	ofRecognition
	ofWard
	ofEnd
	ofChange
	ofCertificate
	ofNote
)

var columnPrefixes = [...]struct {
	prefix string
	column columns
}{
	{"ndgh", ofWard}, {"ngh", ofWard}, {"nks", ofBirth}, {"nkt", ofDeath}, {"nxn", ofCertificate}, {"chong", ofMarriage},
	{"vo", ofMarriage}, {"cm", ofRecognition}, {"nc", ofRecognition}, {"ntd", ofChange},
}

func columnOf(key []byte) columns {
	switch string(key) {
	case "loaiThayDoi", "noiDungSau":
		return ofChange
	case "ngayChamDut", "lyDoChamDut":
		return ofEnd
	case "loaiXacNhan":
		return ofRecognition
	case "loaiSuKien":
		return ofNote
	case "quyenSo":
		return ofPeople
	}
	for _, p := range columnPrefixes {
		if len(key) > len(p.prefix) && key[len(p.prefix)] < 'a' && bytes.HasPrefix(key, []byte(p.prefix)) {
			return p.column
		}
	}
	return 0
}

// book returns the name of the book that has such columns, "" where several or
// none have: an end of a guardianship looks like a guardianship unless its own
// columns are there.
func (k columns) book() string {
	if k&ofPeople == 0 {
		return ""
	}
	switch {
	case k&ofNote != 0:
		return "GHICHU"
	case k&ofChange != 0:
		return "THAYDOICAICHINH"
	case k&ofEnd != 0:
		return "CHAMDUTGIAMHO"
	}
	switch k &^ ofPeople {
	case ofBirth:
		return "KHAISINH"
	case ofDeath:
		return "KHAITU"
	case ofMarriage:
		return "KETHON"
	case ofRecognition:
		return "NHANCHAMECON"
	case ofCertificate:
		return "XACNHANHONNHAN"
	}
	return ""
}

// foreignEvent says what was registered abroad: by the book, by the words of
// the record, by whom it is about.
func foreignEvent(b book, d document, words string) string {
	if b.foreign != "" {
		return b.foreign
	}
	switch schema.Fold(words) {
	case "khai sinh", "sinh":
		return "birth"
	case "khai tu", "tu":
		return "death"
	case "ket hon":
		return "marriage"
	case "ly hon", "huy ket hon", "ly hon, huy ket hon":
		return "divorce"
	case "":
		if w, ok := d.(*foreignNote); ok {
			switch {
			case w.child.HoTen != "":
				return "birth"
			case w.deceased.HoTen != "":
				return "death"
			}
		}
		return ""
	}
	return "other"
}
