package adaptertest

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// checkOutcome holds records and problems to what every adapter promises.
func checkOutcome(t testing.TB, spec adapters.Spec, o outcome) {
	t.Helper()
	checkCode(t, o)
	for i, rec := range o.records {
		where := fmt.Sprintf("record %d, a %s", i, rec.Kind)
		if !declared(spec, rec.Kind) || rec.Body.Kind() != rec.Kind {
			t.Errorf("%s: kind not declared, or not that of the body", where)
		}
		if rec.ID == "" {
			t.Errorf("%s: no id", where)
		}
		for _, p := range rec.Body.Validate() {
			if p.IsRefusal() {
				t.Errorf("%s: not valid: %v", where, p)
			}
		}
		for _, p := range rec.Problems {
			if p.IsRefusal() {
				t.Errorf("%s: carries the refusal %v", where, p)
			}
			checkProblem(t, p)
		}
		checkBody(t, where, rec, o.Records[i].Body)
	}
	for _, p := range o.Problems {
		checkProblem(t, p)
	}
}

// checkBody looks at the canonical form: NFC, and the same after a way through the store.
func checkBody(t testing.TB, where string, rec schema.Record, sealed []byte) {
	t.Helper()
	if !norm.NFC.IsNormal(sealed) || !norm.NFC.IsNormalString(rec.ID) {
		t.Errorf("%s: not NFC", where)
	}
	body, err := schema.OpenBody(rec.Kind, sealed)
	if err != nil {
		t.Errorf("%s: does not open again: %v", where, err)
		return
	}
	again, err := schema.SealBody(body)
	if err != nil || !bytes.Equal(again.JSON, sealed) {
		t.Errorf("%s: another body after opening it again", where)
	}
}

func declared(spec adapters.Spec, k schema.Kind) bool {
	for _, ks := range spec.Kinds {
		if ks.Kind == k {
			return true
		}
	}
	return false
}

func checkProblem(t testing.TB, p fault.Problem) {
	t.Helper()
	if p.Code == "" || p.Detail == "" || p.DetailEN == "" {
		t.Errorf("a problem lacks its code or its words: %v", p)
	}
	if p.Pointer != "" && !jsontext.Pointer(p.Pointer).IsValid() {
		t.Errorf("not a JSON pointer: %q", p.Pointer)
	}
}

// checkPointers resolves the pointers of all problems in the message as sent.
// The last step may be missing there, since that may be the problem. Of a
// document inside a string only the string is looked for.
func checkPointers(t testing.TB, body []byte, o outcome) {
	t.Helper()
	var message any
	if json.Unmarshal(body, &message) != nil {
		return // refused for its syntax
	}
	problems := o.Problems
	for _, rec := range o.records {
		problems = append(problems, rec.Problems...)
	}
	for _, p := range problems {
		if !resolves(message, jsontext.Pointer(p.Pointer)) {
			t.Errorf("%s points to nothing in the message: %q", p.Code, p.Pointer)
		}
	}
}

func resolves(at any, pointer jsontext.Pointer) bool {
	tokens := slices.Collect(pointer.Tokens())
	for i, token := range tokens {
		last := i == len(tokens)-1
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[token]
			if !ok {
				return last
			}
			at = next
		case []any:
			n, err := strconv.Atoi(token)
			if err != nil || n < 0 || n >= len(v) {
				return false
			}
			at = v[n]
		case string:
			return true
		default:
			return false
		}
	}
	return true
}

// minSecret is the length in bytes from which a value of the message must not
// show up in errors; shorter ones are found in any text.
const minSecret = 4

// checkSilence looks for values of the message in everything that an error says.
func checkSilence(t testing.TB, raw adapters.Raw, o outcome) {
	t.Helper()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	logger.Error("normalising", "err", o.err)
	said := []string{log.String()}
	if o.err != nil {
		said = append(said, o.err.Error(), fmt.Sprintf("%+v", o.err))
	}
	problems := o.Problems
	for _, rec := range o.records {
		problems = append(problems, rec.Problems...)
		logger.Info("record", "record", rec)
		said = append(said, log.String())
	}
	for _, p := range problems {
		said = append(said, p.Error(), p.Code, p.Detail, p.DetailEN, p.Expected)
	}
	text := strings.Join(said, "\n")
	for _, value := range values(raw.Body) {
		if len(value) >= minSecret && strings.Contains(text, value) {
			t.Errorf("a value of %d bytes from the message shows up in an error, a problem or a log line", len(value))
		}
	}
}

// withoutTime drops the line's own time: its digits may be those of any
// short number of a message.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// values returns every string and number of a message, those of documents
// inside its strings too; of XML the character data, of a table the cells.
func values(body []byte) []string {
	if first := bytes.TrimSpace(body); len(first) > 0 && first[0] != '{' && first[0] != '[' && first[0] != '<' { // a table: its cells below the header
		_, cells, _ := strings.Cut(string(body), "\n")
		return strings.FieldsFunc(cells, func(r rune) bool { return strings.ContainsRune(",;\t\"\r\n", r) })
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return strings.FieldsFunc(stripTags(string(body)), func(r rune) bool { return r == '\n' || r == '\x00' })
	}
	var out []string
	dec := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return out
		}
		kind, length := dec.StackIndex(dec.StackDepth())
		isName := kind == '{' && length%2 == 1
		switch {
		case isName || tok.Kind() != '"' && tok.Kind() != '0':
		case tok.Kind() == '"' && strings.HasPrefix(strings.TrimSpace(tok.String()), "{"):
			out = append(out, values([]byte(tok.String()))...)
		default:
			out = append(out, tok.String())
		}
	}
}

// stripTags puts a zero byte where a tag was.
func stripTags(xml string) string {
	var b strings.Builder
	inside := false
	for _, r := range xml {
		switch {
		case r == '<':
			inside = true
			b.WriteByte(0)
		case r == '>':
			inside = false
		case !inside:
			b.WriteRune(r)
		}
	}
	return b.String()
}
