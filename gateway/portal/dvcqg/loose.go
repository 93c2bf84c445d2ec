package dvcqg

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway/portal"
)

// The types of the wire write what the contract wants and read whatever comes
// back: look-ups and wrappers swing between text, numbers, booleans and null.

// text is a string of the contract, in NFC and without space around it.
type text string

// UnmarshalJSONFrom reads any scalar as text; null and what is no scalar are "".
func (t *text) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*t = text(scalar(value))
	return nil
}

// scalar reads a JSON scalar as the contract would write it, "" for null and for what is none.
func scalar(value jsontext.Value) string {
	switch value.Kind() {
	case '"':
		var s string
		if json.Unmarshal(value, &s, jsontext.AllowInvalidUTF8(true)) != nil {
			return ""
		}
		return portal.Clean(s)
	case '0':
		return plainNumber(string(value))
	case 't':
		return "True"
	case 'f':
		return "False"
	}
	return ""
}

// plainNumber writes a number of JSON without an exponent.
func plainNumber(s string) string {
	if !strings.ContainsAny(s, "eE") || len(s) > 30 {
		return s
	}
	n, ok := new(big.Rat).SetString(s)
	if !ok || !n.IsInt() || n.Num().BitLen() > 256 {
		return s
	}
	return n.RatString()
}

// number is an integer of the contract.
type number int64

// UnmarshalJSONFrom reads an integer from a number or a text, 0 from anything else.
func (n *number) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	whole, _, _ := strings.Cut(string(t), ".")
	value, _ := strconv.ParseInt(whole, 10, 64)
	*n = number(value)
	return nil
}

// flag is a boolean of the contract.
type flag bool

// UnmarshalJSONFrom reads true, "True", 1 and "1" as true, anything else as false.
func (f *flag) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var t text
	if err := t.UnmarshalJSONFrom(dec); err != nil {
		return err
	}
	*f = flag(t == "1" || strings.EqualFold(string(t), "true"))
	return nil
}

// list is a list of the contract; it is written as [] when empty.
type list[T any] []T

// UnmarshalJSONFrom reads a list, one object alone, or either as text. What is no object is left out.
func (l *list[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	*l = nil
	for _, item := range items(value, 0) {
		var one T
		if item.Kind() == '{' && json.Unmarshal(item, &one, loosely()) == nil {
			*l = append(*l, one)
		}
	}
	return nil
}

const maxNesting = 4 // of JSON written as text inside JSON

// items returns the elements of a list, or the value itself when it is one
// object; text that holds JSON is opened first. Nothing and null have none.
func items(value jsontext.Value, depth int) []jsontext.Value {
	switch value.Kind() {
	case '[':
		var all []jsontext.Value
		if json.Unmarshal(value, &all, loosely()) != nil {
			return nil
		}
		return all
	case '{':
		return []jsontext.Value{value}
	case '"':
		if inner, ok := opened(value); ok && depth < maxNesting {
			return items(inner, depth+1)
		}
	}
	return nil
}

// opened returns the JSON object or list that a JSON text holds.
func opened(value jsontext.Value) (jsontext.Value, bool) {
	inner := jsontext.Value(scalar(value))
	if k := inner.Kind(); k != '{' && k != '[' && k != '"' {
		return nil, false
	}
	return inner, inner.IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// loosely reads names in any case, with or without underscores, and keeps the
// last of a name that comes twice.
func loosely() json.Options {
	return json.JoinOptions(json.MatchCaseInsensitiveNames(true),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}
