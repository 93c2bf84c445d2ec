package audit

import (
	"fmt"
	"io"
	"strings"
)

// Write writes the report for people.
func Write(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Checked: %d messages answered, %d records stored, %d dossiers that the portal should show.\n", r.Messages, r.Records, r.Dossiers)
	fmt.Fprintf(&b, "At the portal: %d attempts, %d effective changes, %d unknown outcomes on our side", r.Attempts, r.Effects, r.UnknownOutcomes)
	if r.PermittedRepeats > 0 {
		fmt.Fprintf(&b, ", %d permitted repeats", r.PermittedRepeats)
	}
	b.WriteString(".\n\n")
	for _, c := range r.Checks {
		mark := "ok  "
		if c.Violations > 0 || c.Checked == 0 {
			mark = "FAIL"
		}
		fmt.Fprintf(&b, "  %s  %-2s  %-75s %7d checked, %d violations\n", mark, c.ID, c.Title, c.Checked, c.Violations)
		for _, e := range c.Examples {
			fmt.Fprintf(&b, "            %s\n", e)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
