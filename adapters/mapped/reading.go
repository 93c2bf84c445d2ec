package mapped

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// cell is one field of the source as it is being read.
type cell struct {
	r        *field.Reader
	key      string
	raw      strict.Text
	must     bool // an unreadable value keeps the record out
	province string
}

// level is how much an unreadable value matters.
func (c cell) level() fault.Level {
	if c.must {
		return schema.Refused
	}
	return schema.Warning
}

// read turns a cell into a value: string, int64, float64, bool, schema.Date,
// schema.Time, schema.Identifier or schema.Address; nil is nothing.
type read func(c cell) any

// way is one way of reading, as the key "as" names it.
type way struct {
	name  string
	note  string         // one line for people
	gives []reflect.Type // fields that it can fill
	make  func(argument string, c *compiler) read
	takes []string // values of its argument, none when it takes none
}

var (
	stringType  = reflect.TypeFor[string]()
	intTypes    = []reflect.Type{reflect.TypeFor[int64](), reflect.TypeFor[int]()}
	floatTypes  = []reflect.Type{reflect.TypeFor[float64]()}
	boolTypes   = []reflect.Type{reflect.TypeFor[bool]()}
	dateTypes   = []reflect.Type{reflect.TypeFor[schema.Date]()}
	timeTypes   = []reflect.Type{reflect.TypeFor[schema.Time]()}
	placeTypes  = []reflect.Type{reflect.TypeFor[schema.Address]()}
	numberTypes = []reflect.Type{reflect.TypeFor[schema.Identifier](), stringType}
	textTypes   = []reflect.Type{stringType}
)

func simply(f read) func(string, *compiler) read {
	return func(string, *compiler) read { return f }
}

// ways are all values of "as".
var ways = []way{
	{"text", "clean text; fillers are dropped", textTypes, simply(func(c cell) any { return c.r.Text(c.key, c.raw) }), nil},
	{"name", "name of a person", textTypes, simply(func(c cell) any { return c.r.Name(c.key, c.raw) }), nil},
	{"code", "a code or an address on the net, kept as it is", textTypes, simply(func(c cell) any { return c.r.Code(c.raw) }), nil},
	{"phone", "telephone number", textTypes, simply(func(c cell) any { return c.r.Phone(c.key, c.raw) }), nil},
	{"dossier", "dossier number (mã hồ sơ)", textTypes, simply(dossier), nil},
	{"identity", "number of an identity paper", numberTypes, simply(func(c cell) any { return c.r.Identity(c.key, "", c.raw) }), nil},
	{"tax_code", "tax code, which is the enterprise's number too", numberTypes, simply(func(c cell) any { return c.r.TaxCode(c.key, c.raw) }), nil},
	{"amount", "đồng, with or without separators", intTypes, simply(func(c cell) any { return c.r.Amount(c.key, c.raw) }), nil},
	{"number", "whole number", intTypes, simply(func(c cell) any { return c.r.Int(c.key, c.raw) }), nil},
	{"decimal", "number with a decimal point or comma", floatTypes, simply(decimal), nil},
	{"flag", "true or false, 1 or 0", boolTypes, simply(func(c cell) any { return c.r.Flag(c.key, c.raw) }), nil},
	{"date", "calendar date", dateTypes, dateWay, texts(schema.DateSlashed, schema.DateDotted, schema.DateDashed, schema.DateCompact, schema.DateISO, schema.DateAny)},
	{"time", "instant, in input.time_zone unless it carries an offset", timeTypes, timeWay, texts(schema.TimeCompact, schema.TimeSlashed, schema.TimeISO, schema.TimeRFC3339, schema.TimeDotNet, schema.TimeAny)},
	{"commune", "commune code of either list", placeTypes, simply(commune), nil},
	{"address", "one line of address", placeTypes, simply(address), nil},
	{"status", "one of the portal's ten statuses, by its number 1 to 10 or by map", []reflect.Type{reflect.TypeFor[schema.Status]()}, simply(status), nil},
	{"sex", "nam or nữ, or by map", []reflect.Type{reflect.TypeFor[schema.Sex]()}, simply(sex), nil},
	{"choice", "one of the field's values, or by map", nil, nil, nil},
}

func wayNamed(name string) (way, bool) {
	i := slices.IndexFunc(ways, func(w way) bool { return w.name == name })
	if i < 0 {
		return way{}, false
	}
	return ways[i], true
}

