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

// maxContacts bounds how many units of one group are named, and how many sources.
const maxContacts = 3

// ReportFailures counts failures and names who answers for them on a day: the
// destination for what is its own, the agencies of the samples for their data, and the sources
// that sent these.
func ReportFailures(ctx context.Context, store FailureStore, contacts ContactStore, q FailureQuery, now time.Time) ([]ReportedFailure, error) {
	groups, err := store.FailureGroups(ctx, q)
	if err != nil {
		return nil, err
	}
	var destinations, units, sources []string
	for _, g := range groups {
		destinations, units = append(destinations, g.Destination), append(units, g.units()...)
		sources = append(sources, g.Sources...)
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
	senders, err := contacts.ContactsOf(ctx, day, []ContactScope{ContactSource}, compacted(sources))
	if err != nil {
		return nil, err
	}
	all := make([]ReportedFailure, len(groups))
	for i, g := range groups {
		all[i] = ReportedFailure{FailureGroup: g, Remedy: g.Remedy()}
		switch g.Shelf {
		case ShelfDestination:
			all[i].Contacts = known(theirs, []string{g.Destination})
		case ShelfSource:
			all[i].Contacts = append(known(ours, g.units()), known(senders, g.Sources)...)
		}
	}
	return all, nil
}

// known returns the first contacts of codes.
func known(contacts map[string]Contact, codes []string) []Contact {
	var found []Contact
	for _, code := range codes {
		if c, ok := contacts[code]; ok && len(found) < maxContacts {
			found = append(found, c)
		}
	}
	return found
}

// units returns the agencies that the group is about as far as its samples show, without repeats.
func (g FailureGroup) units() []string {
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
