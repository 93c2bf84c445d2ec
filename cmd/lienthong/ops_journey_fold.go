package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/gateway"
)

// detailOf says of which calls a breaker is, and of a failure what is wrong.
func detailOf(e gateway.ToldEvent) string {
	detail := e.Detail
	if e.What == "breaker" && e.Operation != "" {
		detail = string(e.Operation) + " " + e.Detail
	}
	if e.Cause != "" && !strings.Contains(detail, e.Cause) {
		detail += " " + e.Cause
	}
	if e.Problem != "" {
		detail += " (" + e.Problem + ")"
	}
	return strings.TrimSpace(detail)
}

// probes are the tries of one open breaker that failed, one after the other.
type probes struct {
	half  *gateway.ToldEvent // a try whose end was not seen yet
	count int
	last  gateway.ToldEvent
}

// folded says in one line what every probe of an open breaker would say in two: an
// outage of a night has a thousand of them, between which nobody finds anything.
func folded(events []gateway.ToldEvent) []gateway.ToldEvent {
	all := make([]gateway.ToldEvent, 0, len(events))
	open := map[string]*probes{}
	tell := func(of string) {
		p := open[of]
		if p == nil {
			return
		}
		if p.count > 0 {
			p.last.Detail = fmt.Sprintf("%s (%d ×)", p.last.Detail, p.count)
			all = append(all, p.last)
		}
		if p.half != nil {
			all = append(all, *p.half)
		}
		delete(open, of)
	}
	for _, e := range events {
		if e.What != "breaker" {
			all = append(all, e)
			continue
		}
		of := e.Destination + " " + string(e.Operation)
		p := open[of]
		switch {
		case strings.HasPrefix(e.Detail, string(gateway.BreakerHalfOpen)) && (p == nil || p.half == nil):
			if p == nil {
				p = &probes{}
				open[of] = p
			}
			p.half = &e
		case p != nil && p.half != nil && strings.HasSuffix(e.Detail, "probe_failed"):
			p.half, p.last = nil, e
			p.count++
		default:
			tell(of)
			all = append(all, e)
		}
	}
	for _, of := range slices.Sorted(maps.Keys(open)) {
		tell(of)
	}
	slices.SortStableFunc(all, func(a, b gateway.ToldEvent) int { return a.At.Compare(b.At) })
	return all
}
