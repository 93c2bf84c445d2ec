package audit

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const issuedNumber = "G15.07-20260609-0000001"

func ministryLine(kind, key, body string) string {
	return `{"type":"effect","portal":"ministry","kind":"` + kind + `","key":"` + key + `","body":` + body + `,"call":` + callOf(body) + `,"index":0,"of":1}`
}

// callOf gives what is not alike calls of their own.
func callOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return strconv.Itoa(int(sum[0])<<16 | int(sum[1])<<8 | int(sum[2]))
}

func ministryStep(moment, status string) string {
	return ministryLine("step", issuedNumber, `{"IDHoSo":"665f","MaHoSo":"`+issuedNumber+`","ThoiDiemXuLy":"`+moment+`","TrangThai":`+status+`}`)
}

func ministryState(status string) string {
	return ministryLine("state", issuedNumber, `{"IdHoSo":"665f","MaHoSo":"`+issuedNumber+`","TrangThai":`+status+`}`)
}

func ministryCreate(key string) string {
	return ministryLine("create", key, `{"MaHoSo":"`+key+`","MaTTHC":"1.001193","ChuHoSo":"Nguyễn Thị Hạnh","NgayNop":"2026-06-09 08:05:12",`+
		`"NgayTiepNhan":"2026-06-09 08:30:00","EformThongTinChiTiet":{"SoHoSoNguon":"`+number+`"}}`)
}

