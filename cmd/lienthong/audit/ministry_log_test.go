package audit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const issuedNumber = "G15.07-20260609-0000001"

func ministryLine(kind, key, body string) string {
	return `{"type":"effect","portal":"ministry","kind":"` + kind + `","key":"` + key + `","body":` + body + `,"index":0,"of":1}`
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
		repeats  int
	}{
		"as it should be":           {lines: good},
		"9 twice":                   {lines: append(good, steps[2]), repeats: 1},
		"5 twice":                   {lines: append(good, steps[1]), violated: []string{"I4"}},
		"asked for papers twice":    {lines: append(good, ministryState("5"), ministryState("9")), violated: []string{"I3", "I4"}},
		"a second number":           {lines: append(good, ministryCreate("G15.07-20260609-0000002")), violated: []string{"I4"}},
		"the end is not shown":      {lines: good[:len(good)-1], violated: []string{"I2"}},
		"never handed in":           {lines: []string{national}, violated: []string{"I2"}},
		"a step that was not taken": {lines: append(good, ministryStep("2026-06-09T16:00:00.000", "4")), violated: []string{"I2"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "portal.jsonl")
			require.NoError(t, os.WriteFile(path, []byte(strings.Join(c.lines, "\n")+"\n"), 0o600))
			p, err := readPortal(path, ministryPortal)
			require.NoError(t, err)
			w, r, gaps := &world{truths: map[string]*Truth{number: want}}, &Report{}, 0
			var violated []string
			for _, check := range []Check{checkFinal(w, p, false, &gaps), checkOrder(w, p), checkOnce(p, "none", r)} {
				if check.Violations > 0 {
					violated = append(violated, check.ID)
				}
			}
			require.Equal(t, c.violated, violated)
			require.Equal(t, c.repeats, r.PermittedRepeats)
		})
	}
	t.Run("the national portal does not see it, and each sees its own calls", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "portal.jsonl")
		calls := []string{`{"type":"call","op":"dossier","service":"CreateDossier","items":1}`, `{"type":"call","op":"dossier","service":"DongBoHoSoMC","items":1}`}
		require.NoError(t, os.WriteFile(path, []byte(strings.Join(append(good, calls...), "\n")+"\n"), 0o600))
		p, err := readPortal(path, nationalPortal)
		require.NoError(t, err)
		require.Len(t, p.dossiers, 1)
		require.Empty(t, p.dossiers[number].steps)
		require.Len(t, p.calls, 1)
		p, err = readPortal(path, ministryPortal)
		require.NoError(t, err)
		require.Equal(t, "create", p.calls[0].operation)
	})
}
