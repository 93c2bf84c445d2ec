package demo

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
)

// WriteChaosPage writes the result of a chaos run for people.
func WriteChaosPage(w io.Writer, r *ChaosResult) error {
	var b strings.Builder
	b.WriteString("\nWhat went wrong, and how often\n\n")
	for _, name := range r.names() {
		fmt.Fprintf(&b, "  %4d  %s\n", r.Hazards[name], name)
	}
	b.WriteString("\nAnswers that were spoilt: ")
	for i, name := range slices.Sorted(maps.Keys(r.Hits)) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d %s", r.Hits[name], name)
	}
	fmt.Fprintf(&b, ".\n%d connections to the portal were cut, %d to the database ended; %d kills of gateways, %d crashes of the database.\n",
		r.Cuts, r.Terminated, r.Kills, r.Crashes)
	if r.Falls > 0 {
		fmt.Fprintf(&b, "%d times a gateway ended though nobody killed it, and was started again.\n", r.Falls)
	}
	fmt.Fprintf(&b, "In the end %d refused deliveries were tried again and %d were looked at once more.\n\n", r.Replayed, r.LookedAgain)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	if err := audit.Write(w, r.Report); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\np95 from the newest change to its effect:%s.\n", r.delays()); err != nil {
		return err
	}
	verdict := "Everything agrees."
	if !r.OK {
		verdict = "The checker does not agree."
	}
	_, err := fmt.Fprintf(w, "\n%s\n\n%s Took %s. Data: %s\n", r.Line(), verdict, r.Took.Round(100*time.Millisecond), r.DataDir)
	return err
}

// delays lists p95 by destination.
func (r *ChaosResult) delays() string {
	var all []string
	for _, code := range slices.Sorted(maps.Keys(r.Delays)) {
		all = append(all, fmt.Sprintf(" %s %s", code, r.Delays[code].Round(10*time.Millisecond)))
	}
	return strings.Join(all, ",")
}

// Line is the whole result in one line.
func (r *ChaosResult) Line() string {
	return fmt.Sprintf("%s, seed %d: %d records, %d kills, %d cuts: %d lost, %d duplicated, %d out of order, p95 %s",
		r.Duration, r.Seed, r.Report.Records, r.Kills+r.Crashes, r.Cuts+r.Terminated, r.Lost, r.Duplicated, r.Disordered, r.P95.Round(10*time.Millisecond))
}
