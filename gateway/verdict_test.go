package gateway_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

var noon = time.Date(2025, 11, 3, 12, 0, 0, 0, time.UTC)

func TestDecide(t *testing.T) {
	const held, other, former = 'h', 'o', 'f' // contents
	hours := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	// holds is a record at version 5, of noon, that had other content until an hour before.
	holds := gateway.Held{
		Revision: 3, Hash: schema.Hash{held}, Version: 5, EventTime: noon,
		Earlier: []gateway.EarlierRevision{{Hash: schema.Hash{former}, ReplacedAt: hours(-30)}, {Hash: schema.Hash{former}, ReplacedAt: hours(-1)}},
	}
	undated := holds
	undated.Version, undated.EventTime = 0, time.Time{}

	tests := []struct {
		name  string
		held  gateway.Held
		order adapters.Order
		kind  schema.Kind
		hash  byte
		ver   int64
		time  time.Time
		at    time.Time
		want  gateway.Decision
	}{
		{"the first of all", gateway.Held{}, adapters.ByVersion, schema.KindOrganisation, held, 0, time.Time{}, noon, gateway.Decision{Verdict: gateway.Accepted}},

		{"version: higher", holds, adapters.ByVersion, schema.KindOrganisation, other, 6, time.Time{}, noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"version: equal with other content is old", holds, adapters.ByVersion, schema.KindOrganisation, other, 5, time.Time{}, noon, gateway.Decision{Verdict: gateway.Superseded}},
		{"version: lower", holds, adapters.ByVersion, schema.KindOrganisation, other, 4, time.Time{}, noon, gateway.Decision{Verdict: gateway.Superseded}},
		{"version: same content", holds, adapters.ByVersion, schema.KindOrganisation, held, 5, time.Time{}, noon, gateway.Decision{Verdict: gateway.Unchanged}},
		{"version: same content, higher", holds, adapters.ByVersion, schema.KindOrganisation, held, 9, time.Time{}, noon, gateway.Decision{Verdict: gateway.Unchanged, Advance: true}},
		{"version: same content, lower", holds, adapters.ByVersion, schema.KindOrganisation, held, 2, time.Time{}, noon, gateway.Decision{Verdict: gateway.Unchanged}},

		{"then arrival: a suspended company keeps its counter", holds, adapters.ByVersionThenArrival, schema.KindOrganisation, other, 5, time.Time{}, noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"then arrival: lower", holds, adapters.ByVersionThenArrival, schema.KindOrganisation, other, 4, time.Time{}, noon, gateway.Decision{Verdict: gateway.Superseded}},
		{"then arrival: higher beats the window", holds, adapters.ByVersionThenArrival, schema.KindOrganisation, former, 6, time.Time{}, noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"then arrival: a late repeat", holds, adapters.ByVersionThenArrival, schema.KindOrganisation, former, 5, time.Time{}, noon, gateway.Decision{Verdict: gateway.Superseded}},

		{"event time: later", holds, adapters.ByEventTime, schema.KindDossier, other, 0, hours(1), noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"event time: earlier", holds, adapters.ByEventTime, schema.KindDossier, other, 0, hours(-1), noon, gateway.Decision{Verdict: gateway.Superseded}},
		{"event time: equal goes by arrival", holds, adapters.ByEventTime, schema.KindDossier, other, 0, noon, noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"event time: not told goes by arrival", holds, adapters.ByEventTime, schema.KindDossier, other, 0, time.Time{}, noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"event time: nanoseconds are not kept", holds, adapters.ByEventTime, schema.KindDossier, held, 0, noon.Add(999), noon, gateway.Decision{Verdict: gateway.Unchanged}},
		{"event time: later with the same content", holds, adapters.ByEventTime, schema.KindDossier, held, 0, hours(1), noon, gateway.Decision{Verdict: gateway.Unchanged, Advance: true}},
		{"event time: a later time beats the window", holds, adapters.ByEventTime, schema.KindDossier, former, 0, hours(1), noon, gateway.Decision{Verdict: gateway.Accepted}},

		{"arrival: what comes is newer", undated, adapters.ByArrival, schema.KindDossierStep, other, 0, time.Time{}, noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"arrival: the sender told a higher version", holds, adapters.ByArrival, schema.KindDossierStep, other, 6, hours(-9), noon, gateway.Decision{Verdict: gateway.Accepted}},
		{"arrival: the sender told a lower version", holds, adapters.ByArrival, schema.KindDossierStep, other, 4, hours(9), noon, gateway.Decision{Verdict: gateway.Superseded}},
		{"arrival: equal versions leave it to the time", holds, adapters.ByArrival, schema.KindDossierStep, other, 5, hours(-9), noon, gateway.Decision{Verdict: gateway.Superseded}},
		{"arrival: a version that was never told before says nothing", undated, adapters.ByArrival, schema.KindDossierStep, former, 9, time.Time{}, noon, gateway.Decision{Verdict: gateway.Superseded}},

		{"window: the last moment", undated, adapters.ByArrival, schema.KindLandParcel, former, 0, time.Time{}, hours(23), gateway.Decision{Verdict: gateway.Superseded}},
		{"window: over, a true correction", undated, adapters.ByArrival, schema.KindLandParcel, former, 0, time.Time{}, hours(23).Add(1), gateway.Decision{Verdict: gateway.Accepted}},
		{"window: over, for a dossier a human says", undated, adapters.ByArrival, schema.KindDossier, former, 0, time.Time{}, hours(24), gateway.Decision{Verdict: gateway.NeedsReview, Reason: "back_to_earlier_content"}},
		{"window: a step is part of a dossier", undated, adapters.ByArrival, schema.KindDossierStep, former, 0, time.Time{}, hours(24), gateway.Decision{Verdict: gateway.NeedsReview, Reason: "back_to_earlier_content"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said := gateway.Said{Kind: tt.kind, Hash: schema.Hash{tt.hash}, Version: tt.ver, EventTime: tt.time, At: tt.at}
			require.Equal(t, tt.want, gateway.Decide(tt.held, said, tt.order, gateway.RepeatWindow))
		})
	}
}

