package dvcqg

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway/portal"
)

// reply is the body of every answer. Names match in any case and with or
// without underscores: error_code, errorCode.
type reply struct {
	ErrorCode text           `json:"error_code"`
	Code      text           `json:"code"`
	Message   jsontext.Value `json:"message"`
	Session   text           `json:"session"`
	Result    jsontext.Value `json:"result"`
}

// answer is a reply as it is judged.
type answer struct {
	portal.Answer
	Session string
	Result  jsontext.Value // nil: there was none
}

// read takes a body apart; wrong says how it is none of the portal's answers.
// Wrappers put the portal's own answer as text into their message: it is opened,
// and the inner one counts.
func read(body []byte) (a answer, wrong string) {
	body = portal.Bare(body)
	switch {
	case len(body) == 0:
		return answer{}, portal.BodyEmpty
	case body[0] == '<':
		return answer{Answer: portal.Answer{Text: string(body)}}, portal.BodyMarkup
	}
	value := jsontext.Value(body)
	switch k := value.Kind(); {
	case k != '{' && k != '[' && k != '"':
		return answer{Answer: portal.Answer{Text: string(body)}}, portal.BodyForeign
	case !value.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)):
		return answer{}, portal.BodyTruncated
	}
	return readValue(value, 0), ""
}

func readValue(value jsontext.Value, depth int) answer {
	switch value.Kind() {
	case '[':
		return answer{Answer: portal.Answer{Formed: true}, Result: value}
	case '"':
		if inner, ok := opened(value); ok && depth < maxNesting {
			return readValue(inner, depth+1)
		}
		return answer{Answer: portal.Answer{Formed: true, Text: scalar(value)}}
	}
	var r reply
	if json.Unmarshal(value, &r, loosely()) != nil {
		return answer{Answer: portal.Answer{Formed: true}}
	}
	a := answer{
		Answer:  portal.Answer{Formed: true, Code: portal.NormalCode(string(r.ErrorCode)), Text: scalar(r.Message)},
		Session: string(r.Session), Result: r.Result,
	}
	if a.Code == "" {
		a.Code = portal.NormalCode(string(r.Code))
	}
	inner, ok := opened(r.Message)
	if k := r.Message.Kind(); k == '{' || k == '[' {
		inner, ok = r.Message, true
	}
	if !ok || depth >= maxNesting {
		return a
	}
	return a.wrapping(readValue(inner, depth+1))
}

// wrapping returns the inner answer, completed by the outer one.
func (a answer) wrapping(inner answer) answer {
	if inner.Code == "" {
		inner.Code = a.Code
	}
	if inner.Result == nil {
		inner.Result = a.Result
	}
	if inner.Session == "" {
		inner.Session = a.Session
	}
	return inner
}
