package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema/score"
)

// Reconcile says how much of a destination is looked at again. In a night of h hours
// 3600 · rate · h dossiers are looked at; a sample brings 86400 · sample a day.
type Reconcile struct {
	Rate   Rate     `yaml:"rate,omitempty"`   // look-ups between from and to: 5/s; default none
	From   Clock    `yaml:"from,omitempty"`   // by the clock of Việt Nam; default "22:00"
	To     Clock    `yaml:"to,omitempty"`     // default "05:00"
	Sample Rate     `yaml:"sample,omitempty"` // look-ups at other times, of dossiers taken by chance: 6/m; default none
	Repair []string `yaml:"repair,omitempty"` // classes whose repair does no harm when it comes twice, made without a person: sent_not_shown, …
}

// Score says what happens to a dossier that would lower an indicator, by codes of
// indicators or of their rules. What is in none of the lists is as the table says: it leaves, and the journey warns.
type Score struct {
	Hold []string `yaml:"hold,omitempty"` // kept back until its data change or an operator lets it go
	Warn []string `yaml:"warn,omitempty"`
	Off  []string `yaml:"off,omitempty"`
}

// Hours of a night that is not declared.
const (
	nightFrom Clock = "22:00"
	nightTo   Clock = "05:00"
)

// ReconcilePlan returns how the destination is looked at again.
func (d Destination) ReconcilePlan() gateway.ReconcilePlan {
	r := d.Reconcile
	var p gateway.ReconcilePlan
	p.Rate, _ = r.Rate.perSecond()
	p.Sample, _ = r.Sample.perSecond()
	p.Night.From, p.Night.To = clockOr(r.From, nightFrom), clockOr(r.To, nightTo)
	for _, class := range r.Repair {
		p.Repair = append(p.Repair, gateway.DriftClass(class))
	}
	return p
}

func clockOr(c, otherwise Clock) time.Duration {
	if c == "" {
		c = otherwise
	}
	since, _ := c.sinceMidnight()
	return since
}

// Guard returns what the score guard does; false: the destination is not scored.
func (d Destination) Guard() (score.Setting, bool) {
	setting := score.Setting{}
	for policy, codes := range map[score.Policy][]string{score.Hold: d.Score.Hold, score.Warn: d.Score.Warn, score.Off: d.Score.Off} {
		for _, code := range codes {
			setting[code] = policy
		}
	}
	return setting, d.Kind == KindPortal
}

func (k *checker) reconcile(path string, d *Destination) {
	path += ".reconcile"
	r := d.Reconcile
	k.rate(path+".rate", r.Rate)
	k.rate(path+".sample", r.Sample)
	for key, c := range map[string]Clock{"from": r.From, "to": r.To} {
		if _, ok := c.sinceMidnight(); c != "" && !ok {
			k.complain(path+"."+key, "a time of the day such as \"22:00\" is expected")
		}
	}
	if (r.From != "" || r.To != "") && r.Rate == "" {
		k.complain(path, "there is no rate that the hours could belong to")
	}
	if len(r.Repair) > 0 && r.Rate == "" && r.Sample == "" {
		k.complain(path+".repair", "without a rate or a sample nothing is found that could be repaired")
	}
	if (r.Rate != "" || r.Sample != "") && (d.Lookup == string(gateway.ShowsNothing) || d.Kind == KindMinistry) {
		k.complain(path, "a look-up of this destination shows nothing")
	}
	for i, class := range r.Repair {
		at := fmt.Sprintf("%s.repair[%d]", path, i)
		var known []string
		for _, c := range gateway.DriftClasses() {
			if c.Sends() {
				known = append(known, string(c))
			}
		}
		k.oneOf(at, class, known...)
		if slices.Contains(r.Repair[:i], class) {
			k.complain(at, "given twice")
		}
	}
}

func (k *checker) score(path string, d *Destination) {
	seen := map[string]string{}
	for _, list := range []struct {
		key   string
		codes []string
	}{{"hold", d.Score.Hold}, {"warn", d.Score.Warn}, {"off", d.Score.Off}} {
		for i, code := range list.codes {
			at := fmt.Sprintf("%s.score.%s[%d]", path, list.key, i)
			switch {
			case d.Kind != KindPortal:
				k.complain(at, "only the national portal scores")
			case !score.Known(code):
				k.complain(at, "%q is neither an indicator nor a rule; lienthong ops score --rules lists them", code)
			case seen[code] != "":
				k.complain(at, "%q is under %s already", code, seen[code])
			}
			seen[code] = list.key
		}
	}
}
