package score

import (
	"slices"

	"github.com/lienthong/lienthong/schema"
)

// Tally counts dossiers towards one indicator.
type Tally struct {
	Good, Of int
}

// Preview is what our own data say of the indicators, for some dossiers.
type Preview struct {
	Dossiers int
	tallies  map[string]Tally
}

// NotKnown says why an indicator cannot be computed from our own data; "" where it can.
func NotKnown(indicator string) (vi, en string) {
	if indicator == "sync" {
		return "mẫu số là số lớn hơn giữa số hồ sơ trên Cổng và số trong báo cáo quốc gia; gateway không giữ số nào",
			"it is divided by the larger of the portal's count and that of the national report; neither is in our data"
	}
	return "", ""
}

// Of returns the tally of an indicator.
func (p *Preview) Of(indicator string) Tally { return p.tallies[indicator] }

// Count adds a dossier. What is counted follows the rules of the table; a dossier
// counts towards on_time and online once its processing has ended, towards payment when a fee is due.
func (p *Preview) Count(d *schema.Dossier) {
	if p.tallies == nil {
		p.tallies = map[string]Tally{}
	}
	p.Dossiers++
	add := func(indicator string, counts, good bool) {
		if counts {
			t := p.tallies[indicator]
			t.Of++
			if good {
				t.Good++
			}
			p.tallies[indicator] = t
		}
	}
	ended := !Ended(d).IsZero() || !d.FinishedAt.IsZero()
	once := supplements(d) <= 1
	add("on_time", ended && !d.DueAt.IsZero(), !Late(d) && once)
	add("supplement", true, once)
	add("online", ended, online(d) && usableResult(d))
	add("payment", charged(d), paidOnline(d))
	add("digitisation", len(d.Papers)+len(d.Results) > 0, !paperWithoutFile(d))
	add("reuse", true, reused(d))
	add("population", true, populated(d))
}

func supplements(d *schema.Dossier) (n int) {
	for _, s := range d.Steps {
		if s.Status == schema.SupplementRequired {
			n++
		}
	}
	return n
}

func usableResult(d *schema.Dossier) bool {
	return slices.ContainsFunc(d.Results, func(r schema.ResultPaper) bool { return r.Code != "" && fetchable(r.URL) })
}

// Mark is what one dossier adds to the tallies: a bit for each indicator, in the order of [Indicators].
type Mark struct {
	Counted, Good uint16
}

// MarkOf returns what a dossier adds.
func MarkOf(d *schema.Dossier) (m Mark) {
	var p Preview
	p.Count(d)
	for i, indicator := range indicators() {
		t := p.Of(indicator.Code)
		m.Counted |= uint16(t.Of) << i
		m.Good |= uint16(t.Good) << i
	}
	return m
}
