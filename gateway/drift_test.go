package gateway_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	const s2, s4, s5, s9 = "D/20251103083000/2", "D/20251103100000/4", "D/20251103110000/5", "D/20251104090000/9"
	ours, older, theirs := hash("ours"), hash("older"), hash("theirs")
	full := []gateway.PlannedCall{
		{Operation: gateway.OpCreate, HeaderHash: ours},
		{Operation: gateway.OpSteps, Steps: steps(s2, s4, s5)},
	}
	// agreed is a dossier that was sent whole and is shown as it is.
	agreed := func() gateway.Comparison {
		return gateway.Comparison{
			Delivery: gateway.Delivery{State: gateway.StateDelivered, Known: gateway.Known{Exists: true, HeaderHash: ours, Steps: steps(s2, s4, s5)}},
			Full:     full, Found: true, Shows: gateway.ShowsTrail,
			Shown: gateway.Known{Exists: true, HeaderHash: ours, Steps: steps(s2, s4, s5), TrailSeen: true},
			Sent:  gateway.SentBefore{Headers: []schema.Hash{older, ours}, Steps: steps(s2, s4, s5), Known: true, HeaderAt: time.Unix(100, 0)},
		}
	}
	for name, tc := range map[string]struct {
		change func(*gateway.Comparison)
		want   gateway.Difference
	}{
		"agreement": {func(*gateway.Comparison) {}, gateway.Difference{}},
		"never taken and not there": {func(c *gateway.Comparison) {
			c.Found, c.Delivery.Known.Exists = false, false
		}, gateway.Difference{Class: gateway.DriftNotSent, Absent: true}},
		"taken and not there": {func(c *gateway.Comparison) { c.Found = false }, gateway.Difference{Class: gateway.DriftSentNotShown, Absent: true}},
		"an update that it took and does not show": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash = older
		}, gateway.Difference{Class: gateway.DriftSentNotShown, Header: true}},
		"an update that was refused": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash, c.Delivery.Known.HeaderHash, c.Delivery.State = older, older, gateway.StateFailedDestination
		}, gateway.Difference{Class: gateway.DriftNotSent, Header: true}},
		"what cannot leave as it is": {func(c *gateway.Comparison) {
			c.Full, c.Delivery.State = nil, gateway.StateFailedData
		}, gateway.Difference{Class: gateway.DriftNotSent}},
		"a step that it took and does not show": {func(c *gateway.Comparison) {
			c.Shown.Steps = steps(s2, s4)
		}, gateway.Difference{Class: gateway.DriftSentNotShown, Lacks: steps(s5)}},
		"a step that never left": {func(c *gateway.Comparison) {
			c.Shown.Steps, c.Sent.Steps, c.Delivery.Known.Steps = steps(s2, s4), steps(s2, s4), steps(s2, s4)
		}, gateway.Difference{Class: gateway.DriftNotSent, Lacks: steps(s5)}},
		"a step of ours under another status": {func(c *gateway.Comparison) {
			c.Shown.Steps = steps(s2, s4, "D/20251103110000/6")
		}, gateway.Difference{Class: gateway.DriftShownDifferently, Lacks: steps(s5), Extra: steps("D/20251103110000/6")}},
		"a step between ours": {func(c *gateway.Comparison) {
			c.Shown.Steps = steps(s2, "D/20251103090000/4", s4, s5)
		}, gateway.Difference{Class: gateway.DriftForeign, Extra: steps("D/20251103090000/4")}},
		"a step behind all of ours, and a header with it": {func(c *gateway.Comparison) {
			c.Shown.Steps, c.Shown.HeaderHash = steps(s2, s4, s5, s9), theirs
		}, gateway.Difference{Class: gateway.DriftPortalNewer, Header: true, Extra: steps(s9)}},
		"a step that left and is ours no more": {func(c *gateway.Comparison) {
			c.Shown.Steps, c.Sent.Steps = steps(s2, s4, s5, s9), steps(s2, s4, s5, s9)
		}, gateway.Difference{}},
		"a strange header": {func(c *gateway.Comparison) { c.Shown.HeaderHash = theirs }, gateway.Difference{Class: gateway.DriftForeign, Header: true}},
		"a strange step that a lane has seen": {func(c *gateway.Comparison) {
			c.Shown.Steps, c.Delivery.Known.Steps = steps(s2, s4, s5, "D/20251103090000/4"), steps(s2, s4, s5, "D/20251103090000/4")
		}, gateway.Difference{Class: gateway.DriftForeign, Extra: steps("D/20251103090000/4")}},
		"a strange header that came back after ours had been sent over it": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash, c.Before = theirs, gateway.LookBefore{At: time.Unix(50, 0), Header: theirs}
		}, gateway.Difference{Class: gateway.DriftShownDifferently, Header: true}},
		"a strange header that stays where nothing was sent": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash, c.Before = theirs, gateway.LookBefore{At: time.Unix(150, 0), Header: theirs}
		}, gateway.Difference{Class: gateway.DriftForeign, Header: true}},
		"a strange header, and nobody knows what was sent": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash, c.Sent = theirs, gateway.SentBefore{}
		}, gateway.Difference{Class: gateway.DriftShownDifferently, Header: true}},
		"it stands there and we never sent anything": {func(c *gateway.Comparison) {
			c.Delivery = gateway.Delivery{State: gateway.StateFailedGateway}
			c.Shown.HeaderHash, c.Sent = theirs, gateway.SentBefore{}
		}, gateway.Difference{Class: gateway.DriftForeign, Header: true}},
		"a strange header where what was sent before a restore is not remembered": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash, c.Delivery.Stale = theirs, true
		}, gateway.Difference{Class: gateway.DriftShownDifferently, Header: true}},
		"it stands there, and was sent before a restore that forgot all of it": {func(c *gateway.Comparison) {
			c.Delivery = gateway.Delivery{State: gateway.StateFailedGateway, Stale: true}
			c.Shown.HeaderHash, c.Sent = theirs, gateway.SentBefore{}
		}, gateway.Difference{Class: gateway.DriftShownDifferently, Header: true}},
		"what was taken as it stood there": {func(c *gateway.Comparison) {
			c.Shown.HeaderHash, c.Delivery.Known.HeaderHash = theirs, theirs
		}, gateway.Difference{}},
		"only existence is shown": {func(c *gateway.Comparison) {
			c.Shows, c.Shown = gateway.ShowsExistence, gateway.Known{Exists: true}
		}, gateway.Difference{}},
		"no trail is shown": {func(c *gateway.Comparison) {
			c.Shows, c.Shown = gateway.ShowsHeader, gateway.Known{Exists: true, HeaderHash: ours}
		}, gateway.Difference{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := agreed()
			tc.change(&c)
			require.Equal(t, tc.want, c.Compare())
		})
	}
	for _, class := range gateway.DriftClasses() {
		vi, en := class.Repair()
		require.True(t, vi != "" && en != "", class)
		require.Equal(t, class != gateway.DriftPortalNewer, class.Sends())
	}
}