// usualWay is how a field is read when nothing is said.
func usualWay(kind schema.Kind, t target) string {
	leaf := t.name[strings.LastIndexByte(t.name, '.')+1:]
	switch typ := item(t.typ); {
	case typ == stringType && (leaf == "dossier" || kind == schema.KindDossier && t.name == "number"):
		return "dossier"
	case typ == stringType && leaf == "full_name":
		return "name"
	case typ == stringType && leaf == "phone":
		return "phone"
	case typ == reflect.TypeFor[schema.Status]():
		return "status"
	case typ == reflect.TypeFor[schema.Sex]():
		return "sex"
	case choices[typ] != nil:
		return "choice"
	case slices.Contains(intTypes, typ):
		return "number"
	case typ == placeTypes[0]:
		return "address"
	default:
		for _, w := range ways {
			if slices.Contains(w.gives, typ) {
				return w.name
			}
		}
	}
	return ""
}

// item returns the type of a list's elements, or the type itself.
func item(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return t
}

func dateWay(format string, _ *compiler) read {
	return func(c cell) any {
		d, err := schema.ParseDate(string(c.raw), schema.DateFormat(format))
		c.r.Fail(c.key, err, c.level())
		return d
	}
}

func timeWay(format string, comp *compiler) read {
	zone := comp.zone
	return func(c cell) any {
		t, err := schema.ParseTime(string(c.raw), schema.TimeFormat(format), zone)
		c.r.Fail(c.key, err, c.level())
		return t
	}
}

// zones are the values of input.time_zone.
var zones = map[string]*time.Location{"Asia/Ho_Chi_Minh": nil, "UTC": time.UTC}

// decimal reads a number as people write it here or there: 120.5, 120,5 and 1.204,5.
func decimal(c cell) any {
	text := strings.TrimSpace(string(c.raw))
	if text == "" {
		return nil
	}
	comma, dot := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
	if comma > dot && strings.Count(text, ",") == 1 {
		text = strings.Replace(strings.ReplaceAll(text, ".", ""), ",", ".", 1)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "-0123456789.") != "" {
		c.r.Note(c.key, schema.Problem{Code: "number.invalid", Level: c.level(),
			Detail: "Không phải số, đã bỏ qua.", DetailEN: "Not a number; passed over."})
		return nil
	}
	return f
}

func dossier(c cell) any {
	if c.raw == "" {
		return nil
	}
	id, found := schema.ParseDossierNumber(string(c.raw))
	c.r.Found(c.key, found, c.level())
	return id.Value
}

// commune reads a commune code; the province of the configuration decides where both lists have it.
func commune(c cell) any {
	code := units.ResolveCode(c.r.Code(c.raw), c.province, schema.Date{})
	c.r.Found(c.key, code.Problems, schema.Warning)
	return code.Address()
}

func address(c cell) any {
	line := c.r.Text(c.key, c.raw)
	if line == "" {
		return nil
	}
	return units.ReadLine(line, schema.Date{}).Address()
}

func status(c cell) any {
	text := strings.TrimSpace(string(c.raw))
	if text == "" {
		return nil
	}
	if s, ok := schema.StatusFromGen1(text); ok {
		return string(s)
	}
	return oneOf(c, choices[reflect.TypeFor[schema.Status]()], "status.unmapped", "Trạng thái không thuộc mười trạng thái của Cổng.", "The status is none of the portal's ten.")
}

func sex(c cell) any {
	switch schema.Fold(strings.TrimSpace(string(c.raw))) {
	case "":
		return nil
	case "nam":
		return string(schema.Male)
	case "nu":
		return string(schema.Female)
	}
	return choice(choices[reflect.TypeFor[schema.Sex]()])(c)
}

// choice reads a field that has few values.
func choice(values []string) read {
	return func(c cell) any {
		return oneOf(c, values, "value.unmapped", "Mã không có trong danh mục, đã bỏ qua.", "The code is in no list here and was passed over.")
	}
}

func oneOf(c cell, values []string, code, vi, en string) any {
	text := strings.TrimSpace(string(c.raw))
	if text == "" {
		return nil
	}
	if slices.Contains(values, text) {
		return text
	}
	c.r.Note(c.key, schema.Problem{Code: code, Level: c.level(), Detail: vi, DetailEN: en})
	return nil
}
