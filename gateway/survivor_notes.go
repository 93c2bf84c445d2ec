package gateway

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// takeNotes adds what is said of a dossier beside its header and trail: result
// papers and fees where the header has none, obligations by notice, a status
// without a time where nothing better is known.
func takeNotes(golden *schema.Dossier, claims []Claim, ownResults bool) {
	notes := notesOf(claims)
	ownFees := len(golden.Fees) > 0
	obligations := slices.Clone(golden.Obligations)
	for i := range obligations { // that a notice is paid is the payment platform's word, not the dossier system's
		obligations[i] = unpaid(obligations[i])
	}
	for _, n := range notes {
		if golden.Number == "" {
			golden.Number = n.Dossier
		}
		golden.OtherNumbers = others(golden, n.OtherNumbers)
		if !ownResults {
			golden.Results = union(golden.Results, n.Results)
		}
		if !ownFees {
			golden.Fees = append(slices.Clip(golden.Fees), n.Fees...)
		}
		obligations = oblige(obligations, n.Obligations)
		golden.Status = noted(golden, n)
	}
	slices.SortFunc(obligations, func(a, b schema.Obligation) int { return strings.Compare(a.Notice, b.Notice) })
	golden.Obligations = obligations
}

// notesOf returns the notes by time, then by name, so that their order of arrival does not count.
func notesOf(claims []Claim) []*schema.DossierNote {
	type sourced struct {
		*schema.DossierNote
		source string
	}
	var notes []sourced
	for _, c := range claims {
		if n, ok := c.Body.(*schema.DossierNote); ok {
			notes = append(notes, sourced{n, c.Source})
		}
	}
	slices.SortFunc(notes, func(a, b sourced) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Topic, b.Topic), strings.Compare(a.source, b.source))
	})
	out := make([]*schema.DossierNote, len(notes))
	for i, n := range notes {
		out[i] = n.DossierNote
	}
	return out
}

// noted returns the status with a note's word: it fills an empty one, and ends
// a dossier whose trail is still open; a trail with times knows better otherwise.
func noted(golden *schema.Dossier, n *schema.DossierNote) schema.Status {
	if n.Status != "" && (golden.Status == "" || n.Status.Final() && !golden.Status.Final()) {
		return n.Status
	}
	return golden.Status
}

// oblige merges obligations by the number of their notice: what one leaves open
// the other fills, a payment counts once it was said.
func oblige(to, more []schema.Obligation) []schema.Obligation {
	for _, o := range more {
		i := slices.IndexFunc(to, func(known schema.Obligation) bool { return known.Notice == o.Notice })
		if i < 0 {
			to = append(to, o)
			continue
		}
		to[i] = merged(to[i], o)
	}
	return to
}

func merged(a, b schema.Obligation) schema.Obligation {
	a.Name, a.Debtor, a.URL = cmp.Or(a.Name, b.Name), cmp.Or(a.Debtor, b.Debtor), cmp.Or(a.URL, b.URL)
	a.Amount = cmp.Or(a.Amount, b.Amount)
	if a.IssuedOn.IsZero() {
		a.IssuedOn = b.IssuedOn
	}
	if !a.Paid && b.Paid {
		a.Paid, a.PaidAmount, a.PaidAt, a.PaidBy, a.ReceiptURL = true, b.PaidAmount, b.PaidAt, b.PaidBy, b.ReceiptURL
	}
	return a
}

func unpaid(o schema.Obligation) schema.Obligation {
	o.Paid, o.PaidAmount, o.PaidAt, o.PaidBy, o.ReceiptURL = false, 0, schema.Time{}, "", ""
	return o
}

// others adds numbers of the same dossier that are not known yet.
func others(d *schema.Dossier, numbers []string) []string {
	known := d.OtherNumbers
	for _, n := range numbers {
		if n != d.Number && !slices.Contains(known, n) {
			known = append(known, n)
		}
	}
	slices.Sort(known)
	return known
}
