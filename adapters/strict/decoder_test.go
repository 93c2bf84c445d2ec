package strict

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/lienthong/lienthong/internal/fault"
)

type inner struct {
	Name Text `json:"name"`
}

type embedded struct {
	Shared Text `json:"shared"`
}

type target struct {
	embedded
	Text   Text              `json:"text"`
	String string            `json:"string"`
	Int    int               `json:"int"`
	Small  int8              `json:"small"`
	Float  float64           `json:"float"`
	Bool   bool              `json:"bool"`
	Inner  inner             `json:"inner"`
	Ptr    *inner            `json:"ptr"`
	Slice  []inner           `json:"slice"`
	List   List[inner]       `json:"list"`
	Map    map[string]inner  `json:"map"`
	Raw    jsontext.Value    `json:"raw"`
	When   time.Time         `json:"when"`
	Skip   Skip              `json:"skip"`
	Any    any               `json:"any"`
	Deep   *target           `json:"deep"`
	Named  map[string]string `json:"named,omitempty"`
	Hidden string            `json:"-"`
	Bare   Text
}

// codes returns "pointer code" of each problem of err.
func codes(err error) []string {
	var out []string
	for _, p := range fault.ProblemsOf(err) {
		out = append(out, p.Pointer+" "+p.Code)
	}
	return out
}

func TestDecodeValues(t *testing.T) {
	in := `{"shared":"s","text":7.50,"string":"x","int":-3,"small":127,"float":1.5,"bool":true,"inner":{"name":true},
		"ptr":{"name":"p"},"slice":[{"name":null},{"name":"b"},{"name":"c"}],"list":[{"name":"l"}],"map":{"k\n":{"name":"m"}},
		"raw":{"a": [1]},"when":"2025-11-03T08:30:00+07:00","skip":[{}],"any":[1],"deep":{"text":"d"},"named":{"a":"b"},"Bare":""}`
	var got target
	unknown, err := New(Options{RefuseUnknown: true}).Decode(Message([]byte(in)), &got)
	if err != nil || unknown != nil {
		t.Fatal(unknown, codes(err))
	}
	want := target{
		embedded: embedded{"s"}, Text: "7.50", String: "x", Int: -3, Small: 127, Float: 1.5, Bool: true, Inner: inner{"true"},
		Ptr: &inner{"p"}, Slice: []inner{{}, {"b"}, {"c"}}, List: List[inner]{{"l"}}, Map: map[string]inner{"k\n": {"m"}},
		Raw: jsontext.Value(`{"a": [1]}`), When: time.Date(2025, 11, 3, 1, 30, 0, 0, time.UTC), Any: []any{1.0},
		Deep: &target{Text: "d"}, Named: map[string]string{"a": "b"},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(target{}, embedded{})); d != "" {
		t.Error(d)
	}
}

func TestDecodeProblems(t *testing.T) {
	deep := strings.Repeat(`{"deep":`, MaxDepth) + `{}` + strings.Repeat("}", MaxDepth)
	deepUnknown := `{"x":` + strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth) + `,"int":"1"}`
	for _, c := range []struct {
		name, in string
		code     fault.Code
		want     []string
	}{
		{"empty", " \n", fault.Malformed, []string{" json.empty"}},
		{"cut short", `{"text":"a`, fault.Malformed, []string{"/text json.syntax"}},
		{"single quotes", `{'text':1}`, fault.Malformed, []string{" json.syntax"}},
		{"trailing data", `{} {}`, fault.Malformed, []string{" json.trailing"}},
		{"trailing garbage", `{}]`, fault.Malformed, []string{" json.trailing"}},
		{"known key twice", `{"text":1,"text":1}`, fault.Malformed, []string{"/text json.duplicate_key"}},
		{"unknown key twice", `{"x":1,"x":1}`, fault.Malformed, []string{"/x json.duplicate_key"}},
		{"key twice below an unknown one", `{"x":{"y":1,"y":2}}`, fault.Malformed, []string{"/x/y json.duplicate_key"}},
		{"key twice by escape", `{"text":1,"\u0074ext":1}`, fault.Malformed, []string{"/text json.duplicate_key"}},
		{"twice and then broken", `{"text":1,"text":1,]}`, fault.Malformed, []string{"/text json.syntax"}},
		{"bad UTF-8", "{\"text\":\"\xff\"}", fault.Malformed, []string{"/text json.utf8"}},
		{"lone surrogate", `{"text":"\ud800"}`, fault.Malformed, []string{"/text json.utf8"}},
		{"bad UTF-8 in an unknown value", "{\"x\":[\"\xff\"]}", fault.Malformed, []string{"/x/0 json.utf8"}},
		{"escaped NUL", `{"text":"a\u0000"}`, fault.Malformed, []string{"/text json.nul"}},
		{"escaped NUL in an unknown value", `{"x":["\\\u0000"]}`, fault.Malformed, []string{"/x json.nul"}},
		{"no NUL but its spelling", `{"text":"\\u0000","skip":"\\u0000"}`, "", nil},
		{"too deep", deep, fault.Malformed, []string{strings.Repeat("/deep", MaxDepth) + " json.too_deep"}},
		{"too deep in an unknown value", deepUnknown, fault.Malformed, []string{"/x json.too_deep", "/int json.kind"}},
		{"wrong case", `{"Text":1,"ſkip":1,"inner":{"NAME":1}}`, fault.Invalid,
			[]string{"/Text json.key_case", "/ſkip json.key_case", "/inner/NAME json.key_case"}},
		{"wrong kinds", `{"text":{},"string":1,"int":"1","small":128,"float":"x","bool":1,"inner":[],"slice":{},"list":"x","map":1,"when":"x","skip":[]}`,
			fault.Invalid, []string{"/text json.kind", "/string json.kind", "/int json.kind", "/small json.kind", "/float json.kind",
				"/bool json.kind", "/inner json.kind", "/slice json.kind", "/list json.kind", "/map json.kind", "/when json.kind"}},
		{"fraction for an integer", `{"int":1.5}`, fault.Invalid, []string{"/int json.kind"}},
		{"in a list", `{"slice":[{},7,{"name":[]}]}`, fault.Invalid, []string{"/slice/1 json.kind", "/slice/2/name json.kind"}},
		{"pointer syntax", `{"map":{"a/b~":{"name":{}}}}`, fault.Invalid, []string{"/map/a~1b~0/name json.kind"}},
		{"nulls", `{"text":null,"string":null,"int":null,"inner":null,"slice":null,"list":null,"map":null,"ptr":null,"when":null}`, "", nil},
		{"lists of the wild", `{"list":"","deep":{"list":{"name":1}}}`, "", nil},
		{"byte order mark", "\uFEFF{}", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var into target
			_, err := New(Options{}).Decode(Message([]byte(c.in)), &into)
			if d := cmp.Diff(c.want, codes(err)); d != "" || fault.CodeOf(err) != c.code {
				t.Errorf("code %q, problems (-want +got):\n%s", fault.CodeOf(err), d)
			}
		})
	}
}

