package gateway

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// Guard says which rules of the portal's score planned calls would break. It is
// pure. Only dossiers are scored.
func Guard(w Wanted, known Known, calls []PlannedCall) []score.Rule {
	if w.Kind != schema.KindDossier || w.Gone != "" {
		return nil
	}
	body, err := schema.OpenBody(w.Kind, w.Body)
	dossier, ok := body.(*schema.Dossier)
	if err != nil || !ok {
		return nil // the planner has judged that
	}
	leaving := score.Leaving{Dossier: dossier, Shown: known.Steps}
	for _, c := range calls {
		leaving.Header = leaving.Header || c.Operation == OpCreate || c.Operation == OpUpdate
		leaving.Steps = append(leaving.Steps, c.Steps...)
	}
	return score.Hurts(leaving)
}

// HeldByGuard reports whether the cause of a delivery is that the score guard keeps
// it back. Such a delivery is failed_data in its row, so that new data make it due, and shown as held.
func HeldByGuard(cause string) bool { return strings.HasPrefix(cause, score.CausePrefix) }

// guarded judges what is about to leave: rules that only warn are kept with the
// delivery, those that hold keep it back until its data change or somebody lets
// this revision go.
func (r *run) guarded(it *item, calls []PlannedCall) (DeliveryUpdate, bool) {
	setting, guards := r.guards[r.spec.Code]
	if !guards {
		return DeliveryUpdate{}, false
	}
	if it.Warnings == nil {
		it.Warnings = []string{}
	}
	var held []score.Rule
	for _, rule := range Guard(it.Wanted, it.Known, calls) {
		switch policy := setting.Of(rule); {
		case policy == score.Off:
		case policy == score.Hold && it.Released < it.Wanted.Revision:
			held = append(held, rule)
		case !slices.Contains(it.Warnings, rule.Code): // the header may have been warned of already
			it.Warnings = append(it.Warnings, rule.Code)
		}
	}
	if len(held) == 0 {
		return DeliveryUpdate{}, false
	}
	cause := score.Cause(held)
	words, _, _ := score.Words(cause)
	return r.failed(it, StateFailedData, ShelfSource, cause, words), true
}

// Release lets one held revision of a dossier go.
type Release struct {
	Number      string
	Destination string // "": every one that holds it
	Actor       string
	Reason      string
}
