package units

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Crosswalk says which codes one target system has for our units. Ministries
// number provinces in their own ways, so each target has a table of its own,
// versioned by the day that a line is valid from. Where a table has no line it
// says nothing: equality of codes is never assumed.
type Crosswalk struct {
	Target string
	lines  []crossing
}

type crossing struct {
	since  schema.Date // zero: from the beginning
	ours   Code
	theirs string
}

// Targets of the embedded table; a province adds its own with [ParseCrosswalks].
const (
	TargetJustice         = "moj"             // civil-status and registration linkage of the Ministry of Justice
	TargetCriminalRecords = "criminal-record" // criminal records
	TargetSocialAffairs   = "social-affairs"  // labour and social affairs
)

// Crosswalks returns the embedded tables by target. They hold only what has
// been seen in a running linkage, so they are short; see [Crosswalk.With].
func Crosswalks() map[string]Crosswalk {
	text, err := data.ReadFile("data/crosswalk.tsv")
	if err != nil {
		panic(err)
	}
	tables, err := ParseCrosswalks(string(text))
	if err != nil {
		panic(err)
	}
	return tables
}

// ParseCrosswalks reads tables from text: a line for each code, its fields
// separated by tabs: target, first day of validity (YYYY-MM-DD or empty), list
// (nso2004 or nso2025), our code, their code, source of the fact. Lines that
// begin with # and empty lines are skipped. The error is
// a [fault.Error] with code invalid that names the line.
func ParseCrosswalks(text string) (map[string]Crosswalk, error) {
	tables := map[string]Crosswalk{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		target, c, err := parseCrossing(line)
		if err != nil {
			return nil, fault.New(fault.Invalid, "crosswalk", fmt.Sprintf("line %d: %v", n, err))
		}
		t := tables[target]
		t.Target, t.lines = target, append(t.lines, c)
		tables[target] = t
	}
	return tables, nil
}

func parseCrossing(line string) (target string, c crossing, err error) {
	f := strings.Split(line, "\t")
	if len(f) != 6 || f[0] == "" || f[4] == "" || f[5] == "" {
		return "", c, errors.New("want target, day, list, our code, their code, source")
	}
	if f[1] != "" {
		if c.since, err = schema.ParseDate(f[1], schema.DateISO); err != nil {
			return "", c, errors.New("the day is no date")
		}
	}
	c.ours, c.theirs = Code{System(f[2]), f[3]}, f[4]
	if !c.ours.known() {
		return "", c, fmt.Errorf("no unit %s in list %s", f[3], f[2])
	}
	return f[0], c, nil
}

// known reports whether the list has the code, at any level.
func (c Code) known() bool {
	t := tables()
	lists := map[System][][]Unit{NSO2025: {t.provinces, t.communes}, NSO2004: {t.oldProvinces, t.districts, t.oldCommunes}}
	for _, list := range lists[c.System] {
		if _, ok := lookup(list, c.Code); ok {
			return true
		}
	}
	return false
}

// With returns the crosswalk with the lines of another one, which stand above its own of the same day.
func (x Crosswalk) With(more Crosswalk) Crosswalk {
	return Crosswalk{Target: x.Target, lines: append(slices.Clone(x.lines), more.lines...)}
}

// Theirs returns the target's code of a unit on a day; the zero date means now, the newest line.
func (x Crosswalk) Theirs(ours Code, on schema.Date) (string, bool) {
	best := -1
	for i, c := range x.lines {
		if c.ours == ours && x.newer(i, best, on) {
			best = i
		}
	}
	if best < 0 {
		return "", false
	}
	return x.lines[best].theirs, true
}

// Ours returns the unit that a code of the target means on a day. It reports
// false as well where the table gives the code to several units.
func (x Crosswalk) Ours(theirs string, on schema.Date) (Code, bool) {
	var found []Code
	for _, c := range x.lines {
		if c.theirs != theirs || slices.Contains(found, c.ours) {
			continue
		}
		if now, ok := x.Theirs(c.ours, on); ok && now == theirs {
			found = append(found, c.ours)
		}
	}
	if len(found) != 1 {
		return Code{}, false
	}
	return found[0], true
}

// newer reports whether line i is valid on a day and stands above line best.
func (x Crosswalk) newer(i, best int, on schema.Date) bool {
	since := x.lines[i].since
	if !on.IsZero() && !since.IsZero() && on.Compare(since) < 0 {
		return false
	}
	return best < 0 || since.Compare(x.lines[best].since) >= 0
}
