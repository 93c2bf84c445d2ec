package mapped

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Mistake is one thing that is wrong with a mapping.
type Mistake struct {
	Line   int    `json:"line"`            // from 1
	Column int    `json:"column"`          // from 1, in characters
	Where  string `json:"where,omitempty"` // the key, "records[0].fields.status"
	What   string `json:"what"`
}

// String returns one line: "12:7: records[0].fields.status: …".
func (m Mistake) String() string {
	text := fmt.Sprintf("%d:%d: ", m.Line, m.Column)
	if m.Where != "" {
		text += m.Where + ": "
	}
	return text + m.What
}

// Mistakes is everything that is wrong with a mapping, in the order of the file.
type Mistakes []Mistake

// Error returns one line for each mistake.
func (all Mistakes) Error() string {
	lines := make([]string, len(all))
	for i, m := range all {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

func (all Mistakes) sorted() Mistakes {
	slices.SortStableFunc(all, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Where, b.Where))
	})
	return slices.CompactFunc(all, func(a, b Mistake) bool { return a == b })
}

// place is where something stands in the file.
type place struct{ line, column int }

// start returns where a node begins: a mapping begins with its first key.
func start(n ast.Node) place {
	if n == nil {
		return place{1, 1}
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return placeOf(m.Values[0].Key.GetToken())
	}
	return placeOf(n.GetToken())
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{t.Position.Line, t.Position.Column}
}
