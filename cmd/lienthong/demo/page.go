package demo

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
)

// WritePage writes the result for people.
func WritePage(w io.Writer, r *Result) error {
	var b strings.Builder
	b.WriteString("\nWhat came in\n\n")
	table := tabwriter.NewWriter(&b, 2, 0, 2, ' ', tabwriter.AlignRight)
	verdicts := []string{"accepted", "unchanged", "superseded", "rejected", "needs_review"}
	_, _ = fmt.Fprintf(table, "  system\tmessages\t%s\t\n", strings.Join(verdicts, "\t"))
	for _, in := range r.Incoming {
		_, _ = fmt.Fprintf(table, "  %s\t%d\t", in.Source, in.Messages)
		for _, v := range verdicts {
			_, _ = fmt.Fprintf(table, "%d\t", in.Verdicts[v])
		}
		_, _ = fmt.Fprintln(table)
	}
	_ = table.Flush()
	b.WriteString("\nThe portal, as the gateway saw it\n\n")
	for _, m := range thin(r.Timeline) {
		fmt.Fprintf(&b, "  %6.1f s  %5d waiting  %s %s\n", m.At.Seconds(), m.Backlog, bar(m.Backlog, r.Timeline), m.Event)
	}
	b.WriteString("\nDeliveries: ")
	var states []string
	for state := range r.States {
		states = append(states, fmt.Sprintf("%d %s", r.States[state], state))
	}
	slices.Sort(states)
	b.WriteString(strings.Join(states, ", ") + ".\n\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if err := audit.Write(w, r.Report); err != nil {
		return err
	}
	verdict := "Everything agrees."
	if !r.OK {
		verdict = "The checker does not agree."
	}
	_, err := fmt.Fprintf(w, "\n%s Took %s; the gateway needed at most %d MiB. Data: %s\n",
		verdict, r.Took.Round(100*time.Millisecond), r.PeakBytes>>20, r.DataDir)
	return err
}

// thin leaves out samples that say nothing new: about twenty stay, and every event.
func thin(timeline []Moment) []Moment {
	if len(timeline) == 0 {
		return nil
	}
	var out []Moment
	last, gap := -time.Hour, max(2*time.Second, timeline[len(timeline)-1].At/20)
	for _, m := range timeline {
		if m.Event == "" && m.At-last < gap {
			continue
		}
		if m.Event == "" {
			last = m.At
		}
		out = append(out, m)
	}
	return out
}

// bar draws a backlog against the longest of the run.
func bar(backlog int, timeline []Moment) string {
	const width = 24
	most := 1
	for _, m := range timeline {
		most = max(most, m.Backlog)
	}
	n := backlog * width / most
	return strings.Repeat("█", n) + strings.Repeat("·", width-n)
}
