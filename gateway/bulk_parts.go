package gateway

import (
	"cmp"
	"slices"

	"github.com/lienthong/lienthong/schema"
)

// meeting is what two messages can meet in: a record, or an identifier or
// natural key of one kind of entity. A record has no scheme.
type meeting struct {
	kind   schema.Kind
	scheme schema.Scheme
	value  string
}

// clusters groups messages that meet, directly or through others: whatever
// order two groups are stored in, the result is the same. It returns the
// indexes of each group in order, the groups by their first message.
func clusters(subs []*Submission) [][]int {
	parent := make([]int, len(subs))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := make(map[meeting]int, 4*len(subs))
	for i, sub := range subs {
		sub.meetings(func(m meeting) {
			j, met := first[m]
			if !met {
				first[m] = i
				return
			}
			// The smaller index is the root, so that a group is found at its first message.
			if a, b := find(i), find(j); a != b {
				parent[max(a, b)] = min(a, b)
			}
		})
	}
	at := make([]int, len(subs)) // of a root, its group
	var groups [][]int
	for i := range subs {
		root := find(i)
		if root == i {
			at[i] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[root]] = append(groups[at[root]], i)
	}
	return groups
}

// meetings yields what the message can meet others in.
func (sub *Submission) meetings(yield func(meeting)) {
	for i := range sub.Records {
		r := &sub.Records[i]
		yield(meeting{kind: r.Kind, value: r.ID})
		for _, id := range r.Keys {
			yield(meeting{r.Kind.Entity(), id.Scheme, id.Value})
		}
		for _, m := range r.Mentions {
			if id, ok := StrongIdentifier(m); ok {
				yield(meeting{m.Kind, id.Scheme, id.Value})
			}
		}
	}
}

// deal spreads the groups over at most n parts of about equal work, the
// largest group first; each part's messages are in order. The result depends
// on nothing but the messages.
func deal(subs []*Submission, n int) [][]int {
	groups := clusters(subs)
	weight := func(group []int) (w int) {
		for _, i := range group {
			w += 1 + len(subs[i].Records)
		}
		return w
	}
	type weighed struct {
		group  []int
		weight int
	}
	all := make([]weighed, len(groups))
	for i, g := range groups {
		all[i] = weighed{g, weight(g)}
	}
	slices.SortStableFunc(all, func(a, b weighed) int { return cmp.Compare(b.weight, a.weight) })
	parts, loads := make([][]int, n), make([]int, n)
	for _, w := range all {
		lightest := 0
		for i := range loads {
			if loads[i] < loads[lightest] {
				lightest = i
			}
		}
		parts[lightest] = append(parts[lightest], w.group...)
		loads[lightest] += w.weight
	}
	parts = slices.DeleteFunc(parts, func(p []int) bool { return len(p) == 0 })
	for _, p := range parts {
		slices.Sort(p)
	}
	return parts
}
