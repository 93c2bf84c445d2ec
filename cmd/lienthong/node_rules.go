package main

import (
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal"
)

// answerRules are the rules of a portal's rules_file; none without one.
func answerRules(d config.Destination) (portal.Rules, error) {
	if d.RulesFile == "" {
		return nil, nil
	}
	told, err := config.Rules(d.RulesFile)
	if err != nil {
		return nil, err
	}
	rules := make(portal.Rules, len(told))
	for i, r := range told {
		rules[i] = portal.Rule{
			Name: r.Name, Codes: normal(r.Codes), NotCodes: normal(r.NotCodes), All: r.All, None: r.None, NoText: r.NoText, Raw: r.Raw,
			Kind: gateway.OutcomeKind(r.Outcome), Shelf: gateway.Shelf(r.Shelf), Reason: r.Reason,
		}
		for _, op := range r.Operations {
			rules[i].Operations = append(rules[i].Operations, gateway.Operation(op))
		}
	}
	return rules, nil
}

// normal brings codes to the form in which those of answers are compared.
func normal(codes []string) (all []string) {
	for _, c := range codes {
		all = append(all, portal.NormalCode(c))
	}
	return all
}
