package calendar

import "github.com/lienthong/lienthong/schema"

// OfDossier returns what a golden dossier says about its clock, under the term
// of its procedure. Pauses come from the trail, as the portal's score takes them:
// from a step "yêu cầu bổ sung" to the next step with another status. A dossier
// whose trail has none is taken by its supplements. A step that moves the
// appointment without a supplement is an extension; what a source computed
// anew after a supplement is its claim, to be compared, and no input.
func OfDossier(d *schema.Dossier, term Term, province string) Input {
	in := Input{
		Received: d.ReceivedAt, SubmittedAt: d.SubmittedAt, Term: term,
		Province: province, Counter: d.ReceivingAgency,
	}
	waiting := false
	for _, s := range d.Steps {
		asks := s.Status == schema.SupplementRequired
		switch {
		case asks && !waiting:
			in.Pauses = append(in.Pauses, Pause{From: s.At})
		case waiting && !asks:
			in.Pauses[len(in.Pauses)-1].To = s.At
		case !asks && !s.NewDueAt.IsZero():
			in.Extensions = append(in.Extensions, Extension{GrantedAt: s.At, Until: s.NewDueAt})
		}
		waiting = asks
	}
	if in.Pauses != nil {
		return in
	}
	for _, s := range d.Supplements {
		if !s.RequestedAt.IsZero() {
			in.Pauses = append(in.Pauses, Pause{From: s.RequestedAt, To: s.ReceivedAt})
		}
	}
	return in
}
