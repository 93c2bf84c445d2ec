package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readLines reads a log of the simulator.
func readLines(t *testing.T, kind string, lines ...string) *portal {
	t.Helper()
	path := filepath.Join(t.TempDir(), "portal.jsonl")
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	p, err := readPortal(path, kind)
	require.NoError(t, err)
	return p
}

const (
	dossierSubject = "dossier/01"
	parcelSubject  = "land_parcel/02"
	poisonSubject  = "dossier/03"
	poisonNumber   = "H05.01-251103-0007"
)

func dossierBody(number, status, last string) string {
	return fmt.Sprintf(`{"number":%q,"status":%q,"steps":[{"at":"2025-11-03T08:00:00+07:00","status":"received"},{"at":%q,"status":%q}]}`, number, status, last, status)
}

// arrival is one line of the sink's log; marks are its last members.
func arrival(id, subject string, revision int, data, marks string) string {
	return fmt.Sprintf(`{"type":"event","id":%q,"subject":%q,"sequence":"%020d","body":{"id":%q,"data":%s},"index":0,"of":1,%s}`, id, subject, revision, id, data, marks)
}

const (
	takes  = `"effect":true`
	repeat = `"duplicate":true,"effect":false`
	stale  = `"stale":true,"effect":false`
)

// TestSinkLog holds what a sink took against store and generator.
func TestSinkLog(t *testing.T) {
	first, newest := dossierBody(number, "in_progress", "2025-11-03T09:00:00+07:00"), dossierBody(number, "completed", "2025-11-03T10:00:00+07:00")
	entities := map[string]storedEntity{
		dossierSubject: {3, []byte(newest)}, parcelSubject: {1, []byte(`{"area": 1.50}`)}, poisonSubject: {1, []byte(`{"number":"` + poisonNumber + `"}`)},
	}
	w := &world{truths: map[string]*Truth{
		number:       {Header: map[string]string{"TrangThaiHoSo": "9"}, Steps: []string{"20251103080000/2", "20251103100000/9"}},
		poisonNumber: {Poison: true},
	}}
	w = w.seenBy(Destination{Kind: Sink})
	one, two := arrival("a", dossierSubject, 1, first, takes), arrival("b", dossierSubject, 3, newest, takes)
	parcel := arrival("c", parcelSubject, 1, `{"area":1.50}`, takes)
	for name, c := range map[string]struct {
		lines    []string
		doubts   int
		violated []string
	}{
		"as it should be":                         {lines: []string{one, two, parcel}},
		"the newest alone":                        {lines: []string{two, parcel}},
		"a repeat after a doubt":                  {lines: []string{one, two, parcel, arrival("b", dossierSubject, 3, newest, repeat)}, doubts: 1},
		"a repeat without one":                    {lines: []string{one, two, parcel, arrival("b", dossierSubject, 3, newest, repeat)}, violated: []string{"I4"}},
		"two repeats after one doubt":             {lines: []string{one, two, parcel, arrival("b", dossierSubject, 3, newest, repeat), arrival("b", dossierSubject, 3, newest, repeat)}, doubts: 1, violated: []string{"I4"}},
		"a repeat takes effect":                   {lines: []string{one, two, parcel, arrival("b", dossierSubject, 3, newest, takes)}, doubts: 1, violated: []string{"I4"}},
		"an id with other content":                {lines: []string{one, two, parcel, arrival("b", dossierSubject, 3, first, repeat)}, doubts: 1, violated: []string{"I4"}},
		"two ids for one revision":                {lines: []string{one, two, arrival("d", dossierSubject, 3, newest, takes), parcel}, violated: []string{"I4"}},
		"an older revision in place of a newer":   {lines: []string{two, arrival("a", dossierSubject, 1, first, takes), parcel}, doubts: 1, violated: []string{"I2", "I3"}},
		"an older one that was not kept":          {lines: []string{two, arrival("a", dossierSubject, 1, first, stale), parcel}, doubts: 1},
		"an older one sent without a doubt":       {lines: []string{two, arrival("a", dossierSubject, 1, first, stale), parcel}, violated: []string{"I3"}},
		"a newer one that was not kept":           {lines: []string{one, arrival("b", dossierSubject, 3, newest, stale), parcel}, violated: []string{"I2", "I3"}},
		"the newest is missing":                   {lines: []string{one, parcel}, violated: []string{"I2"}},
		"a parcel is missing":                     {lines: []string{one, two}, violated: []string{"I2"}},
		"a parcel differs":                        {lines: []string{one, two, arrival("c", parcelSubject, 1, `{"area":1.51}`, takes)}, violated: []string{"I2"}},
		"a revision that the store never had":     {lines: []string{one, two, arrival("c", parcelSubject, 2, `{"area":1.50}`, takes)}, violated: []string{"I2"}},
		"something that is not in the store":      {lines: []string{one, two, parcel, arrival("e", "land_parcel/99", 1, `{}`, takes)}, violated: []string{"I2"}},
		"what should be refused":                  {lines: []string{one, two, parcel, arrival("f", poisonSubject, 1, `{"number":"`+poisonNumber+`"}`, takes)}, violated: []string{"I2"}},
		"a group that is torn counts for nothing": {lines: []string{one, strings.Replace(two, `"of":1`, `"of":2`, 1)}, violated: []string{"I2"}},
	} {
		t.Run(name, func(t *testing.T) {
			p, shown := readLines(t, Sink, c.lines...), Shown{}
			doubts := map[string]int{dossierSubject: c.doubts}
			var violated []string
			for _, check := range []Check{checkKept(w, p, entities), checkSequence(p, doubts), checkEvents(p, doubts, &shown)} {
				require.Positive(t, check.Checked)
				if check.Violations > 0 {
					violated = append(violated, check.ID)
				}
			}
			require.Equal(t, c.violated, violated)
		})
	}

	t.Run("store and sink agree, and the generator does not", func(t *testing.T) {
		wrong := &world{truths: map[string]*Truth{number: {Header: map[string]string{"TrangThaiHoSo": "9"}, Steps: []string{"20251103080000/2"}}}}
		require.Equal(t, 1, checkKept(wrong, readLines(t, Sink, two, parcel), entities).Violations, "a step too many")
		wrong.truths[number] = &Truth{Header: map[string]string{"TrangThaiHoSo": "10"}, Steps: []string{"20251103080000/2", "20251103100000/9"}}
		require.Equal(t, 1, checkKept(wrong, readLines(t, Sink, two, parcel), entities).Violations, "another status")
		wrong.truths["H05.31-251103-0008"] = &Truth{}
		require.Equal(t, 2, checkKept(wrong, readLines(t, Sink, two, parcel), entities).Violations, "one that came to nobody")
	})

	t.Run("each place has its own calls", func(t *testing.T) {
		lines := []string{
			`{"type":"call","op":"event","service":"events","items":2}`, `{"type":"call","op":"progress","service":"CapNhatTienTrinh","items":1}`,
			`{"type":"call","op":"dossier","service":"DongBoHoSoMC","updating":true,"items":3}`,
		}
		for kind, want := range map[string]string{Sink: anyWrite, Ministry: "steps", National: "update"} {
			p := readLines(t, kind, append(lines, two)...)
			require.Len(t, p.calls, 1, kind)
			require.Equal(t, want, p.calls[0].operation)
			require.Equal(t, kind == Sink, len(p.events) == 1)
		}
	})
}

func TestPoison(t *testing.T) {
	w := &world{truths: map[string]*Truth{number: truth(), poisonNumber: {Poison: true}}}
	require.Len(t, w.seenBy(Destination{}).truths, 1)
	require.Len(t, w.seenBy(Destination{TakesPoison: true}).truths, 2)
	require.Len(t, w.truths, 2)
}
