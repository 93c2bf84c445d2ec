package gateway

import (
	"context"
	"slices"
	"time"

	"github.com/lienthong/lienthong/schema"
)

// ReportedFailure is a group of failures with what to do and whom to call.
type ReportedFailure struct {
	FailureGroup
	Remedy   Remedy
	Contacts []Contact // of the responsible units, as of the day; none where nobody is known
}

// maxContacts bounds how many units of one group are named.
const maxContacts = 3

// ReportFailures counts failures and names who answers for them on a day: the
// destination for what is its own, the agencies of the samples for their data.
func ReportFailures(ctx context.Context, store FailureStore, contacts ContactStore, q FailureQuery, now time.Time) ([]ReportedFailure, error) {
	groups, err := store.FailureGroups(ctx, q)
	if err != nil {
		return nil, err
	}
	var destinations, units []string
	for _, g := range groups {
		destinations, units = append(destinations, g.Destination), append(units, g.units()...)
	}
	day := Day(now)
	theirs, err := contacts.ContactsOf(ctx, day, []ContactScope{ContactDestination}, compacted(destinations))
	if err != nil {
		return nil, err
	}
	ours, err := contacts.ContactsOf(ctx, day, []ContactScope{ContactAgency, ContactCommune}, compacted(units))
	if err != nil {
		return nil, err
	}
	all := make([]ReportedFailure, len(groups))
	for i, g := range groups {
		all[i] = ReportedFailure{FailureGroup: g, Remedy: g.Remedy()}
		codes, known := g.units(), ours
		if g.Shelf == ShelfDestination {
			codes, known = []string{g.Destination}, theirs
		}
		for _, code := range codes {
			if c, ok := known[code]; ok && len(all[i].Contacts) < maxContacts {
				all[i].Contacts = append(all[i].Contacts, c)
			}
		}
	}
	return all, nil
}

// units returns the agencies that the group is about as far as its samples show, without repeats.
func (g FailureGroup) units() []string {
	if g.Shelf == ShelfGateway {
		return nil // nobody but us
	}
	units := []string{}
	if g.Unit != "" {
		units = append(units, g.Unit)
	}
	for _, key := range g.Samples {
		if unit := UnitOf(key); unit != "" && !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	return units
}

// Day returns the day of a time in Việt Nam, as contacts are valid by: at midnight UTC.
func Day(t time.Time) time.Time {
	y, m, d := t.In(schema.VietNam()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func compacted(list []string) []string {
	slices.Sort(list)
	return append([]string{}, slices.Compact(list)...)
}