func TestHeldAfter(t *testing.T) {
	h := gateway.Held{Revision: 2, Hash: schema.Hash{1}, Version: 7, EventTime: noon}
	t.Run("what is told goes over what was", func(t *testing.T) {
		got := h.After(gateway.Said{Hash: schema.Hash{2}, Version: 3, EventTime: noon.Add(-time.Hour)})
		require.Equal(t, gateway.Held{Revision: 3, Hash: schema.Hash{2}, Version: 3, EventTime: noon.Add(-time.Hour)}, got)
	})
	t.Run("what is not told stays, so that a late message is still late", func(t *testing.T) {
		got := h.After(gateway.Said{Hash: schema.Hash{2}})
		require.Equal(t, gateway.Held{Revision: 3, Hash: schema.Hash{2}, Version: 7, EventTime: noon}, got)
		late := gateway.Said{Kind: schema.KindDossier, Hash: schema.Hash{3}, EventTime: noon.Add(-time.Minute), At: noon}
		require.Equal(t, gateway.Superseded, gateway.Decide(got, late, adapters.ByEventTime, gateway.RepeatWindow).Verdict)
	})
}

// history is the reference: every revision there ever was, and the rules of
// the design read off it in prose order.
type history struct {
	order     adapters.Order
	kind      schema.Kind
	window    time.Duration
	contents  []schema.Hash
	from      []time.Time // arrival of each
	version   int64       // told last
	eventTime time.Time   // told last
}

func (h *history) push(s gateway.Said) (verdict gateway.Verdict, newer bool) {
	if len(h.contents) == 0 {
		h.take(s)
		return gateway.Accepted, false
	}
	age := h.age(s)
	current := h.contents[len(h.contents)-1]
	switch {
	case s.Hash == current:
		if age > 0 {
			h.version = max(h.version, s.Version)
			if s.EventTime.After(h.eventTime) {
				h.eventTime = s.EventTime
			}
		}
		return gateway.Unchanged, age > 0
	case age < 0:
		return gateway.Superseded, false
	case age == 0:
		for i := len(h.contents) - 2; i >= 0; i-- {
			if h.contents[i] != s.Hash {
				continue
			}
			if !s.At.After(h.from[i+1].Add(h.window)) {
				return gateway.Superseded, false
			}
			if h.kind == schema.KindDossier || h.kind == schema.KindDossierStep {
				return gateway.NeedsReview, false
			}
			break
		}
	}
	h.take(s)
	return gateway.Accepted, false
}

func (h *history) take(s gateway.Said) {
	h.contents, h.from = append(h.contents, s.Hash), append(h.from, s.At)
	if s.Version != 0 {
		h.version = s.Version
	}
	if !s.EventTime.IsZero() {
		h.eventTime = s.EventTime
	}
}

// age is negative for what is older than held, positive for newer, zero where only arrival tells.
func (h *history) age(s gateway.Said) int64 {
	switch {
	case h.order == adapters.ByVersion && s.Version <= h.version:
		return -1
	case h.order == adapters.ByVersion || h.order == adapters.ByVersionThenArrival:
		return s.Version - h.version
	case s.Version != 0 && h.version != 0 && s.Version != h.version:
		return s.Version - h.version
	case s.EventTime.IsZero() || h.eventTime.IsZero():
		return 0
	}
	return int64(s.EventTime.Sub(h.eventTime))
}

func TestDecideAgreesWithHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ref := history{
			order:  rapid.SampledFrom([]adapters.Order{adapters.ByVersion, adapters.ByVersionThenArrival, adapters.ByEventTime, adapters.ByArrival}).Draw(rt, "order"),
			kind:   rapid.SampledFrom([]schema.Kind{schema.KindDossier, schema.KindDossierStep, schema.KindOrganisation}).Draw(rt, "kind"),
			window: time.Duration(rapid.IntRange(0, 5).Draw(rt, "window")) * time.Hour,
		}
		var held gateway.Held
		now := noon
		for range rapid.IntRange(1, 25).Draw(rt, "pushes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 4).Draw(rt, "hours")) * time.Hour)
			said := gateway.Said{
				Kind: ref.kind, Hash: schema.Hash{byte(rapid.IntRange(1, 3).Draw(rt, "content"))},
				Version: int64(rapid.IntRange(0, 4).Draw(rt, "version")), At: now,
			}
			if h := rapid.IntRange(0, 4).Draw(rt, "event"); h > 0 {
				said.EventTime = noon.Add(time.Duration(h) * time.Minute)
			}
			want, advance := ref.push(said)
			got := gateway.Decide(held, said, ref.order, ref.window)
			if got.Verdict != want || got.Advance != advance {
				rt.Fatalf("decided %s advance=%t, the history says %s advance=%t", got.Verdict, got.Advance, want, advance)
			}
			if got.Verdict == gateway.Accepted {
				if held.Revision > 0 {
					held.Earlier = append(held.Earlier, gateway.EarlierRevision{Hash: held.Hash, ReplacedAt: now})
				}
				held = held.After(said)
				if again := gateway.Decide(held, said, ref.order, ref.window); again != (gateway.Decision{Verdict: gateway.Unchanged}) {
					rt.Fatalf("the same push again is %s", again.Verdict)
				}
			}
			if got.Advance {
				held.Version = max(held.Version, said.Version)
				if held.EventTime.Before(said.EventTime) {
					held.EventTime = said.EventTime
				}
			}
		}
	})
}
