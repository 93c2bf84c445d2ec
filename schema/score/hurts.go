package score

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// Leaving is what is about to leave for the portal.
type Leaving struct {
	Dossier *schema.Dossier  // golden, with its trail
	Header  bool             // the header leaves; else steps alone do
	Steps   []schema.StepKey // that leave
	Shown   []schema.StepKey // that the portal has as far as we know
}

// Hurts returns the rules that the portal will hold against the province once this
// has arrived. It is pure. What a header says is judged when the header leaves, what a trail says when steps do.
func Hurts(l Leaving) []Rule {
	var found []Rule
	for _, rule := range rules() {
		if check := checks[rule.Code]; check != nil && check(l) {
			found = append(found, rule)
		}
	}
	return found
}

// checks are by code of the rule; a test asserts that none is missing.
var checks = map[string]func(Leaving) bool{
	"reception_missing":     func(l Leaving) bool { return l.Header && l.Dossier.ReceivedAt.IsZero() },
	"late":                  func(l Leaving) bool { return Late(l.Dossier) },
	"closing_step_missing":  closingStepMissing,
	"step_out_of_order":     outOfOrder,
	"second_supplement":     secondSupplement,
	"wrong_channel":         func(l Leaving) bool { return l.Header && wrongChannel(l.Dossier) },
	"result_missing":        func(l Leaving) bool { return online(l.Dossier) && done(l.Dossier) && len(l.Dossier.Results) == 0 },
	"result_unreachable":    func(l Leaving) bool { return done(l.Dossier) && unreachable(l.Dossier) },
	"result_without_code":   func(l Leaving) bool { return l.Header && done(l.Dossier) && withoutCode(l.Dossier) },
	"fee_zero":              func(l Leaving) bool { return l.Header && len(l.Dossier.Fees) > 0 && !charged(l.Dossier) },
	"not_paid_online":       func(l Leaving) bool { return l.Header && charged(l.Dossier) && !paidOnline(l.Dossier) },
	"paper_without_file":    func(l Leaving) bool { return l.Header && paperWithoutFile(l.Dossier) },
	"not_digitised":         func(l Leaving) bool { return l.Header && len(l.Dossier.Papers) > 0 && !reused(l.Dossier) },
	"population_unverified": func(l Leaving) bool { return l.Header && !populated(l.Dossier) },
}

// Ended returns when processing ended as the portal counts: the first step 9,
// else 10, else 8, 3 or 7 of the trail; zero: it has not.
func Ended(d *schema.Dossier) schema.Time {
	for _, group := range [][]schema.Status{{schema.Completed}, {schema.Returned}, {schema.Stopped, schema.Rejected, schema.Withdrawn}} {
		var first schema.Time
		for _, s := range d.Steps {
			for _, status := range group {
				if s.Status == status && (first.IsZero() || s.At.Before(first)) {
					first = s.At
				}
			}
		}
		if !first.IsZero() {
			return first
		}
	}
	return schema.Time{}
}

// Late reports whether a dossier ended after its appointment, by its trail or else by its header.
func Late(d *schema.Dossier) bool {
	end := Ended(d)
	if end.IsZero() {
		end = d.FinishedAt
	}
	return !end.IsZero() && !d.DueAt.IsZero() && d.DueAt.Before(end)
}

func closingStepMissing(l Leaving) bool {
	return l.Header && l.Dossier.Status.Final() && Ended(l.Dossier).IsZero()
}

// outOfOrder reports whether a step leaves that is earlier than one that the portal has.
func outOfOrder(l Leaving) bool {
	last := ""
	for _, k := range l.Shown {
		last = max(last, instant(k))
	}
	for _, k := range l.Steps {
		if instant(k) < last {
			return true
		}
	}
	return false
}

// secondSupplement reports whether a step 5 leaves that is not the first.
func secondSupplement(l Leaving) bool {
	leaving, all := 0, map[schema.StepKey]bool{}
	for _, k := range l.Shown {
		all[k] = all[k] || code(k) == "5"
	}
	for _, k := range l.Steps {
		if code(k) == "5" && !all[k] {
			leaving++
			all[k] = true
		}
	}
	asked := 0
	for _, is5 := range all {
		if is5 {
			asked++
		}
	}
	return leaving > 0 && asked > 1
}

func code(k schema.StepKey) string { return string(k[strings.LastIndexByte(string(k), '/')+1:]) }

func instant(k schema.StepKey) string {
	rest := string(k)[:max(strings.LastIndexByte(string(k), '/'), 0)]
	return rest[strings.LastIndexByte(rest, '/')+1:]
}

func online(d *schema.Dossier) bool { return d.Channel == schema.Online || d.BornAtPortal }

func done(d *schema.Dossier) bool { return d.Status == schema.Completed || d.Status == schema.Returned }

func wrongChannel(d *schema.Dossier) bool {
	return d.Channel == "" && !d.BornAtPortal || d.BornAtPortal && d.Channel != "" && d.Channel != schema.Online
}

// unreachable reports whether no result has a file that a portal could fetch. A dossier
// without results is another matter at the counter, where paper is handed over.
func unreachable(d *schema.Dossier) bool {
	for _, r := range d.Results {
		if fetchable(r.URL) {
			return false
		}
	}
	return len(d.Results) > 0
}

// fetchable reports whether an address is one of the open network. Nobody is asked.
func fetchable(address string) bool {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return strings.Contains(u.Hostname(), ".") && !strings.HasSuffix(u.Hostname(), ".local")
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate()
}

func withoutCode(d *schema.Dossier) bool {
	for _, r := range d.Results {
		if r.Code == "" {
			return true
		}
	}
	return false
}

func charged(d *schema.Dossier) bool {
	for _, f := range d.Fees {
		if f.Amount > 0 {
			return true
		}
	}
	return false
}

func paidOnline(d *schema.Dossier) bool {
	return d.OnlinePayment == schema.PaidAtPortal || d.OnlinePayment == schema.PaidAtProvince
}

func paperWithoutFile(d *schema.Dossier) bool {
	for _, p := range d.Papers {
		if !p.Deleted && p.URL == "" {
			return true
		}
	}
	for _, r := range d.Results {
		if r.URL == "" {
			return true
		}
	}
	return false
}

func reused(d *schema.Dossier) bool {
	for _, p := range d.Papers {
		if p.Digitised || p.FromStore || p.Reuse != "" {
			return true
		}
	}
	return d.Digitised
}

func populated(d *schema.Dossier) bool { return d.VNeID || len(d.Databases) > 0 }
