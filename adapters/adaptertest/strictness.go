package adaptertest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/lienthong/lienthong/adapters"
)

// stray is a key that no source has.
const stray = "truong_la_cua_bo_kiem_thu"

// checkStrict tampers with the part of the message that gave the first record:
// a key that nobody knows must be reported, the same key twice must be refused.
func (c testCase) checkStrict(t testing.TB, a adapters.Adapter, o outcome) {
	if !c.isJSON() || len(o.records) == 0 {
		return
	}
	part := o.records[0].Raw
	if part == nil {
		part = c.raw.Body
	}
	part = bytes.TrimSpace(part)
	if part[0] != '{' {
		return
	}
	message := c.raw.Body
	if !bytes.Contains(message, part) { // made of a document in a string: a message of its own
		message, o = part, normalize(t, a, adapters.Raw{Body: part})
	}
	tamper := func(insert string) outcome {
		body := bytes.Replace(message, part, append([]byte("{"+insert+","), part[1:]...), 1)
		return normalize(t, a, adapters.Raw{ContentType: c.raw.ContentType, Body: body})
	}

	unknown := tamper(`"` + stray + `":1`)
	if len(unknown.records) != len(o.records) {
		t.Errorf("an unknown key changes the number of records from %d to %d", len(o.records), len(unknown.records))
	} else if !warned(unknown) {
		t.Error("an unknown key goes unreported")
	}
	twice := tamper(`"` + stray + `":1,"` + stray + `":2`)
	if len(twice.records) >= len(o.records) || twice.err == nil {
		t.Error("a key that stands twice is not refused")
	}
}

// warned reports whether some record carries a problem with the stray key.
func warned(o outcome) bool {
	for _, rec := range o.records {
		for _, p := range rec.Problems {
			if strings.HasSuffix(p.Pointer, "/"+stray) {
				return true
			}
		}
	}
	return false
}
