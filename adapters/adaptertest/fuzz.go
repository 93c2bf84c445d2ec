package adaptertest

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
)

// maxFuzz is the size of messages that fuzzing tries, in bytes.
const maxFuzz = 64 << 10

// Fuzz feeds mutations of the golden cases and of the example: their bytes, and
// with other texts in place of their values, which reaches the parsers behind
// the syntax. No panic, no hang, and whatever comes out obeys the rules that
// [Run] checks.
func Fuzz(f *testing.F, spec adapters.Spec, dir string) {
	f.Helper()
	f.Add([]byte(spec.Example), uint8(0), "")
	kinds := map[string]bool{}
	for i, c := range load(f, dir) {
		f.Add(c.raw.Body, uint8(i), "  Nguye\u0302\u0303n\u00a0THỊ H\u2019Rin\u00ad ")
		kinds[c.raw.ContentType] = true
	}
	a := open(f, spec, "24")
	f.Fuzz(func(t *testing.T, body []byte, at uint8, text string) {
		body = splice(body, int(at), text)
		if len(body) > maxFuzz {
			return
		}
		media := mediaOf(body, kinds)
		before := bytes.Clone(body)
		o := normalize(t, a, adapters.Raw{ContentType: media, Body: body})
		if !bytes.Equal(before, body) {
			t.Fatal("Normalize changed the message")
		}
		checkOutcome(t, spec, o)
		checkReplay(t, a, o)
		if media == mediaTypes[".json"] && strict.Broken(o.err) && len(o.records) > 0 {
			t.Errorf("a message that is no JSON gives %d records", len(o.records))
		}
		diff(t, "a second run differs", o.marshal(t), normalize(t, a, adapters.Raw{ContentType: media, Body: body}).marshal(t))
	})
}

// mediaOf says what mutated bytes are sent as: what they look like, of the types that the cases have.
func mediaOf(body []byte, kinds map[string]bool) string {
	first := byte(0)
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 {
		first = trimmed[0]
	}
	for _, look := range []struct {
		media string
		like  bool
	}{
		{mediaTypes[".xml"], first == '<'}, {mediaTypes[".ndjson"], first == '{' && bytes.Contains(body, []byte("}\n{"))}, {mediaTypes[".json"], first == '{' || first == '['},
		{mediaTypes[".csv"], true},
	} {
		if look.like && kinds[look.media] {
			return look.media
		}
	}
	return mediaTypes[".json"]
}

// splice puts a text in place of the string value number at of a JSON message;
// an empty text, or a number beyond the last one, leaves it as it is.
func splice(body []byte, at int, text string) []byte {
	quoted, err := jsontext.AppendQuote(nil, text)
	if text == "" || err != nil {
		return body
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(bytes.Clone(body)))
	for {
		kind, length := dec.StackIndex(dec.StackDepth())
		isName := kind == '{' && length%2 == 0
		if dec.PeekKind() != '"' || isName {
			if _, err := dec.ReadToken(); err != nil {
				return body
			}
			continue
		}
		value, err := dec.ReadValue()
		if err != nil {
			return body
		}
		if at--; at < 0 {
			to := int(dec.InputOffset())
			return bytes.Join([][]byte{body[:to-len(value)], quoted, body[to:]}, nil)
		}
	}
}
