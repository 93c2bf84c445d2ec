package journal_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// exported is a journal of so many batches of three lines.
func exported(t testing.TB, batches int, key *journal.Key) string {
	t.Helper()
	var out bytes.Buffer
	w, err := journal.NewWriter(&out)
	require.NoError(t, err)
	var s journal.Standing
	for i := range batches {
		var leaves []journal.Hash
		var lines []journal.Stored
		for j := range 3 {
			at := time.Date(2026, 1, 1, 0, i, j, 0, time.UTC)
			id := uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i, j))
			line := journal.NewLine(journal.Call, at, id).Int("n", int64(3*i+j)).String()
			leaves = append(leaves, journal.Leaf(line))
			lines = append(lines, journal.Stored{Position: s.Position + 1 + int64(j), At: at, ID: id, Line: &line})
		}
		b := s.Seal(leaves, time.Date(2026, 1, 1, 0, i, 30, 0, time.UTC), key)
		require.NoError(t, w.Batch(&b, leaves, lines))
	}
	require.NoError(t, w.Close())
	return out.String()
}

func verified(text string, keys journal.Keys) (journal.Report, error) {
	v := journal.NewVerifier(keys)
	err := journal.VerifyFile(strings.NewReader(text), v)
	return v.Report(), err
}

// TestNoChangeOfAFilePasses removes, repeats, swaps or spoils any line of an export.
func TestNoChangeOfAFilePasses(t *testing.T) {
	key, err := journal.GenerateKey()
	require.NoError(t, err)
	whole := exported(t, 4, key)
	report, err := verified(whole, key.Keys())
	require.NoError(t, err)
	require.True(t, report.OK, "%v", report.Findings)
	require.EqualValues(t, 12, report.Lines)

	rapid.Check(t, func(t *rapid.T) {
		lines := strings.SplitAfter(strings.TrimSuffix(whole, "\n"), "\n")
		lines[len(lines)-1] += "\n"
		at := rapid.IntRange(1, len(lines)-1).Draw(t, "line")
		isLast := at == len(lines)-1
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			lines = append(lines[:at:at], lines[at+1:]...)
		case 1:
			lines = append(lines[:at:at], append([]string{lines[at]}, lines[at:]...)...)
		case 2:
			if isLast {
				return
			}
			lines[at], lines[at+1] = lines[at+1], lines[at]
		case 3:
			from := rapid.IntRange(0, len(lines[at])/2).Draw(t, "from")
			digit := strings.IndexAny(lines[at][from:], "23456789")
			if digit < 0 {
				return
			}
			spoilt := []byte(lines[at])
			spoilt[from+digit] = '1'
			lines[at] = string(spoilt)
		}
		report, err := verified(strings.Join(lines, ""), key.Keys())
		require.True(t, err != nil || !report.OK, "%s", strings.Join(lines, ""))
	})
}

func TestStrangeFiles(t *testing.T) {
	whole := exported(t, 1, nil)
	for name, text := range map[string]string{
		"empty first line": "\n" + whole, "another form": `{"journal":"v9"}` + "\n", "torn": whole[:len(whole)-20],
		"no header": strings.SplitN(whole, "\n", 2)[1], "twice": whole + whole,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verified(text, nil)
			require.Equal(t, fault.Malformed, fault.CodeOf(err))
		})
	}

	t.Run("a huge count costs nothing", func(t *testing.T) {
		report, err := verified(strings.Replace(whole, `"count":3`, `"count":2147483647`, 1), nil)
		require.NoError(t, err)
		require.False(t, report.OK)
		require.LessOrEqual(t, len(report.Findings), 100)
	})
}

func FuzzVerifyFile(f *testing.F) {
	f.Add(exported(f, 2, nil))
	f.Add(`{"journal":"lienthong/journal/v1"}` + "\n" + `{"batch":{"number":-1,"first":-9223372036854775808,"count":-5},"leaves":"AA=="}` + "\n" + `{"position":-3}` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		report, err := verified(text, nil)
		if err == nil && report.OK && report.Lines == 0 && report.Batches > 0 {
			t.Fatal("batches without lines are whole")
		}
	})
}
