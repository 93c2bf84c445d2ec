package gateway

import (
	"reflect"

	"github.com/lienthong/lienthong/schema"
)

// keep puts back into a dossier what its system said first and may not change:
// the fields whose rule is [SaidOnce].
func keep(golden, prior *schema.Dossier) {
	if prior == nil {
		return
	}
	to, from := reflect.ValueOf(golden).Elem(), reflect.ValueOf(prior).Elem()
	for _, name := range saidOnce {
		if first := from.FieldByName(name); !first.IsZero() {
			to.FieldByName(name).Set(first)
		}
	}
}

// saidOnce are the names of the dossier fields with the rule SaidOnce.
var saidOnce = func() (names []string) {
	fields := fieldNames(reflect.TypeFor[schema.Dossier]())
	for _, r := range FieldRules() {
		if r.Kind == schema.KindDossier && r.May == SaidOnce {
			names = append(names, fields[r.Field])
		}
	}
	return names
}()

// settleDeadline holds the appointment to the rule [SaidWithGround]: it moves
// only with a supplement or an extension, and then to what the latest says.
func settleDeadline(golden, prior *schema.Dossier) {
	ground, moved := false, schema.Time{}
	for _, s := range golden.Supplements {
		ground = ground || !s.RequestedAt.IsZero() || !s.NewDueAt.IsZero()
	}
	for i := range golden.Steps {
		s := &golden.Steps[i]
		ground = ground || s.Status == schema.SupplementRequired
		if !s.NewDueAt.IsZero() {
			ground, moved = true, s.NewDueAt
		}
	}
	switch {
	case prior != nil && !prior.DueAt.IsZero() && !ground:
		golden.DueAt = prior.DueAt
	case golden.DueAt.Before(moved):
		golden.DueAt = moved
	}
}
