package sink

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// personalIn lists the values of a call that must not show in causes and
// messages. What is personal depends on the kind; any text is taken for it but
// words of small letters, which are codes of ours ("received", "male").
func personalIn(body []byte) []string {
	var values []string
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
			values = append(values, t.String())
		case t.Kind() == '"' && strings.Trim(t.String(), "abcdefghijklmnopqrstuvwxyz_") != "":
			values = append(values, t.String())
		}
	}
}