func TestDecodeUnknown(t *testing.T) {
	in := []byte(`{"x":1,"inner":{"y":{"z":2}},"slice":[{"w":[]}],"a/b":0}`)
	want := []string{"/x", "/inner/y", "/slice/0/w", "/a~1b"}
	var into target
	unknown, err := New(Options{}).Decode(Message(in), &into)
	if d := cmp.Diff(want, unknown); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	err = New(Options{RefuseUnknown: true}).Unmarshal(in, &into)
	want = []string{"/x json.unknown_key", "/inner/y json.unknown_key", "/slice/0/w json.unknown_key", "/a~1b json.unknown_key"}
	if d := cmp.Diff(want, codes(err)); d != "" || fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func TestReportsAreBounded(t *testing.T) {
	var body strings.Builder
	for i := range 3 * maxReports {
		fmt.Fprintf(&body, `,"x%d":0,"%s":0`, i, strings.Repeat("TEXT", i+1))
	}
	var into target
	unknown, _ := New(Options{}).Decode(Message([]byte("{"+body.String()[1:]+"}")), &into)
	err := New(Options{RefuseUnknown: true}).Unmarshal([]byte("{"+body.String()[1:]+"}"), &into)
	if len(unknown) != maxReports || len(codes(err)) != maxReports {
		t.Error(len(unknown), len(codes(err)))
	}
}

func TestPointersOfParts(t *testing.T) {
	body := []byte(`{"data":[{"name":1},{"Name":2,"x":3},{"name":}]}`)
	fields, _, err := Fields(Message(body), "data")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := Elements(fields["data"])
	if err != nil || len(parts) != 3 {
		t.Fatal(len(parts), err)
	}
	var into inner
	unknown, err := New(Options{}).Decode(parts[1], &into)
	if d := cmp.Diff([]string{"/data/1/x"}, unknown); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"/data/1/Name json.key_case"}, codes(err)); d != "" || Broken(err) {
		t.Error(d)
	}
	_, err = New(Options{}).Decode(parts[2], &into)
	p := fault.ProblemsOf(err)
	if !Broken(err) || p[0].Pointer != "/data/2/name" || !strings.Contains(p[0].DetailEN, "byte 45") {
		t.Errorf("%+v", p)
	}
	if string(body[parts[2].Offset:]) != `{"name":}]}` {
		t.Errorf("offset %d", parts[2].Offset)
	}
}

func TestDecodeBadTarget(t *testing.T) {
	if _, err := New(Options{}).Decode(Message([]byte(`{}`)), target{}); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
}

func TestDecodeConcurrently(t *testing.T) {
	d := New(Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var a target
			var b inner
			if err := d.Unmarshal([]byte(`{"slice":[{"name":"x"}]}`), &a); err != nil || len(a.Slice) != 1 || a.Slice[0].Name != "x" {
				t.Error(err)
			}
			if err := d.Unmarshal([]byte(`{"name":"y"}`), &b); err != nil || b.Name != "y" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestText(t *testing.T) {
	for text, want := range map[Text]struct {
		n          int64
		isInt      bool
		yes, truth bool
	}{
		"7": {7, true, false, false}, " 1 ": {1, true, true, true}, "0": {0, true, false, true}, "True": {0, false, true, true},
		"FALSE": {0, false, false, true}, "": {}, "1.0": {}, "có": {},
	} {
		n, isInt := text.Int()
		yes, truth := text.Bool()
		if n != want.n || isInt != want.isInt || yes != want.yes || truth != want.truth {
			t.Errorf("%q: %d %v, %v %v", text, n, isInt, yes, truth)
		}
	}
}
