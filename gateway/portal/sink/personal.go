package sink

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/schema"
)

// personalIn lists the values of a call that must not show in causes and
// messages. What is personal depends on the kind; any text is taken for it but
// words of small letters, which are codes of ours ("received", "male"). Values
// that the words of the answer do not hold are left out.
func personalIn(body []byte, words string) []string {
	var values []string
	if words == "" {
		return nil
	}
	words = folded(words)
	add := func(v string) {
		if strings.Contains(words, folded(v)) {
			values = append(values, v)
		}
	}
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		t, err := d.ReadToken()
		if err != nil {
			return values
		}
		kind, length := d.StackIndex(d.StackDepth())
		isName := kind == '{' && length%2 == 1
		switch {
		case isName:
		case t.Kind() == '0':
			add(t.String())
		case t.Kind() == '"' && strings.Trim(t.String(), "abcdefghijklmnopqrstuvwxyz_") != "":
			add(t.String())
		}
	}
}

// folded is the form in which [portal.Mask] compares.
func folded(s string) string { return strings.ToLower(strings.TrimSpace(schema.NFC(s))) }
