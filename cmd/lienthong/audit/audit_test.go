package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const number = "H05.31-251103-0007"

// truth is a dossier that was received, worked on and finished.
func truth() *Truth {
	return &Truth{
		Number: number, Header: map[string]string{"TrangThaiHoSo": "9", "ChuHoSo": "Nguyễn Thị Hạnh"},
		Steps: []string{"1/2", "2/4", "3/9"}, Order: []string{"2", "4", "9"},
	}
}

// stands is a portal that shows it rightly.
func stands() *portal {
	header := func(status string) map[string]any {
		return map[string]any{"TrangThaiHoSo": status, "ChuHoSo": "Nguyễn Thị Hạnh"}
	}
	return &portal{dossiers: map[string]*shown{number: {
		creates: 1, headers: []map[string]any{header("2"), header("9")},
		steps: []storedStep{{"1/2", "2", 1}, {"2/4", "4", 1}, {"3/9", "9", 2}},
	}}}
}

func TestInvariantsOfThePortal(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*shown)
		noTrail  bool
		noDoubt  bool
		violated []string
		repeats  int
		gaps     int
	}{
		"as it should be":             {change: func(*shown) {}},
		"a field differs":             {change: func(d *shown) { d.headers[1]["ChuHoSo"] = "Ai đó" }, violated: []string{"I2"}},
		"a step is missing":           {change: func(d *shown) { d.steps = d.steps[1:] }, violated: []string{"I2"}},
		"a step that was never taken": {change: func(d *shown) { d.steps = append(d.steps, storedStep{"4/10", "10", 3}) }, violated: []string{"I2"}},
		"it went back": {change: func(d *shown) {
			d.headers = append(d.headers[:1:1], d.headers[1], d.headers[0], d.headers[1])
		}, violated: []string{"I3"}},
		"created twice":                   {change: func(d *shown) { d.creates = 2 }, violated: []string{"I4"}},
		"never created":                   {change: func(d *shown) { d.creates = 0 }, violated: []string{"I4"}},
		"updated without a change":        {change: func(d *shown) { d.equalled = 1 }, violated: []string{"I4"}},
		"a step twice":                    {change: func(d *shown) { d.steps = append(d.steps, d.steps[2]) }, violated: []string{"I4"}},
		"9 twice where no trail is shown": {change: func(d *shown) { d.steps = append(d.steps, d.steps[2]) }, noTrail: true, repeats: 1},
		"4 twice where no trail is shown": {change: func(d *shown) { d.steps = append(d.steps, d.steps[1]) }, noTrail: true, violated: []string{"I4"}},
		"4 missing where no trail is shown": {change: func(d *shown) {
			d.steps = []storedStep{d.steps[0], d.steps[2]}
		}, noTrail: true, gaps: 1},
		"9 twice where no call was in doubt": {change: func(d *shown) { d.steps = append(d.steps, d.steps[2]) }, noTrail: true, noDoubt: true, violated: []string{"I4"}},
		"4 missing where no call was in doubt": {change: func(d *shown) {
			d.steps = []storedStep{d.steps[0], d.steps[2]}
		}, noTrail: true, noDoubt: true, violated: []string{"I2"}},
		"steps of one call out of order":    {change: func(d *shown) { d.steps[0], d.steps[1] = d.steps[1], d.steps[0] }, violated: []string{"I3"}},
		"steps of several calls as told":    {change: func(d *shown) { d.steps = []storedStep{d.steps[2], d.steps[0], d.steps[1]} }},
		"9 missing where no trail is shown": {change: func(d *shown) { d.steps = d.steps[:2] }, noTrail: true, violated: []string{"I2"}},
	} {
		t.Run(name, func(t *testing.T) {
			w, p := &world{truths: map[string]*Truth{number: truth()}}, stands()
			m := &mercy{lookup: "trail", doubts: map[string]int{number: 1}}
			if c.noTrail {
				m.lookup = "header"
			}
			if c.noDoubt {
				m.doubts = nil
			}
			c.change(p.dossiers[number])
			var violated []string
			for _, check := range []Check{checkFinal(w, p, m), checkOrder(w, p, m), checkOnce(p, m)} {
				require.Positive(t, check.Checked)
				if check.Violations > 0 {
					violated = append(violated, check.ID)
				}
			}
			require.Equal(t, c.violated, violated)
			require.Equal(t, c.repeats, m.repeats)
			require.Equal(t, c.gaps, m.gaps)
		})
	}

	t.Run("an equal update is permitted where only existence is shown", func(t *testing.T) {
		p, m := stands(), &mercy{lookup: "exists", doubts: map[string]int{number: 1}}
		p.dossiers[number].equalled = 1
		require.Zero(t, checkOnce(p, m).Violations)
		require.Equal(t, 1, m.repeats)
		m.doubts = nil
		require.Equal(t, 1, checkOnce(p, m).Violations, "but not without a doubt")
	})

	t.Run("a dossier that is not at the portal, and one that should not be", func(t *testing.T) {
		w := &world{truths: map[string]*Truth{"H05.31-251103-0008": truth()}}
		check := checkFinal(w, stands(), &mercy{lookup: "trail"})
		require.Equal(t, 2, check.Violations)
	})

	t.Run("going back is legal where the source did", func(t *testing.T) {
		again := truth()
		again.Order = []string{"2", "9", "4", "9"}
		p := stands()
		d := p.dossiers[number]
		d.headers = append(d.headers, map[string]any{"TrangThaiHoSo": "4"}, map[string]any{"TrangThaiHoSo": "9"})
		require.Zero(t, checkOrder(&world{truths: map[string]*Truth{number: again}}, p, &mercy{lookup: "trail"}).Violations)
	})
}