// TestMinistryLog reads the log of the second portal and holds it to the same invariants.
func TestMinistryLog(t *testing.T) {
	want := &Truth{
		Number: number, Header: map[string]string{
			"MaHoSo": number, "ChuHoSo": "Nguyễn Thị Hạnh", "NgayTiepNhan": "20260609083000", "TrangThaiHoSo": "9", "DonViXuLy": "gen-2 has no place for it",
		},
		Steps: []string{"20260609083000/2", "20260609090000/5", "20260609150000/9"}, Order: []string{"2", "5", "9"},
	}
	steps := []string{ministryStep("2026-06-09T08:30:00.000", "2"), ministryStep("2026-06-09T09:00:00.000", "5"), ministryStep("2026-06-09T15:00:00.000", "9")}
	national := `{"type":"effect","kind":"create","key":"` + number + `","body":{},"index":0,"of":1}`
	good := slices.Concat([]string{national, ministryCreate(issuedNumber)}, steps, []string{ministryState("5"), ministryState("9")})
	good = slices.Clip(good) // each case appends to a copy of its own
	for name, c := range map[string]struct {
		lines    []string
		violated []string
		noDoubt  bool
		repeats  int
		gaps     int
	}{
		"as it should be":                   {lines: good},
		"9 twice":                           {lines: append(good, steps[2]), repeats: 1},
		"5 twice":                           {lines: append(good, steps[1]), violated: []string{"I4"}},
		"asked for papers twice":            {lines: append(good, ministryState("5"), ministryState("9")), violated: []string{"I3", "I4"}, repeats: 1},
		"a second number":                   {lines: append(good, ministryCreate("G15.07-20260609-0000002")), violated: []string{"I4"}},
		"the end is not shown":              {lines: good[:len(good)-1], violated: []string{"I2"}},
		"9 twice without a doubt":           {lines: append(good, steps[2]), noDoubt: true, violated: []string{"I4"}},
		"a cut step is not made again":      {lines: append(good[:3:3], good[4:]...), gaps: 1},
		"a step is missing without a doubt": {lines: append(good[:3:3], good[4:]...), noDoubt: true, violated: []string{"I2"}},
		"never handed in":                   {lines: []string{national}, violated: []string{"I2"}},
		"a step that was not taken":         {lines: append(good, ministryStep("2026-06-09T16:00:00.000", "4")), violated: []string{"I2"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "portal.jsonl")
			require.NoError(t, os.WriteFile(path, []byte(strings.Join(c.lines, "\n")+"\n"), 0o600))
			p, err := readPortal(path, Ministry)
			require.NoError(t, err)
			w := &world{truths: map[string]*Truth{number: want}}
			m := &mercy{lookup: "none", doubts: map[string]int{number: 1}}
			if c.noDoubt {
				m.doubts = nil
			}
			var violated []string
			for _, check := range []Check{checkFinal(w, p, m), checkOrder(w, p, m), checkOnce(p, m)} {
				if check.Violations > 0 {
					violated = append(violated, check.ID)
				}
			}
			require.Equal(t, c.violated, violated)
			require.Equal(t, c.repeats, m.repeats)
			require.Equal(t, c.gaps, m.gaps)
		})
	}
	t.Run("an end that was told twice", func(t *testing.T) {
		end := func(call int) string {
			var lines []string
			for i, status := range []string{"9", "10"} {
				line := ministryState(status)
				line = line[:strings.Index(line, `,"call":`)] + fmt.Sprintf(`,"call":%d,"index":%d,"of":2}`, call, i)
				lines = append(lines, line)
			}
			return strings.Join(lines, "\n")
		}
		w := &world{truths: map[string]*Truth{number: {Order: []string{"2", "5", "9", "10"}}}}
		judge := func(m *mercy, lines ...string) (violations int) {
			p := readLines(t, Ministry, append([]string{ministryCreate(issuedNumber), ministryState("5")}, lines...)...)
			return checkOrder(w, p, m).Violations + checkOnce(p, m).Violations
		}
		doubt := func() *mercy { return &mercy{lookup: "none", doubts: map[string]int{number: 1}} }
		require.Zero(t, judge(&mercy{lookup: "none"}, end(7)))
		m := doubt()
		require.Zero(t, judge(m, end(7), end(8)), "both are told again, since nobody knows")
		require.Equal(t, 2, m.repeats)
		require.Zero(t, judge(doubt(), ministryState("10"), end(8)), "9 goes along with the 10 that nobody knows of")
		require.Equal(t, 2, judge(&mercy{lookup: "none"}, ministryState("10"), end(8)), "and not without a doubt")
		require.Equal(t, 3, judge(&mercy{lookup: "none"}, end(7), end(8)), "without a doubt it goes back, and tells both again")
		require.Equal(t, 1, judge(doubt(), end(7), ministryState("9")), "a doubt does not let it go back")
		require.Equal(t, 2, judge(doubt(), ministryState("5")), "papers are not asked for again")
		require.Equal(t, 1, judge(&mercy{lookup: "none"}, ministryState("9"), ministryState("9")), "nor an end without a doubt")
	})
	t.Run("a state that is not made again may be missing after a doubt alone", func(t *testing.T) {
		waits := *want
		waits.Header = map[string]string{"MaHoSo": number, "TrangThaiHoSo": "4"}
		waits.Steps, waits.Order = []string{"20260609083000/2"}, []string{"2", "4"}
		w := &world{truths: map[string]*Truth{number: &waits}}
		p := readLines(t, Ministry, ministryCreate(issuedNumber), steps[0])
		m := &mercy{lookup: "none", doubts: map[string]int{number: 1}}
		require.Zero(t, checkFinal(w, p, m).Violations)
		require.Equal(t, 1, m.gaps)
		require.Equal(t, 1, checkFinal(w, p, &mercy{lookup: "none"}).Violations)
	})
	t.Run("the national portal does not see it, and each sees its own calls", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "portal.jsonl")
		calls := []string{`{"type":"call","op":"dossier","service":"CreateDossier","items":1}`, `{"type":"call","op":"dossier","service":"DongBoHoSoMC","items":1}`}
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(append(good, calls...), "\n")+"\n"), 0o600))
		p, err := readPortal(path, National)
		require.NoError(t, err)
		require.Len(t, p.dossiers, 1)
		require.Empty(t, p.dossiers[number].steps)
		require.Len(t, p.calls, 1)
		p, err = readPortal(path, Ministry)
		require.NoError(t, err)
		require.Equal(t, "create", p.calls[0].operation)
	})
}
