package audit

import (
	"fmt"
	"io"
	"strings"
)

// Write writes the report for people.
func Write(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Checked: %d messages answered, %d records stored.\n", r.Messages, r.Records)
	for _, d := range r.Destinations {
		fmt.Fprintf(&b, "  %-10s %s: %d things that it should show, %d attempts, %d effective changes, %d unknown outcomes on our side",
			d.Code, d.Kind, d.Things, d.Attempts, d.Effects, d.UnknownOutcomes)
		if d.PermittedRepeats+d.PermittedGaps > 0 {
			fmt.Fprintf(&b, " (%d repeats and %d gaps that they permit)", d.PermittedRepeats, d.PermittedGaps)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for _, c := range r.Checks {
		mark := "ok  "
		if c.Violations > 0 || c.Checked == 0 {
			mark = "FAIL"
		}
		fmt.Fprintf(&b, "  %s  %-2s  %-10s %-75s %7d checked, %d violations\n", mark, c.ID, c.Destination, c.Title, c.Checked, c.Violations)
		for _, e := range c.Examples {
			fmt.Fprintf(&b, "            %s\n", e)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
