package markup_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/markup"
	"github.com/lienthong/lienthong/internal/fault"
)

func TestToJSON(t *testing.T) {
	const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>`
	for name, tt := range map[string]struct{ in, want, code string }{
		"text":                      {`<?xml version="1.0" encoding="UTF-8"?><a> Kinh Bắc </a>`, `{"a":"Kinh Bắc"}`, ""},
		"children in order":         {`<r><b>2</b><a>1</a></r>`, `{"r":{"b":"2","a":"1"}}`, ""},
		"a list at its first place": {`<r><i>1</i><x/><i>2</i></r>`, `{"r":{"i":["1","2"],"x":""}}`, ""},
		"attributes and text":       {`<r id="7">x<c/>y</r>`, `{"r":{"@id":"7","c":"","#text":"xy"}}`, ""},
		"prefixes are dropped":      {`<s:Envelope xmlns:s="urn:x"><s:Body/></s:Envelope>`, `{"Envelope":{"Body":""}}`, ""},
		"entities of XML itself":    {`<a>&lt;&amp;&#273;</a>`, `{"a":"<&đ"}`, ""},
		"CDATA":                     {`<a><![CDATA[<b>]]></a>`, `{"a":"<b>"}`, ""},
		"comments":                  {`<a><!-- x -->1</a>`, `{"a":"1"}`, ""},
		"entity expansion":          {bomb, "", "xml.doctype"},
		"an unknown entity":         {`<a>&b;</a>`, "", "xml.syntax"},
		"a stylesheet":              {`<?xml-stylesheet href="x"?><a/>`, "", "xml.instruction"},
		"another encoding":          {`<?xml version="1.0" encoding="windows-1258"?><a/>`, "", "xml.encoding"},
		"nothing":                   {``, "", "xml.syntax"},
		"two roots":                 {`<a/><b/>`, "", "xml.syntax"},
		"text outside":              {`<a/>x`, "", "xml.syntax"},
		"cut":                       {`<a><b>1</b>`, "", "xml.syntax"},
		"crossed":                   {`<a><b></a></b>`, "", "xml.syntax"},
		"NUL":                       {"<a>\x00</a>", "", "xml.syntax"},
		"too deep":                  {strings.Repeat("<a>", 40) + strings.Repeat("</a>", 40), "", "xml.depth"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := markup.ToJSON([]byte(tt.in))
			if tt.code != "" {
				if p := fault.ProblemsOf(err); len(p) != 1 || p[0].Code != tt.code || fault.CodeOf(err) != fault.Malformed {
					t.Errorf("%v, want %s", err, tt.code)
				}
				return
			}
			if err != nil || string(got) != tt.want {
				t.Errorf("%s %v, want %s", got, err, tt.want)
			}
		})
	}
}

func FuzzToJSON(f *testing.F) {
	for _, s := range []string{`<a b="1"><c>x</c><c/></a>`, `<!DOCTYPE x><x/>`, `<a:b xmlns:a="u">đ</a:b>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := markup.ToJSON(body)
		if err == nil && !jsontext.Value(got).IsValid() {
			t.Error("no valid JSON, or a name twice")
		}
		if err != nil && fault.CodeOf(err) != fault.Malformed {
			t.Error(err)
		}
	})
}
