package portal

import (
	"math/big"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// Rule says what an answer in the destination's own form means. Every
// condition that is given must hold.
type Rule struct {
	Name       string              // part of the cause
	Operations []gateway.Operation // none: every operation
	Codes      []string            // body codes, compared as numbers; "" is an answer without a code
	NotCodes   []string            // body codes that exclude the rule
	All        []string            // phrases that the text holds, in lower case
	None       []string            // phrases that it does not hold
	NoText     bool                // the text is empty
	Raw        bool                // the rule is also for bodies in no known form
	Kind       gateway.OutcomeKind
	Shelf      gateway.Shelf
	Reason     bool // the text tells the reason: it is part of the cause
}

// Rules are tried in order; the first that fits stands.
type Rules []Rule

// Answer is a body as rules see it.
type Answer struct {
	Formed bool   // it has the destination's own form
	Code   string // normal form by [NormalCode]
	Text   string // as shown
}

// Match returns the first rule for an answer to an operation.
func (rs Rules) Match(op gateway.Operation, a Answer) (Rule, bool) {
	text := phrase(a.Text)
	for _, r := range rs {
		if r.fits(op, a, text) {
			return r, true
		}
	}
	return Rule{}, false
}

func (r Rule) fits(op gateway.Operation, a Answer, text string) bool {
	switch {
	case !a.Formed && !r.Raw,
		len(r.Operations) > 0 && !slices.Contains(r.Operations, op),
		len(r.Codes) > 0 && !slices.Contains(r.Codes, a.Code),
		slices.Contains(r.NotCodes, a.Code),
		r.NoText && strings.TrimSpace(text) != "":
		return false
	}
	holds := func(p string) bool { return strings.Contains(text, phrase(p)) }
	return !slices.ContainsFunc(r.None, holds) && !slices.ContainsFunc(r.All, func(p string) bool { return !holds(p) })
}

// phrase brings a text to the form in which phrases are compared: NFC, tones
// where most systems put them, lower case, single spaces. Real answers come
// decomposed and in capitals.
func phrase(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(schema.UnifyTones(schema.NFC(s)))), " ")
}

// NormalCode returns a body code so that codes equal as numbers are equal: 0,
// "0", "00" and 0.0 are "0". What is no number stays as it is.
func NormalCode(code string) string {
	code = strings.TrimSpace(code)
	if len(code) > 20 || strings.Trim(code, "+-.0123456789") != "" {
		return code
	}
	n, ok := new(big.Rat).SetString(code)
	if !ok {
		return code
	}
	return n.RatString()
}