func TestStoredRecords(t *testing.T) {
	key := recordKey{"motcua", "dossier", number}
	message := answeredMessage{
		PushedMessage: PushedMessage{Class: "good", Form: "P3"}, source: "motcua",
		Answered: Answered{Submission: "s1", Records: []AnsweredRecord{{Kind: "dossier", ID: number, Verdict: "accepted", Revision: 1}}},
	}
	for name, c := range map[string]struct {
		record   storedRecord
		violated bool
	}{
		"stored once":                        {storedRecord{revision: 1, revisions: []string{"s1"}, rows: 1}, false},
		"stored twice":                       {storedRecord{revision: 1, revisions: []string{"s1"}, rows: 2}, true},
		"made by another submission":         {storedRecord{revision: 1, revisions: []string{"s2"}, rows: 1}, true},
		"a revision that nobody was told of": {storedRecord{revision: 2, revisions: []string{"s1", "s2"}, rows: 1}, true},
		"a revision without its line":        {storedRecord{revision: 2, revisions: []string{"s1"}, rows: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			check, made := Check{}, map[recordKey]map[int64]string{}
			records := map[recordKey]*storedRecord{key: &c.record}
			checkVerdicts(&check, &message, records, made)
			checkRevisions(&check, key, &c.record, made[key], true)
			require.Equal(t, c.violated, check.Violations > 0, check.Examples)
		})
	}

	t.Run("an acknowledged record that is not there", func(t *testing.T) {
		check := Check{}
		checkVerdicts(&check, &message, nil, map[recordKey]map[int64]string{})
		require.Equal(t, 1, check.Violations)
	})

	t.Run("a bad message that was taken", func(t *testing.T) {
		bad, check := message, Check{}
		bad.Class, bad.Records = "bad", nil
		checkVerdicts(&check, &bad, nil, nil)
		require.Equal(t, 1, check.Violations)
	})
}

func TestBreakerSpans(t *testing.T) {
	zero := time.Date(2025, 11, 3, 8, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return zero.Add(time.Duration(ms) * time.Millisecond) }
	transitions := []transition{
		{at(1000), "create", "a", "open"}, {at(3000), "create", "a", "half_open"}, {at(3500), "create", "a", "closed"},
	}
	open, half := spans(transitions, "open"), spans(transitions, "half_open")
	require.Len(t, open, 1)
	require.Len(t, half, 1)

	for name, c := range map[string]struct {
		attempts []attempt
		calls    []call
		violated int
	}{
		"nothing while open":            {attempts: []attempt{{at(900), at(1100), "create", "a"}, {at(3500), at(3600), "create", "a"}}},
		"a call while open":             {attempts: []attempt{{at(1001), at(1100), "create", "a"}}, violated: 1},
		"another operation goes on":     {attempts: []attempt{{at(1001), at(1100), "steps", "a"}}},
		"another node within two s":     {attempts: []attempt{{at(2900), at(2950), "create", "b"}}},
		"one probe":                     {attempts: []attempt{{at(3001), at(3400), "create", "a"}}},
		"one probe after another":       {attempts: []attempt{{at(3001), at(3100), "create", "a"}, {at(3100), at(3400), "create", "b"}}},
		"two probes at once":            {attempts: []attempt{{at(3001), at(3400), "create", "a"}, {at(3100), at(3400), "create", "b"}}, violated: 1},
		"what the portal saw is enough": {calls: []call{{"create", at(1300)}}},
	} {
		t.Run(name, func(t *testing.T) {
			check := Check{}
			checkOpen(&check, open[0], c.attempts, c.calls)
			checkProbes(&check, half[0], c.attempts)
			require.Equal(t, c.violated, check.Violations, check.Examples)
		})
	}

	t.Run("a sink is seen by both of its breakers", func(t *testing.T) {
		check := Check{}
		calls := []call{{anyWrite, at(1000 + 2300)}}
		checkShut(&check, spans(transitions[:1], "open"), calls)
		require.Zero(t, check.Violations, "it may be an update")
		both := append(transitions[:1:1], transition{at(1000), "update", "a", "open"})
		checkShut(&check, spans(both, "open"), calls)
		require.Equal(t, 1, check.Violations)
		checkShut(&check, spans(both, "open"), []call{{anyWrite, at(2000)}})
		require.Equal(t, 1, check.Violations, "another node within two seconds")
	})

	t.Run("the portal is the witness of a node that did not live to tell", func(t *testing.T) {
		check := Check{}
		forever := spans(transitions[:1], "open")[0]
		checkOpen(&check, forever, nil, []call{{"create", at(1000 + 2300)}})
		require.Equal(t, 1, check.Violations)
	})
}

func TestPortalLog(t *testing.T) {
	read := func(t *testing.T, lines ...string) *portal {
		t.Helper()
		path := filepath.Join(t.TempDir(), "portal.jsonl")
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
		p, err := readPortal(path, National)
		require.NoError(t, err)
		return p
	}
	effect := func(index, of string) string {
		return `{"type":"effect","kind":"create","key":"` + number + `","body":{},"index":` + index + `,"of":` + of + `}`
	}

	t.Run("a group counts when all of it is there", func(t *testing.T) {
		require.Equal(t, 2, read(t, effect("0", "2"), effect("1", "2"), "").effects)
	})
	t.Run("a torn group and a torn line do not", func(t *testing.T) {
		require.Zero(t, read(t, effect("0", "2"), `{"type":"eff`).effects)
	})
	t.Run("a group with a member too many is noticed", func(t *testing.T) {
		require.NotEmpty(t, read(t, effect("0", "2"), effect("0", "2"), effect("0", "2"), effect("1", "3"), effect("1", "3"), effect("2", "3"), "").broken)
	})
}
