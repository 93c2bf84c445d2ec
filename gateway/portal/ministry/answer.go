package ministry

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// answer is a body as it is judged.
type answer struct {
	portal.Answer
	whole jsontext.Value // the object; nil when there was none
}

// read takes a body apart; wrong says how it is no answer of the portal. The
// text of such a body is kept for people: errors of what stands in between come
// as pages and plain words.
func read(body []byte) (a answer, wrong string) {
	body = portal.Bare(body)
	value := jsontext.Value(body)
	switch {
	case len(body) == 0:
		return answer{}, portal.BodyEmpty
	case body[0] == '<':
		return answer{Answer: portal.Answer{Text: withoutTags(string(body))}}, portal.BodyMarkup
	case value.Kind() != '{':
		return answer{Answer: portal.Answer{Text: string(body)}}, portal.BodyForeign
	case !value.IsValid(loosely...):
		return answer{}, portal.BodyTruncated
	}
	a = answer{whole: value}
	_, hasCode := member(value, "code")
	_, hasMessage := member(value, "message")
	_, hasData := member(value, "data")
	_, hasValue := member(value, "value")
	a.Formed = hasCode || hasMessage || hasData || hasValue
	a.Code, a.Text = portal.NormalCode(scalar(value, "code")), scalar(value, "message")
	return a, ""
}

// withoutTags leaves the words of a page, so that a name that touches a tag is
// still seen as one and masked.
func withoutTags(page string) string {
	var words strings.Builder
	for len(page) > 0 {
		text, rest, _ := strings.Cut(page, "<")
		words.WriteString(text)
		words.WriteByte(' ')
		_, page, _ = strings.Cut(rest, ">")
	}
	return strings.TrimSpace(words.String())
}

var loosely = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// member returns a member of an object by its name in any case: the contract
// itself writes IDHoSo, IdHoSo and idHoSo.
func member(object jsontext.Value, name string) (jsontext.Value, bool) {
	var members map[string]jsontext.Value
	if object.Kind() != '{' || json.Unmarshal(object, &members, json.JoinOptions(loosely...)) != nil {
		return nil, false
	}
	if v, ok := members[name]; ok {
		return v, true
	}
	for k, v := range members {
		if strings.EqualFold(k, name) {
			return v, true
		}
	}
	return nil, false
}

// scalar follows members down and returns a text or number as text, "" for anything else.
func scalar(value jsontext.Value, path ...string) string {
	for _, name := range path {
		value = first(value)
		var ok bool
		if value, ok = member(value, name); !ok {
			return ""
		}
	}
	switch value.Kind() {
	case '"':
		var s string
		if json.Unmarshal(value, &s, json.JoinOptions(loosely...)) != nil {
			return ""
		}
		return strings.TrimSpace(schema.NFC(s))
	case '0':
		return string(value)
	}
	return ""
}

// first is the first element of a list, or the value itself.
func first(value jsontext.Value) jsontext.Value {
	var all []jsontext.Value
	if value.Kind() != '[' {
		return value
	}
	if json.Unmarshal(value, &all, json.JoinOptions(loosely...)) != nil || len(all) == 0 {
		return nil
	}
	return all[0]
}

// tokenOf reads {data:{access_token, expires_in}}, or the same without data.
func tokenOf(a answer) (token string, lasts time.Duration) {
	data := a.whole
	if inner, ok := member(data, "data"); ok {
		data = inner
	}
	seconds, err := strconv.ParseInt(scalar(data, "expires_in"), 10, 32)
	if err != nil || seconds < 0 {
		seconds = 0
	}
	return scalar(data, "access_token"), time.Duration(seconds) * time.Second
}

// uploaded reads data[0].response.data[0].{IdTepTin, HashTepTin}.
func uploaded(a answer) handle {
	return handle{
		id:   scalar(a.whole, "data", "response", "data", "IdTepTin"),
		hash: scalar(a.whole, "data", "response", "data", "HashTepTin"),
	}
}
