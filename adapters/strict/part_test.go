package strict

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		broken   string
	}{
		{"values of every kind", ` {"a":"]"} [1,2] "x\"]" null `, []string{`{"a":"]"}`, `[1,2]`, `"x\"]"`, `null`}, ""},
		{"an array is one message", "[{\"a\":1},{\"a\":2}]\n", []string{`[{"a":1},{"a":2}]`}, ""},
		{"lines", "{\"a\":1}\n{\"a\":2}\r\n\n{\"a\":3}", []string{`{"a":1}`, `{"a":2}`, `{"a":3}`}, ""},
		{"lines of arrays", "[1]\n[2]\n", []string{`[1]`, `[2]`}, ""},
		{"one object", `{"a":[{},{}]}`, []string{`{"a":[{},{}]}`}, ""},
		{"byte order mark", "\uFEFF[1]", []string{"[1]"}, ""},
		{"nothing", " ", nil, "json.empty"},
		{"open array", `[{"a":1}`, nil, "json.syntax"},
		{"open string", `{"a":"x}`, nil, "json.syntax"},
		{"open line", "{\"a\":1}\n{\"a\":", nil, "json.syntax"},
		{"comma between lines", "{},{}", nil, "json.syntax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts, err := Split([]byte(c.in))
			if c.broken != "" {
				if got := codes(err); len(got) != 1 || got[0] != " "+c.broken || !Broken(err) {
					t.Errorf("%v, want %s", got, c.broken)
				}
				return
			}
			var got []string
			for _, p := range parts {
				got = append(got, string(p))
			}
			if d := cmp.Diff(c.want, got); d != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, d)
			}
		})
	}
}

func TestListsAreBounded(t *testing.T) {
	for _, n := range []int{MaxElements, MaxElements + 1} {
		_, err := Split([]byte(strings.Repeat("{} ", n)))
		if TooMany(err) != (n > MaxElements) {
			t.Error("a stream of", n, err)
		}
		_, err = Elements(Message([]byte("[" + strings.Repeat("{},", n-1) + "{}]")))
		if TooMany(err) != (n > MaxElements) {
			t.Error("an array of", n, err)
		}
	}
}

func TestSplitDoesNotCopy(t *testing.T) {
	body := []byte(`{"a":1} {"b":2}`)
	parts, err := Split(body)
	if err != nil || &parts[1][0] != &body[8] || cap(parts[0]) != len(parts[0]) {
		t.Error("a message is a copy, or can be appended to over its neighbour")
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct {
		name, in         string
		fields           map[string]string
		unknown, problem []string
	}{
		{"known, unknown, by escape", `{"a" : {"x":1}, "\u0062":2, "z~/":[] }`, map[string]string{"a": `{"x":1}`, "b": "2"}, []string{"/z~0~1"}, nil},
		{"empty", `{}`, map[string]string{}, nil, nil},
		{"wrong case", `{"A":1,"a":2}`, map[string]string{"a": "2"}, nil, []string{"/A json.key_case"}},
		{"twice", `{"a":1,"a":2}`, map[string]string{"a": "2"}, nil, []string{"/a json.duplicate_key"}},
		{"unknown twice", `{"y":1,"y":2}`, map[string]string{}, []string{"/y", "/y"}, []string{"/y json.duplicate_key"}},
		{"no object", `[1]`, nil, nil, []string{" json.syntax"}},
		{"no colon", `{"a" 1}`, nil, nil, []string{" json.syntax"}},
		{"name without quotes", `{a:1}`, nil, nil, []string{" json.syntax"}},
		{"more behind", `{"a":1}}`, nil, nil, []string{" json.trailing"}},
		{"broken unknown value", `{"y":[01]}`, nil, nil, []string{" json.syntax"}},
		{"broken name", "{\"y\xff\":1}", nil, nil, []string{" json.syntax"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts, unknown, err := Fields(Message([]byte(c.in)), "a", "b")
			var got map[string]string
			if parts != nil {
				got = map[string]string{}
			}
			for name, p := range parts {
				got[name] = string(p.Data)
			}
			if d := cmp.Diff(c.fields, got) + cmp.Diff(c.unknown, unknown) + cmp.Diff(c.problem, codes(err)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	var got []string
	for k := range Keys(Message([]byte(`{"a":{"no":1},"\u0062":2,"c":3}`))) {
		got = append(got, string(k))
		if len(got) == 2 {
			break
		}
	}
	if d := cmp.Diff([]string{"a", "b"}, got); d != "" {
		t.Error(d)
	}
	for range Keys(Message([]byte(`[1]`))) {
		t.Error("an array has no keys")
	}
}

// What is cut and then decoded part by part is well-formed as a whole, and no
// well-formed array is refused: the scanner and the tokenizer agree.
func FuzzElements(f *testing.F) {
	for _, s := range []string{`[1,"a\\\"]",{"b":[{}]}]`, `[]`, `[[[[]]]]`, `[1,]`, `["\u0000"]`, `[{"a":1,"a":2}]`, "[\"\xff\"]", `[}]`, `[{]}]`} {
		f.Add([]byte(s))
	}
	dec := New(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		m := Message(body)
		parts, err := Elements(m)
		var failed bool
		for _, p := range parts {
			var nothing Skip
			_, err := dec.Decode(p, &nothing)
			failed = failed || err != nil
			if !bytes.Equal(p.Data, body[p.Offset:p.Offset+len(p.Data)]) {
				t.Fatal("the offset is wrong")
			}
		}
		valid := json.Valid(m.Data) && bytes.HasPrefix(bytes.TrimLeft(m.Data, " \t\r\n"), []byte("["))
		if err == nil && !failed && !jsontext.Value(m.Data).IsValid() {
			t.Fatal("malformed, but every part was taken")
		}
		if err != nil && valid {
			t.Fatal("a well-formed array was refused")
		}
		if !bytes.Equal(before, body) {
			t.Fatal("the message was changed")
		}
	})
}

// Whatever is taken is JSON to the standard library too, and gives the same values.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"name":"x"}`, `{"slice":[{"name":"\u00e9"}],"int":12}`, `{"list":{"name":1}}`, `{"raw":{"a":[]},"x":{}}`} {
		f.Add([]byte(s))
	}
	type plain struct {
		String string   `json:"string"`
		Int    int      `json:"int"`
		Bool   bool     `json:"bool"`
		Slice  []string `json:"slice"`
	}
	dec := New(Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		var wild target
		if dec.Unmarshal(body, &wild) == nil && !json.Valid(Message(body).Data) {
			t.Fatal("malformed, but taken")
		}
		var got, want plain
		if dec.Unmarshal(body, &got) != nil {
			return
		}
		if err := json.Unmarshal(Message(body).Data, &want); err != nil {
			t.Fatalf("the standard library refuses it: %v", err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}
