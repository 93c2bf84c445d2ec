package config

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// AnswerRule says what an answer of a portal means, in the form that the
// built-in rules have: every condition that is given must hold, phrases count
// in any case and spelling of tones, codes as numbers.
type AnswerRule struct {
	Name       string   `yaml:"name"`       // part of the cause that people see
	Operations []string `yaml:"operations"` // none: every one
	Codes      []string `yaml:"codes"`      // of the body; "" is an answer without one
	NotCodes   []string `yaml:"not_codes"`
	All        []string `yaml:"all"`     // phrases that the text holds
	None       []string `yaml:"none"`    // phrases that it does not hold
	NoText     bool     `yaml:"no_text"` // the text is empty
	Raw        bool     `yaml:"raw"`     // also for bodies that are not in the portal's form
	Outcome    string   `yaml:"outcome"`
	Shelf      string   `yaml:"shelf"`  // whose failure it is: source, gateway or destination
	Reason     bool     `yaml:"reason"` // the text tells the reason: it is part of the cause
}

// ruleFile is the document.
type ruleFile struct {
	Rules []AnswerRule `yaml:"rules"`
}

// Rules reads a rules_file. The error is a fault with code Usage; for mistakes in the file it wraps [Mistakes].
func Rules(path string) ([]AnswerRule, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &fault.Error{Code: fault.Usage, Op: "config.Rules", Msg: "the rules cannot be read", Err: err}
	}
	r, file := newReader(path), ruleFile{}
	if r.document(data, &file) {
		k := &checker{reader: r}
		if len(file.Rules) == 0 && !r.unread["rules"] {
			k.complain("rules", "missing: a list of rules is expected")
		}
		for i := range file.Rules {
			k.rule("rules["+strconv.Itoa(i)+"]", &file.Rules[i])
		}
	}
	if len(r.found) > 0 {
		return nil, &fault.Error{Code: fault.Usage, Op: "config.Rules", Err: r.found.sorted()}
	}
	return file.Rules, nil
}

var ruleName = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,39}$`)

// ruleOutcomes are the outcomes that a rule may give, and whether they are failures, which belong to somebody.
var ruleOutcomes = map[gateway.OutcomeKind]bool{
	gateway.Delivered: false, gateway.Exists: false, gateway.Absent: false, gateway.Unknown: true, gateway.RefusedData: true,
	gateway.Unavailable: true, gateway.Throttled: true, gateway.SessionExpired: true,
}

func (k *checker) rule(path string, a *AnswerRule) {
	if k.unread[path] {
		return
	}
	if k.given(path+".name", a.Name) && !ruleName.MatchString(a.Name) {
		k.complain(path+".name", "lower-case letters, digits, . and _ are expected, such as session")
	}
	for i, op := range a.Operations {
		k.oneOf(path+".operations["+strconv.Itoa(i)+"]", op, names(gateway.Operations())...)
	}
	for key, phrases := range map[string][]string{"all": a.All, "none": a.None} {
		for i, p := range phrases {
			if strings.TrimSpace(p) == "" {
				k.complain(path+"."+key+"["+strconv.Itoa(i)+"]", "an empty phrase stands in every text")
			}
		}
	}
	if len(a.Codes) == 0 && len(a.All) == 0 && !a.NoText {
		k.complain(path, "codes, all or no_text is missing: the rule would be for every answer")
	}
	if !k.given(path+".outcome", a.Outcome) {
		return
	}
	var known []string
	for kind := range ruleOutcomes {
		known = append(known, string(kind))
	}
	slices.Sort(known)
	k.oneOf(path+".outcome", a.Outcome, known...)
	switch fails := ruleOutcomes[gateway.OutcomeKind(a.Outcome)]; {
	case fails && k.given(path+".shelf", a.Shelf):
		k.oneOf(path+".shelf", a.Shelf, string(gateway.ShelfSource), string(gateway.ShelfGateway), string(gateway.ShelfDestination))
	case !fails && a.Shelf != "" && slices.Contains(known, a.Outcome):
		k.complain(path+".shelf", "%s is no failure, so that it is nobody's", a.Outcome)
	}
}

func names[T ~string](all []T) []string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return texts
}

// rules says each mistake of the rules of a destination, with its own line and column there.
func (k *checker) rules(path string, d *Destination) {
	if d.RulesFile == "" {
		return
	}
	_, err := Rules(d.RulesFile)
	var mistakes Mistakes
	var wrong *fault.Error
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			k.complain(path+".rules_file", "%s", m)
		}
	case errors.As(err, &wrong):
		k.complain(path+".rules_file", "%s: %s", d.RulesFile, wrong.Msg)
	}
}
