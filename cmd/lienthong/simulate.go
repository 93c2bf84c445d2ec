package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
)

// Run is the portal until the context ends.
func (c *simulatePortalCmd) Run(ctx context.Context, s *streams) error {
	ctx, cancel := untilClosed(ctx, c.WithParent, s.in)
	defer cancel()
	options, err := c.options()
	if err != nil {
		return err
	}
	portal, err := simulator.New(options)
	if err != nil {
		return err
	}
	defer func() { _ = portal.Close() }()
	if err := portal.Listen(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "portal  http://%s/VXPAdapter/RestService/forward\nadmin   http://%s/_sim/state\npage    http://%[2]s/_sim/\nsink    http://%[1]s/sink/events\n",
		portal.Addr(), portal.AdminAddr())
	if err != nil {
		return err
	}
	if err := portal.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// options lays one above the other: defaults, the file, the flags, the single switches.
func (c *simulatePortalCmd) options() (simulator.Options, error) {
	options := simulator.Options{Addr: c.Listen, AdminAddr: c.Admin, LogPath: c.Log, Seed: c.Seed}
	sw := standardSwitches()
	if c.Switches != "" {
		document, err := os.ReadFile(c.Switches)
		if err != nil {
			return options, &fault.Error{Code: fault.Usage, Op: "simulate", Msg: "the file of switches cannot be read", Err: err}
		}
		if sw, err = simulator.ReadSwitches(document, sw); err != nil {
			return options, err
		}
	}
	if c.Lookup != "" {
		sw.Lookup = simulator.LookupMode(c.Lookup)
	}
	if c.Settle != nil {
		sw.Settle = simulator.Span(*c.Settle)
	}
	if c.SessionTTL != nil {
		sw.SessionTTL = simulator.Span(*c.SessionTTL)
	}
	for _, assignment := range c.Set {
		if err := sw.Set(assignment); err != nil {
			return options, err
		}
	}
	for _, text := range c.Fault {
		f, err := simulator.ParseFault(text)
		if err != nil {
			return options, err
		}
		sw.Faults = append(sw.Faults, f)
	}
	return options.With(sw), nil
}

// standardSwitches is the portal that nobody has switched.
func standardSwitches() simulator.Switches {
	sw := simulator.DefaultSwitches()
	sw.Lookup, sw.SessionTTL = simulator.ShowHeader, simulator.Span(30*time.Minute)
	return sw
}

// Help lists what can be switched; kong shows it below the summary.
func (*simulatePortalCmd) Help() string {
	var b strings.Builder
	b.WriteString("It speaks the real wire format on --listen, stores what it takes in --log, and misbehaves as it is told: at the start " +
		"by the flags below, and while it runs on the page http://ADMIN/_sim/ or by POST /_sim/switches and /_sim/faults. " +
		"It calls nobody and needs nothing.\n\n" +
		"Switches, for --set, for the file (where capacity.over stands as \"over\" below \"capacity\") and for POST /_sim/switches, " +
		"with what stands unless said:\n\n")
	writeKnobs(&b, standardSwitches())
	b.WriteString("\nFaults, for --fault and POST /_sim/faults. Members: share (0 to 1), delay, count, ops (dossier+progress+…), of (national+ministry+sink), " +
		"rate, ending (cut, hang, slow), stored (true, false).\n\n")
	for _, f := range simulator.DescribeFaults() {
		fmt.Fprintf(&b, "  %-32s %s\n", f.Name, f.En)
	}
	b.WriteString("\nA morning rush at which the portal turns away what is too much, and now and then forgets to answer:\n\n" +
		"  lienthong simulate portal --log portal.jsonl --set peak.when=now --set peak.capacity.calls_per_second=20 \\\n" +
		"    --fault stored_answer_lost:share=0.05,ending=hang --fault lookup_lag:delay=5s\n")
	return b.String()
}

// writeKnobs writes a line per switch; rows of a table share one.
func writeKnobs(b *strings.Builder, sw simulator.Switches) {
	for _, group := range simulator.Knobs() {
		for _, k := range group.Knobs {
			path, says := k.Path, k.En
			switch {
			case path == "codes_by_op.login":
				path, says = "codes_by_op.OPERATION", "own style of login, dossier, progress, lookup, catalogue or status"
			case path == "transitions.1":
				path, says = "transitions.1 … transitions.10", "what may follow a status while order_enforcing is on: --set transitions.9=4,7,10"
			case strings.HasPrefix(path, "codes_by_op."), strings.HasPrefix(path, "transitions."):
				continue
			case len(k.Choices) > 0:
				says += " [" + strings.Join(k.Choices, ", ") + "]"
			}
			if value := k.Value(&sw); value != "" && len(value) < 40 && path == k.Path {
				says += " (" + value + ")"
			}
			fmt.Fprintf(b, "  %-32s %s\n", path, says)
		}
	}
}
