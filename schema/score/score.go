// Package score knows how the national portal scores a province on the
// dossiers that reach it: the indicators and the rules that hurt them, as data
// with a source and a version, and pure functions over one dossier.
//
//	for _, rule := range score.Hurts(score.Leaving{Dossier: d, Steps: next, Shown: before}) {
//		rule.VI // the reason, in words for a clerk
//	}
//
// [Hurts] judges what is about to leave; [Count] counts a dossier into a preview.
package score

import (
	_ "embed" // the tables
	"iter"
	"slices"
	"strings"
	"sync"
)

// Version is of the tables; Source says what they were taken from.
const (
	Version = "2026-11"
	Source  = "Bộ chỉ số phục vụ người dân, doanh nghiệp (Cổng Dịch vụ công Quốc gia)"
)

// Policy says what happens to a delivery that would hurt an indicator.
type Policy string

// Policies.
const (
	Off  Policy = "off"
	Warn Policy = "warn" // it leaves, and the journey says so
	Hold Policy = "hold" // it waits for new data, or for somebody who lets it go
)

// Policies returns every policy.
func Policies() []Policy { return []Policy{Off, Warn, Hold} }

// Indicator is one figure of the score.
type Indicator struct {
	Code   string
	VI, EN string // its name
}

// Rule is one way to hurt an indicator.
type Rule struct {
	Code      string // "second_supplement"
	Indicator string
	Policy    Policy // unless the configuration says otherwise
	VI, EN    string // the reason, in words for a clerk
}

// CausePrefix is what the cause of a delivery that was held back begins with.
const CausePrefix = "score."

//go:embed data/indicators.tsv
var indicatorLines string

//go:embed data/rules.tsv
var ruleLines string

// rows yields the lines of a table, without its comments.
func rows(table string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			if line = strings.TrimRight(line, "\r\n"); line == "" || line[0] == '#' {
				continue
			}
			if !yield(strings.Split(line, "\t")) {
				return
			}
		}
	}
}

var indicators = sync.OnceValue(func() (all []Indicator) {
	for f := range rows(indicatorLines) {
		all = append(all, Indicator{Code: f[0], VI: f[1], EN: f[2]})
	}
	return all
})

var rules = sync.OnceValue(func() (all []Rule) {
	for f := range rows(ruleLines) {
		all = append(all, Rule{Code: f[0], Indicator: f[1], Policy: Policy(f[2]), VI: f[3], EN: f[4]})
	}
	return all
})

// Indicators returns the indicators in the order of the table.
func Indicators() []Indicator { return slices.Clone(indicators()) }

// Rules returns the rules in the order of the table.
func Rules() []Rule { return slices.Clone(rules()) }

// RuleByCode returns a rule.
func RuleByCode(code string) (Rule, bool) {
	for _, r := range rules() {
		if r.Code == code {
			return r, true
		}
	}
	return Rule{}, false
}

// Setting is what a configuration says: a policy by code of an indicator or of a rule.
type Setting map[string]Policy

// Of returns the policy for a rule: its own, else its indicator's, else the table's.
func (s Setting) Of(r Rule) Policy {
	if p, ok := s[r.Code]; ok {
		return p
	}
	if p, ok := s[r.Indicator]; ok {
		return p
	}
	return r.Policy
}

// Known reports whether a setting can name something.
func Known(code string) bool {
	_, ok := RuleByCode(code)
	return ok || slices.ContainsFunc(indicators(), func(i Indicator) bool { return i.Code == code })
}

// Cause is the fingerprint of a delivery that rules hold back.
func Cause(held []Rule) string {
	codes := make([]string, len(held))
	for i, r := range held {
		codes[i] = r.Code
	}
	return CausePrefix + strings.Join(codes, "+")
}

// Words returns the reasons behind a cause; false when it is no cause of the score.
func Words(cause string) (vi, en string, ok bool) {
	codes, ok := strings.CutPrefix(cause, CausePrefix)
	if !ok {
		return "", "", false
	}
	var vis, ens []string
	for code := range strings.SplitSeq(codes, "+") {
		if r, known := RuleByCode(code); known {
			vis, ens = append(vis, r.VI), append(ens, r.EN)
		}
	}
	return strings.Join(vis, " "), strings.Join(ens, " "), len(vis) > 0
}
