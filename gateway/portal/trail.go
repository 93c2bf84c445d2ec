package portal

import (
	"cmp"
	"iter"
	"slices"
	"strconv"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// Trail yields the steps of a dossier as they are sent under its number, with
// their places in the golden body: in the order of [Ordered], and of steps with
// one key the first. A step of another number of the same dossier is this dossier's.
func Trail(number string, steps []schema.DossierStep) iter.Seq2[int, *schema.DossierStep] {
	return func(yield func(int, *schema.DossierStep) bool) {
		seen := make(map[schema.StepKey]bool, len(steps))
		for _, i := range Ordered(steps) {
			s := steps[i]
			s.Dossier = number
			key := s.Key()
			if seen[key] {
				continue
			}
			seen[key] = true
			if !yield(i, &s) {
				return
			}
		}
	}
}

// Ordered returns the places of steps in the order in which they are sent: by
// time, then by the number of their status.
func Ordered(steps []schema.DossierStep) []int {
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &steps[a], &steps[b]
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(rank(x.Status), rank(y.Status)))
	})
	return order
}

// rank is the place of a status among the portal's codes.
func rank(s schema.Status) int {
	n, _ := strconv.Atoi(s.Gen1())
	return n
}

// Words returns the text of a step; where its source sends none, the portal's own words for the status.
func Words(s *schema.DossierStep) string {
	return cmp.Or(Clean(s.Text), catalogue.StatusLabel(s.Status))
}

// Officer returns who acted, as the contracts want it: where the source names no official, the
// position, the unit of the step or the unit of the dossier stands there, each as the source wrote it.
func Officer(s *schema.DossierStep, unit string) string {
	return Clean(cmp.Or(s.Officer, s.Position, s.Unit, unit))
}

// Submitted is when a dossier was submitted: at the counter that is when it was
// received. Nowhere else does one moment stand for the other.
func Submitted(d *schema.Dossier) schema.Time {
	if d.SubmittedAt.IsZero() && !d.BornAtPortal && (d.Channel == schema.Direct || d.Channel == "") {
		return d.ReceivedAt
	}
	return d.SubmittedAt
}
