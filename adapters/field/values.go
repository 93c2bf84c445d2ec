package field

import (
	"regexp"
	"strings"
	"time"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// Text returns the clean text of a field; "" for what systems write where they
// know nothing.
func (r *Reader) Text(key string, raw strict.Text) string {
	if raw == "" {
		return ""
	}
	text, did := schema.CleanText(string(raw))
	r.repairs(key, did)
	if schema.IsFiller(text) {
		r.Repaired(key, "text.filler")
		return ""
	}
	return text
}

// Name returns the name of a person.
func (r *Reader) Name(key string, raw strict.Text) string {
	if raw == "" {
		return ""
	}
	name, did := schema.PersonName(string(raw))
	r.repairs(key, did)
	return name
}

func (r *Reader) repairs(key string, codes []string) {
	for _, code := range codes {
		level := schema.Repaired
		if code == schema.TextLegacy {
			level = schema.Warning
		}
		r.Note(key, problem(code, level))
	}
}

// Code returns an opaque code, a path or an address on the net. Spaces around
// it, invisible characters and decomposed letters go without a word; nothing
// counts as a filler, and letters that seem to be of another encoding stay: a
// file has the name that it has.
func (r *Reader) Code(raw strict.Text) string {
	if raw == "" {
		return ""
	}
	return schema.CleanCode(string(raw))
}

// Time returns an instant in Vietnamese local time unless it carries an offset;
// an unreadable one keeps the record out.
func (r *Reader) Time(key string, raw strict.Text, format schema.TimeFormat) schema.Time {
	return r.TimeIn(key, raw, format, nil)
}

// TimeIn is Time for a source that writes the local time of another zone.
func (r *Reader) TimeIn(key string, raw strict.Text, format schema.TimeFormat, zone *time.Location) schema.Time {
	if raw == "" {
		return schema.Time{}
	}
	t, err := schema.ParseTime(string(raw), format, zone)
	r.Fail(key, err, schema.Refused)
	return t
}

// OptionalTime is Time for an instant that nothing hangs on: an unreadable one is dropped with a warning.
func (r *Reader) OptionalTime(key string, raw strict.Text, format schema.TimeFormat) schema.Time {
	if raw == "" {
		return schema.Time{}
	}
	t, err := schema.ParseTime(string(raw), format, nil)
	r.Fail(key, err, schema.Warning)
	return t
}

// Date returns a calendar date; an unreadable one is dropped with a warning.
func (r *Reader) Date(key string, raw strict.Text, format schema.DateFormat) schema.Date {
	if raw == "" {
		return schema.Date{}
	}
	d, err := schema.ParseDate(string(raw), format)
	r.Fail(key, err, schema.Warning)
	if err == nil && d.IsZero() && strings.ContainsAny(string(raw), "0123456789") {
		r.Warn(key, "date.filler")
	}
	return d
}

// Flag returns a truth value; empty is false, anything unreadable is false with a warning.
func (r *Reader) Flag(key string, raw strict.Text) bool {
	yes, ok := raw.Bool()
	if !ok && strings.TrimSpace(string(raw)) != "" {
		r.Warn(key, "flag.invalid")
	}
	return yes
}

// Int returns an integer; empty is 0, anything unreadable is 0 with a warning.
func (r *Reader) Int(key string, raw strict.Text) int64 {
	n, ok := raw.Int()
	if !ok && strings.TrimSpace(string(raw)) != "" {
		r.Warn(key, "number.invalid")
	}
	return n
}

// Amount returns an amount of đồng. Besides digits sources write "50.000" with
// thousand dots, "8000.00" and "không"; anything else is 0 with a warning.
func (r *Reader) Amount(key string, raw strict.Text) int64 {
	plain, repair := strings.TrimSpace(string(raw)), ""
	switch {
	case plain == "":
		return 0
	case strings.EqualFold(plain, "không"):
		plain, repair = "0", "amount.words"
	case thousands.MatchString(plain):
		plain, repair = strings.NewReplacer(".", "", ",", "").Replace(plain), "amount.separators"
	case noCents.MatchString(plain):
		plain, repair = plain[:strings.IndexAny(plain, ".,")], "amount.separators"
	}
	n, ok := strict.Text(plain).Int()
	if !ok || n < 0 {
		r.Warn(key, "number.invalid")
		return 0
	}
	if repair != "" {
		r.Repaired(key, repair)
	}
	return n
}

var (
	thousands = regexp.MustCompile(`^\d{1,3}(?:[.,]\d{3})+$`)
	noCents   = regexp.MustCompile(`^\d+[.,]0{1,2}$`)
)

// Phone returns a telephone number as dialled inside the country; what is none is dropped with a warning.
func (r *Reader) Phone(key string, raw strict.Text) string {
	if raw == "" {
		return ""
	}
	phone, found := schema.ParsePhone(string(raw))
	r.Found(key, found, schema.Warning)
	return phone
}

// Identity returns the number of an identity paper of any kind; a filler or an
// unreadable number is dropped with a warning.
func (r *Reader) Identity(key string, declared schema.PaperType, raw strict.Text) schema.Identifier {
	if raw == "" {
		return schema.Identifier{}
	}
	id, found := schema.ParseIdentity(declared, string(raw))
	r.Found(key, found, schema.Warning)
	return id
}

// TaxCode returns a tax code, which is an enterprise's number too; an unreadable one is dropped with a warning.
func (r *Reader) TaxCode(key string, raw strict.Text) schema.Identifier {
	if raw == "" {
		return schema.Identifier{}
	}
	id, found := schema.ParseTaxCode(string(raw))
	r.Found(key, found, schema.Warning)
	return id
}

// Dossier returns a dossier number, upper case; one that cannot be a number keeps the record out.
func (r *Reader) Dossier(key string, raw strict.Text) string {
	if raw == "" {
		return ""
	}
	id, found := schema.ParseDossierNumber(string(raw))
	r.Found(key, found, schema.Refused)
	return id.Value
}
