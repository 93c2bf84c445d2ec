package httpapi

import (
	"strconv"
	"strings"
)

// language is one that answers can be written in.
type language string

const (
	vietnamese language = "vi" // the default
	english    language = "en"
)

// in returns the text of the language; a missing English one falls back.
func (l language) in(vi, en string) string {
	if l == english && en != "" {
		return en
	}
	return vi
}

// languageOf reads Accept-Language (RFC 9110 §12.5.4): English where it is
// preferred over Vietnamese and anything else, else Vietnamese.
func languageOf(header string) language {
	if header == "" {
		return vietnamese
	}
	best, weight := vietnamese, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(part, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		l := language(primary)
		if primary == "*" {
			l = vietnamese
		}
		if q := quality(params); (l == vietnamese || l == english) && q > weight {
			best, weight = l, q
		}
	}
	return best
}

func quality(params string) float64 {
	name, value, found := strings.Cut(strings.TrimSpace(params), "=")
	if !found || strings.TrimSpace(name) != "q" {
		return 1
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || q < 0 || q > 1 {
		return 0
	}
	return q
}
