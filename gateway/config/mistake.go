package config

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong with a configuration.
type Mistake struct {
	File   string `json:"file,omitempty"`   // as it was named; empty when there was none
	Line   int    `json:"line,omitempty"`   // from 1; 0 for a variable of the environment
	Column int    `json:"column,omitempty"` // from 1, in characters
	Where  string `json:"where,omitempty"`  // the key, "sources[0].adapter", or the variable
	What   string `json:"what"`             // never a secret
}

// String returns one line: "gateway.yaml:3:14: sources[0].adapter: …".
func (m Mistake) String() string {
	var parts []string
	if m.Line > 0 {
		position := fmt.Sprintf("%d:%d", m.Line, m.Column)
		if m.File != "" {
			position = m.File + ":" + position
		}
		parts = append(parts, position)
	}
	if m.Where != "" {
		parts = append(parts, m.Where)
	}
	return strings.Join(append(parts, m.What), ": ")
}

// Mistakes is everything that is wrong with a configuration, in the order of the file.
type Mistakes []Mistake

// Error returns one line for each mistake.
func (all Mistakes) Error() string {
	lines := make([]string, len(all))
	for i, m := range all {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// sorted orders by place; what the environment says comes last.
func (all Mistakes) sorted() Mistakes {
	line := func(m Mistake) int {
		if m.Line == 0 {
			return math.MaxInt
		}
		return m.Line
	}
	slices.SortStableFunc(all, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a.Column, b.Column), strings.Compare(a.Where, b.Where))
	})
	return all
}
