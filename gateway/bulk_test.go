package gateway_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// shelf is a load store that keeps what it is given.
type shelf struct {
	mu    sync.Mutex
	load  gateway.Load
	parts []gateway.LoadPart
	ended gateway.LoadState
}

func (s *shelf) BeginLoad(context.Context, gateway.LoadOrder) (gateway.Load, error) {
	l := s.load
	l.ID, l.State = uuid.Max, gateway.LoadRunning
	return l, nil
}

func (s *shelf) CommitPart(_ context.Context, _ gateway.Load, p gateway.LoadPart) (gateway.LoadTally, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = append(s.parts, p)
	t := gateway.LoadTally{Messages: p.Tally.Messages}
	for _, sub := range p.Submissions {
		t.Summary.Accepted += len(sub.Records)
		t.Summary.Rejected += len(sub.Rejected)
	}
	return t, nil
}

func (s *shelf) AdvanceLoad(_ context.Context, l gateway.Load) error {
	s.load = l
	return nil
}

func (s *shelf) EndLoad(_ context.Context, l gateway.Load, state gateway.LoadState) (gateway.Load, error) {
	s.ended, l.State = state, state
	return l, nil
}

// pile is an input of steps: each message holds the numbers of its dossiers.
type pile struct {
	messages [][]int
	at       int
}

func (p *pile) Next(context.Context) (gateway.LoadMessage, error) {
	if p.at == len(p.messages) {
		return gateway.LoadMessage{}, io.EOF
	}
	p.at++
	m := gateway.LoadMessage{Number: int64(p.at)}
	if p.messages[p.at-1] == nil {
		m.Unread = &fault.Problem{Code: "message.too_large"}
		return m, nil
	}
	m.Body, _ = json.Marshal(p.messages[p.at-1])
	return m, nil
}

// notes writes down what a load tells.
type notes struct {
	rejected  []int64
	positions []int64
}

func (*notes) Begin(gateway.Load) error { return nil }
func (r *notes) Rejected(m gateway.LoadMessage, refused []gateway.RecordResult) error {
	r.rejected = append(r.rejected, m.Number)
	return nil
}

func (r *notes) Advanced(l gateway.Load) (int64, error) {
	r.positions = append(r.positions, l.Position)
	return int64(len(r.rejected)), nil
}

// dossiers makes a step of each number; a negative one is refused.
func dossiers(_ context.Context, raw adapters.Raw) (records []schema.Record, err error) {
	var numbers []int
	if err := json.Unmarshal(raw.Body, &numbers); err != nil {
		return nil, err
	}
	for i, n := range numbers {
		if n < 0 {
			err = invalid(fmt.Sprintf("/%d", i))
			continue
		}
		s := &schema.DossierStep{Dossier: fmt.Sprint("H05.31-251103-", n), At: clock(i), Status: schema.Received}
		records = append(records, schema.Record{Kind: schema.KindDossierStep, ID: s.ID(), Body: s})
	}
	return records, err
}

func loaderOf(store gateway.LoadStore, window, commits int) *gateway.Loader {
	spec := adapters.Spec{Name: "acting", Version: 1}
	return gateway.NewLoader(gateway.LoaderOptions{
		Source: gateway.Source{Code: "motcua", Spec: spec, Adapter: acting(dossiers)}, Store: store, Window: window, Commits: commits,
	})
}

