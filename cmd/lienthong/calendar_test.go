package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

func TestCalendar(t *testing.T) {
	t.Parallel()
	var due struct {
		Due     string
		Claimed struct{ Verdict string }
		Reasons []struct{ Code string }
	}
	run := func(args ...string) string {
		code, out, errs := call(t, append([]string{"calendar"}, args...)...)
		require.Zero(t, code, errs)
		return out
	}
	// Friday before Tết 2026; the offices open again on Monday 23 February.
	out := run("due", "--received", "2026-02-13T14:30", "--term", "1d", "--claimed", "2026-02-16T17:00", "--json")
	require.NoError(t, json.Unmarshal([]byte(out), &due))
	require.Equal(t, "2026-02-23T17:00:00+07:00", due.Due)
	require.Equal(t, "source_earlier", due.Claimed.Verdict)
	require.NotEmpty(t, due.Reasons)
	require.Contains(t, run("due", "--received", "2025-11-03T15:10:00+07:00", "--term", "same-day"), "2025-11-04T17:00:00+07:00")
	require.Contains(t, run("day", "2026-02-17"), "free")

	own := filepath.Join(t.TempDir(), "calendar.yaml")
	require.NoError(t, os.WriteFile(own, []byte("days:\n  - {from: 2025-11-04, provinces: [\"24\"], kind: closure, announced: true, name: {vi: Bão, en: Storm}, source: \"Công điện mẫu\"}\n"), 0o600))
	run("check", own)
	require.Contains(t, run("due", "--received", "2025-11-03T15:10", "--term", "same-day", "--province", "24", "--calendar", own), "2025-11-05")
	require.NoError(t, os.WriteFile(own, []byte("dayz: []\n"), 0o600))
	code, _, errs := call(t, "calendar", "check", own)
	require.Equal(t, exitCodes[fault.Invalid], code)
	require.Contains(t, errs, "calendar.yaml:1:1")

	for _, args := range [][]string{
		{"due", "--received", "mai", "--term", "1d"}, {"due", "--received", "2025-11-03T08:00", "--term", "3"},
		{"day", "hôm nay"}, {"check", filepath.Join(t.TempDir(), "none.yaml")},
	} {
		code, _, _ := call(t, append([]string{"calendar"}, args...)...)
		require.Equal(t, exitCodes[fault.Usage], code, args)
	}
}
