package adaptertest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/adapters"
)

// huge is the size in bytes of the largest message that the API takes by itself.
const huge = 10 << 20

// checkHostile feeds what no honest source sends: messages of the greatest size,
// numbers that no float holds, NUL, XML that would grow. Each has an outcome that
// obeys the rules of every other.
func checkHostile(t *testing.T, spec adapters.Spec) {
	a := open(t, spec, "24")
	inside := func(member string) []byte { // a member more, in the example's first object
		at := strings.IndexByte(spec.Example, '{') + 1
		if at == 0 {
			return []byte(member)
		}
		return []byte(spec.Example[:at] + member + "," + spec.Example[at:])
	}
	const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><x>&b;</x>`
	for name, raw := range map[string]adapters.Raw{
		"a long text":              {Body: inside(`"la":"` + strings.Repeat("Nguyễn ", huge/10) + `"`)},
		"a long list":              {Body: inside(`"la":[` + strings.Repeat("0,", huge/2-100) + `0]`)},
		"many objects":             {Body: []byte("[" + strings.Repeat("{},", huge/3-10) + "{}]")},
		"many keys":                {Body: manyKeys()},
		"brackets to the end":      {Body: bytes.Repeat([]byte("["), huge)},
		"objects to the end":       {Body: bytes.Repeat([]byte(`{"data":`), huge/8)},
		"a number beyond floats":   {Body: inside(`"la":1e400`)},
		"a number without end":     {Body: inside(`"la":` + strings.Repeat("9", 1<<16))},
		"NUL in a text":            {Body: inside(`"la":"\u0000"`)},
		"NUL bytes":                {Body: bytes.Repeat([]byte{0}, 1<<16)},
		"half a surrogate":         {Body: inside(`"la":"\ud800"`)},
		"entities that grow":       {ContentType: mediaTypes[".xml"], Body: []byte(bomb)},
		"XML to the end":           {ContentType: mediaTypes[".xml"], Body: bytes.Repeat([]byte("<a>"), huge/3)},
		"a table of one long line": {ContentType: mediaTypes[".csv"], Body: bytes.Repeat([]byte("a,"), huge/2)},
		"a table of short lines":   {ContentType: mediaTypes[".csv"], Body: append([]byte("so,quyenSo\n"), bytes.Repeat([]byte("1,2\n"), huge/5)...)},
	} {
		t.Run(name, func(t *testing.T) { checkCode(t, normalize(t, a, raw)) })
	}
}

// manyKeys is one object of a hundred thousand members.
func manyKeys() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i := range 100_000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"k`)
		b.WriteString(strings.Repeat("x", i%7))
		b.WriteString(string(rune('a'+i%26)) + strings.Repeat("y", i/4000) + `":` + "0")
	}
	b.WriteByte('}')
	return b.Bytes()
}