// held returns the numbers of messages of a part, in order.
func held(p gateway.LoadPart) (numbers []int64) {
	for n := p.First; n < p.Last; n++ {
		if p.Holds(n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func TestLoaderParts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		messages := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 30), 1, 3), 1, 60).Draw(t, "messages")
		window, commits := rapid.IntRange(1, 25).Draw(t, "window"), rapid.IntRange(1, 5).Draw(t, "commits")
		run := func() *shelf {
			s := &shelf{}
			load, err := loaderOf(s, window, commits).Run(context.Background(), gateway.LoadOrder{}, &pile{messages: messages}, &notes{})
			require.NoError(t, err)
			require.Equal(t, gateway.LoadDone, load.State)
			require.EqualValues(t, len(messages), load.Position)
			require.EqualValues(t, len(messages), load.Tally.Messages)
			slices.SortFunc(s.parts, func(a, b gateway.LoadPart) int { return slices.Compare(held(a), held(b)) })
			return s
		}
		s := run()
		seen := map[int64]bool{}
		owner := map[string]int{} // of a dossier in a window, its part
		for i, p := range s.parts {
			numbers := held(p)
			require.Len(t, p.Submissions, len(numbers))
			require.LessOrEqual(t, p.Last-p.First, int64(window))
			for j, n := range numbers {
				require.False(t, seen[n], "message %d is in two parts", n)
				seen[n] = true
				want, _ := json.Marshal(messages[n])
				require.Equal(t, string(want), string(p.Submissions[j].Raw), "messages stay in order")
				for _, dossier := range messages[n] {
					at := fmt.Sprint(p.First, "/", dossier)
					if other, met := owner[at]; met {
						require.Equal(t, other, i, "two parts of a window meet in a dossier")
					}
					owner[at] = i
				}
			}
		}
		require.Len(t, seen, len(messages))
		again := run()
		for i := range s.parts {
			require.Equal(t, held(s.parts[i]), held(again.parts[i]), "the same messages are dealt the same way")
		}
	})
}

func TestLoader(t *testing.T) {
	t.Parallel()
	many := make([][]int, 10)
	for i := range many {
		many[i] = []int{i}
	}

	t.Run("windows are told in order, with what was refused and what could not be read", func(t *testing.T) {
		t.Parallel()
		messages := slices.Clone(many)
		messages[2], messages[5], messages[9] = []int{2, -1}, nil, []int{-1}
		s, r := &shelf{}, &notes{}
		load, err := loaderOf(s, 4, 2).Run(t.Context(), gateway.LoadOrder{}, &pile{messages: messages}, r)
		require.NoError(t, err)
		require.Equal(t, []int64{4, 8, 10}, r.positions)
		require.Equal(t, []int64{3, 6, 10}, r.rejected)
		require.EqualValues(t, 3, s.load.Rejects)
		require.Empty(t, cmp.Diff(gateway.LoadTally{Messages: 10, Summary: gateway.Summary{Accepted: 8, Rejected: 3}}, load.Tally))
		require.Equal(t, gateway.LoadDone, s.ended)
	})

	t.Run("what is stored is passed over, also beyond the position", func(t *testing.T) {
		t.Parallel()
		s := &shelf{load: gateway.Load{Position: 3, Tally: gateway.LoadTally{Messages: 3}, Parts: []gateway.LoadedPart{
			{First: 3, Last: 7, Messages: []byte{0b0101}, Tally: gateway.LoadTally{Messages: 2}},
		}}}
		load, err := loaderOf(s, 3, 1).Run(t.Context(), gateway.LoadOrder{}, &pile{messages: many}, &notes{})
		require.NoError(t, err)
		require.EqualValues(t, 10, load.Tally.Messages, "each is counted once")
		var stored []int64
		for _, p := range s.parts {
			stored = append(stored, held(p)...)
		}
		slices.Sort(stored)
		require.Equal(t, []int64{4, 6, 7, 8, 9}, stored)
	})

	t.Run("an input that has become shorter is not taken for the end", func(t *testing.T) {
		t.Parallel()
		s := &shelf{load: gateway.Load{Position: 11}}
		_, err := loaderOf(s, 3, 1).Run(t.Context(), gateway.LoadOrder{}, &pile{messages: many}, &notes{})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
		require.Empty(t, s.ended)
	})

	t.Run("a message of too many records is refused as a whole", func(t *testing.T) {
		t.Parallel()
		s, r := &shelf{}, &notes{}
		_, err := loaderOf(s, 3, 1).Run(t.Context(), gateway.LoadOrder{}, &pile{messages: [][]int{make([]int, gateway.MaxRecords+1)}}, r)
		require.NoError(t, err)
		require.Equal(t, fault.TooLarge, s.parts[0].Submissions[0].Code)
		require.Empty(t, s.parts[0].Submissions[0].Records)
		require.Equal(t, []int64{1}, r.rejected)
	})
}
