package simulator

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// fill writes a little of everything and closes the portal.
func fill(t *testing.T) (path string, before State) {
	t.Helper()
	p := open(t, Options{})
	p.create(record("A-1"), record("A-2"))
	p.update(record("A-1", "TrangThaiHoSo", `"4"`))
	p.update(record("A-1", "TrangThaiHoSo", `"4"`))
	one := progressStep("A-1", "20251103083000", "2")
	p.progress(one, one, progressStep("A-2", "20251103083000", "2"))
	p.create(record("A-1"))
	require.NoError(t, p.Close())
	return p.options.LogPath, p.State()
}

func reopen(t *testing.T, path string) *portal { t.Helper(); return open(t, Options{LogPath: path}) }

func TestLog(t *testing.T) {
	t.Parallel()
	t.Run("a call is written on arrival, its effects and its answer before it is answered", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"), record("A-2"))
		p.lookUp("A-1")
		type row struct {
			Type, Op, Kind, Key, Code string
			Call                      uint64
			Index, Of, Items          int
			Keys                      string
			Answered                  bool
		}
		var got []row
		for _, l := range p.lines() {
			got = append(got, row{l.Type, l.Op, l.Kind, l.Key, l.ErrorCode, l.Call, l.Index, l.Of, l.Items, strings.Join(l.Keys, " "), l.Answered})
		}
		want := []row{
			{Type: "start"},
			{Type: "call", Op: "login"}, {Type: "answer", Call: 2, Code: "0", Answered: true},
			{Type: "call", Op: "dossier", Items: 2, Keys: "A-1 A-2"},
			{Type: "effect", Kind: "create", Key: "A-1", Call: 4, Index: 0, Of: 2},
			{Type: "effect", Kind: "create", Key: "A-2", Call: 4, Index: 1, Of: 2},
			{Type: "answer", Call: 4, Code: "0", Answered: true},
			{Type: "call", Op: "lookup", Keys: "A-1"}, {Type: "answer", Call: 8, Code: "0", Answered: true},
		}
		require.Empty(t, cmp.Diff(want, got))
	})
	t.Run("times are UTC with nanoseconds, and arrival is not after the line", func(t *testing.T) {
		p := open(t, Options{})
		for _, l := range p.lines() {
			at, err := time.Parse(time.RFC3339Nano, l.At)
			require.NoError(t, err)
			require.True(t, strings.HasSuffix(l.At, "Z"))
			if l.Type == "call" {
				arrived, err := time.Parse(time.RFC3339Nano, l.Arrived)
				require.NoError(t, err)
				require.False(t, arrived.After(at))
			}
		}
	})
	t.Run("a restart rebuilds everything but the sessions", func(t *testing.T) {
		path, before := fill(t)
		p := reopen(t, path)
		require.Equal(t, before.Stored, p.State().Stored)
		require.Equal(t, Totals{Dossiers: 2, Updates: 2, Steps: 3, UpdateRepeats: 1, StepRepeats: 1}, p.State().Stored)
		require.Contains(t, p.create(record("A-2")).Message, "đã tồn tại")
		p.progress(progressStep("A-2", "20251103083000", "2"))
		require.Equal(t, 2, p.State().Stored.StepRepeats, "keys of steps are known again")
		p.update(record("A-1", "TrangThaiHoSo", `"4"`))
		require.Equal(t, 2, p.State().Stored.UpdateRepeats, "so are the records")
		require.NotEmpty(t, p.lines()) // the numbers went on without a gap
	})
	t.Run("a session of the last process is not known", func(t *testing.T) {
		p := open(t, Options{})
		old := p.session
		require.NoError(t, p.Close())
		again := reopen(t, p.options.LogPath)
		again.session = old
		require.Equal(t, textNoSession, again.lookUp("A").Message)
	})
	t.Run("after Close every call is an internal error", func(t *testing.T) {
		p := open(t, Options{})
		require.NoError(t, p.Close())
		require.Equal(t, 500, p.lookUp("A").Status)
	})
	t.Run("a write that fails is not answered as stored", func(t *testing.T) {
		p := open(t, Options{})
		require.NoError(t, p.ledger.journal.file.Close())
		require.Equal(t, 500, p.create(record("A-1")).Status)
		require.Zero(t, p.State().Stored.Dossiers)
		p.ledger.journal.file = nil // for the Close of the clean-up
	})
	t.Run("options that make no sense are refused", func(t *testing.T) {
		for _, o := range []Options{
			{Codes: "x"}, {CodesByOp: map[Op]CodeStyle{OpLogin: "x"}}, {AdapterFault: "x"}, {Lookup: "x"}, {DuplicateCode: "7"}, {MaxBatch: -1},
			{LookupLag: time.Hour}, {Faults: []Fault{{Name: "x"}}}, {Capacity: Capacity{Concurrent: -1}},
		} {
			_, err := New(o)
			require.Equal(t, fault.Usage, fault.CodeOf(err), "%+v", o)
		}
		_, err := New(Options{LogPath: filepath.Join(t.TempDir(), "không", "có")})
		require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	})
}

func TestTornLog(t *testing.T) {
	t.Parallel()
	t.Run("wherever the end is torn, the log opens and holds whole groups only", func(t *testing.T) {
		path, _ := fill(t)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		torn := filepath.Join(t.TempDir(), "torn.jsonl")
		for cut := len(whole); cut > 0; cut -= 97 {
			require.NoError(t, os.WriteFile(torn, whole[:cut], 0o600))
			sim, err := New(Options{LogPath: torn})
			require.NoError(t, err, "cut at %d", cut)
			stored := sim.State().Stored
			require.Contains(t, []int{0, 2}, stored.Dossiers, "the first batch has two")
			require.Contains(t, []int{0, 3}, stored.Steps, "the batch of steps has three")
			require.NoError(t, sim.Close())
			kept := readLog(t, torn)
			require.Equal(t, "start", last(kept).Type)
			text, err := os.ReadFile(torn)
			require.NoError(t, err)
			rest := text[:bytes.LastIndexByte(text[:len(text)-1], '\n')+1]
			require.True(t, bytes.HasPrefix(whole, rest), "nothing but the end was cut off")
		}
	})
	t.Run("an incomplete group is cut off as a whole", func(t *testing.T) {
		path, _ := fill(t)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		second := bytes.Index(whole, []byte(`"key":"A-2"`))
		end := bytes.LastIndexByte(whole[:second], '\n') + 1 // after the effect of A-1
		require.NoError(t, os.WriteFile(path, whole[:end], 0o600))
		p := reopen(t, path)
		require.Zero(t, p.State().Stored.Dossiers)
		require.Equal(t, textStored, p.create(record("A-1")).Message)
	})
	t.Run("damage before the end is refused, not repaired", func(t *testing.T) {
		path, _ := fill(t)
		whole, err := os.ReadFile(path)
		require.NoError(t, err)
		lines := bytes.SplitAfter(whole, []byte("\n"))
		for name, damaged := range map[string][]byte{
			"unreadable line": append([]byte("{\n"), whole...),
			"missing line":    bytes.Join(append(append([][]byte(nil), lines[:3]...), lines[4:]...), nil),
		} {
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			_, err = New(Options{LogPath: path})
			require.Equal(t, fault.Malformed, fault.CodeOf(err), name)
			after, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, damaged, after, "the file is left alone")
		}
	})
}
