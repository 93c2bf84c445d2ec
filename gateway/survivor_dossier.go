package gateway

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// deriveDossier makes the golden dossier: the header as the dossier system
// describes it, but for what was said once and for all, the union of everybody's
// steps and notes, and the status of the latest step by statusOf.
func deriveDossier(claims []Claim, prior *schema.Dossier) *schema.Dossier {
	golden, describer := header(claims)
	keep(golden, prior)
	steps := map[schema.StepKey]sourcedStep{}
	for _, c := range claims {
		s, ok := c.Body.(*schema.DossierStep)
		if !ok {
			continue
		}
		if golden.Number == "" {
			golden.Number = s.Dossier
		}
		golden.OtherNumbers = others(golden, s.OtherNumbers)
		key := s.Key()
		if known, twice := steps[key]; !twice || preferStep(c.Source, known.source, describer) {
			steps[key] = sourcedStep{step: s, source: c.Source}
		}
	}
	trail := make([]sourcedStep, 0, len(steps))
	for _, s := range steps {
		trail = append(trail, s)
	}
	slices.SortFunc(trail, compareSteps)
	golden.Status = statusOf(golden, trail, describer)
	golden.Steps = make([]schema.DossierStep, 0, len(trail))
	ownResults := len(golden.Results) > 0
	for _, s := range trail {
		step := *s.step
		if !ownResults {
			golden.Results = union(golden.Results, step.Results)
		}
		step.Results = nil
		golden.Steps = append(golden.Steps, step)
	}
	takeNotes(golden, claims, ownResults)
	fillTimes(golden)
	settleDeadline(golden, prior)
	return golden
}

// union appends what is not there yet.
func union(results, more []schema.ResultPaper) []schema.ResultPaper {
	for _, r := range more {
		if !slices.Contains(results, r) {
			results = append(results, r)
		}
	}
	return results
}

type sourcedStep struct {
	step   *schema.DossierStep
	source string
}

// header returns a copy of the describing record: of several, the one that
// speaks of the latest time.
func header(claims []Claim) (golden *schema.Dossier, source string) {
	golden = new(schema.Dossier)
	for _, c := range claims {
		d, ok := c.Body.(*schema.Dossier)
		if !ok {
			continue
		}
		if source == "" || golden.LastTime().Before(d.LastTime()) {
			*golden, source = *d, c.Source
		}
	}
	golden.Results, golden.OtherNumbers = slices.Clone(golden.Results), slices.Clone(golden.OtherNumbers)
	return golden, source
}

// preferStep reports whether a step's wording by source beats that by known: the describer's first, then by name.
func preferStep(source, known, describer string) bool {
	if (source == describer) != (known == describer) {
		return source == describer
	}
	return source < known
}

// compareSteps orders a trail by time; at one second the smaller code comes first.
func compareSteps(a, b sourcedStep) int {
	if c := a.step.At.Compare(b.step.At); c != 0 {
		return c
	}
	if c := cmp.Compare(statusRank(a.step.Status), statusRank(b.step.Status)); c != 0 {
		return c
	}
	return strings.Compare(a.source, b.source)
}

func statusRank(s schema.Status) int { return slices.Index(schema.Statuses(), s) }

// statusOf says where a dossier stands. The specialised system that decides
// comes first: once it has ended the processing, only handing over and
// withdrawal by the dossier system count after it. Otherwise the latest word
// counts, where the header speaks at the time that belongs to its status.
func statusOf(golden *schema.Dossier, trail []sourcedStep, describer string) schema.Status {
	words := trail
	if w, ok := headerWord(golden); ok {
		words = append(slices.Clone(trail), sourcedStep{step: w, source: describer})
		slices.SortStableFunc(words, compareSteps)
	}
	var status schema.Status
	decided := false
	for _, w := range words {
		own := w.source == describer
		if decided && own && w.step.Status != schema.Returned && w.step.Status != schema.Withdrawn {
			continue
		}
		status = w.step.Status
		if !own {
			decided = w.step.Status.Final()
		}
	}
	return untimedEnd(golden, status)
}

// headerWord is the header's status as a word in the trail. It is never sent as a step.
func headerWord(d *schema.Dossier) (*schema.DossierStep, bool) {
	at := map[schema.Status]schema.Time{
		schema.Submitted: d.SubmittedAt, schema.Received: d.ReceivedAt, schema.Rejected: d.RefusedAt,
		schema.Completed: d.FinishedAt, schema.Returned: d.ReturnedAt,
	}[d.Status]
	if at.IsZero() {
		return nil, false
	}
	return &schema.DossierStep{Dossier: d.Number, At: at, Status: d.Status}, true
}

// untimedEnd lets a header that says "over" without saying when have the last
// word over steps that are not; with no steps at all the header alone speaks.
func untimedEnd(d *schema.Dossier, byTrail schema.Status) schema.Status {
	if byTrail == "" {
		return d.Status
	}
	_, timed := headerWord(d)
	ended := d.Status == schema.Withdrawn || d.Status == schema.Stopped || d.Status == schema.Rejected
	if ended && !timed && !byTrail.Final() {
		return d.Status
	}
	return byTrail
}

// fillTimes takes the ends that the header does not tell from the first step of their kind.
func fillTimes(d *schema.Dossier) {
	for i := range d.Steps {
		s := &d.Steps[i]
		switch {
		case s.Status == schema.Completed && d.FinishedAt.IsZero():
			d.FinishedAt = s.At
		case s.Status == schema.Returned && d.ReturnedAt.IsZero():
			d.ReturnedAt = s.At
		case s.Status == schema.Rejected && d.RefusedAt.IsZero():
			d.RefusedAt = s.At
		}
	}
}
