package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// slowStore is the port of a store whose commits take a second each. It keeps
// who was committed together.
type slowStore struct {
	mu     sync.Mutex
	groups [][]string                 // bodies of the first messages
	answer func(units []string) error // for all units; nil: none
	unit   func(body string) error    // for one unit; nil: none
	hang   bool                       // never returns by itself
	out    gateway.IngestOutcome      // what else to say
	ended  func(ctx context.Context)  // called when the context of a commit has ended
}

func (s *slowStore) Ingest(ctx context.Context, units []gateway.Unit) (gateway.IngestOutcome, error) {
	var bodies []string
	out := s.out
	for _, u := range units {
		body := ""
		if len(u.Submissions) > 0 {
			body = string(u.Submissions[0].Raw)
		}
		bodies = append(bodies, body)
		o := gateway.UnitOutcome{Answer: gateway.Answer{Results: []gateway.MessageResult{{Index: len(body)}}}}
		if s.unit != nil {
			o.Err = s.unit(body)
		}
		out.Units = append(out.Units, o)
	}
	s.mu.Lock()
	s.groups = append(s.groups, bodies)
	s.mu.Unlock()
	var second <-chan time.Time
	if !s.hang {
		second = time.After(time.Second)
	}
	select {
	case <-second:
	case <-ctx.Done():
		if s.ended != nil {
			s.ended(ctx)
		}
		return gateway.IngestOutcome{}, ctx.Err()
	}
	if s.answer != nil {
		if err := s.answer(bodies); err != nil {
			return gateway.IngestOutcome{}, err
		}
	}
	return out, nil
}

func (s *slowStore) sizes() (sizes []int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.groups {
		sizes = append(sizes, len(g))
	}
	return sizes
}

var _ gateway.IngestStore = (*slowStore)(nil)

// single makes one record of a message, or as many as its body counts.
func single(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	n, err := strconv.Atoi(string(raw.Body))
	if err != nil {
		n = 1
	}
	records := make([]schema.Record, n)
	for i := range records {
		records[i] = stepRecord(func(r *schema.Record) { r.ID = fmt.Sprint(i) })
	}
	return records, nil
}

// committing runs f beside a running committer, in a bubble of fake time.
func committing(t *testing.T, store *slowStore, f func(t *testing.T, c *gateway.Committer, stop func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := gateway.NewCommitter(ingestorOf(single, store))
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		f(t, c, stop)
		stop()
		require.NoError(t, <-done)
	})
}

// sent is a push that somebody waits for.
type sent struct {
	answer gateway.Answer
	err    error
	took   time.Duration
}

func push(ctx context.Context, c *gateway.Committer, body string) <-chan sent {
	done := make(chan sent, 1)
	go func() {
		start := time.Now()
		a, err := c.Ingest(ctx, gateway.Push{Source: "motcua", Messages: []gateway.Message{{Body: []byte(body)}}})
		done <- sent{a, err, time.Since(start)}
	}()
	synctest.Wait()
	return done
}

func TestCommitterGroups(t *testing.T) {
	t.Run("what comes while one commit runs goes together in the next", func(t *testing.T) {
		store := new(slowStore)
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			first := push(t.Context(), c, "a")
			others := []<-chan sent{push(t.Context(), c, "bb"), push(t.Context(), c, "ccc"), push(t.Context(), c, "dddd")}
			got := <-first
			require.NoError(t, got.err)
			require.Equal(t, time.Second, got.took, "the first waits for nobody")
			for i, o := range others {
				got := <-o
				require.NoError(t, got.err)
				require.Equal(t, 2*time.Second, got.took)
				require.Equal(t, i+2, got.answer.Results[0].Index, "each gets its own answer")
			}
			require.Equal(t, [][]string{{"a"}, {"bb", "ccc", "dddd"}}, store.groups)
		})
	})

	t.Run("no group is larger than the limit", func(t *testing.T) {
		store := new(slowStore)
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			var all []<-chan sent
			for range gateway.GroupLimit + 11 {
				all = append(all, push(t.Context(), c, "a"))
			}
			for _, one := range all {
				require.NoError(t, (<-one).err)
			}
			require.Equal(t, []int{1, gateway.GroupLimit, 10}, store.sizes())
		})
	})

	t.Run("nor holds it more records than the largest batch, but for the last push", func(t *testing.T) {
		store := new(slowStore)
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			var all []<-chan sent
			for range 5 {
				all = append(all, push(t.Context(), c, "3000"))
			}
			for _, one := range all {
				require.NoError(t, (<-one).err)
			}
			require.Equal(t, []int{1, 2, 2}, store.sizes())
		})
	})

	t.Run("what cannot be prepared never gets that far", func(t *testing.T) {
		store := new(slowStore)
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			_, err := c.Ingest(t.Context(), gateway.Push{Source: "nobody"})
			require.Equal(t, fault.Forbidden, fault.CodeOf(err))
			require.Empty(t, store.groups)
		})
	})
}

func TestCommitterFailures(t *testing.T) {
	// three pushes a commit behind the first one; "bad" is the middle one.
	run := func(t *testing.T, store *slowStore) (errs []error, groups [][]string) {
		t.Helper()
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			first := push(t.Context(), c, "first")
			all := []<-chan sent{push(t.Context(), c, "a"), push(t.Context(), c, "bad"), push(t.Context(), c, "c")}
			require.NoError(t, (<-first).err)
			for _, one := range all {
				errs = append(errs, (<-one).err)
			}
		})
		return errs, store.groups[1:]
	}
	poison := func(code fault.Code) func([]string) error {
		return func(units []string) error {
			for _, u := range units {
				if u == "bad" {
					return fault.New(code, "store", "")
				}
			}
			return nil
		}
	}

	for _, code := range []fault.Code{fault.Invalid, fault.Internal, fault.Conflict} {
		t.Run("a bad push fails alone: "+string(code), func(t *testing.T) {
			errs, groups := run(t, &slowStore{answer: poison(code)})
			require.NoError(t, errs[0])
			require.Equal(t, code, fault.CodeOf(errs[1]))
			require.NoError(t, errs[2])
			require.Equal(t, [][]string{{"a", "bad", "c"}, {"a"}, {"bad"}, {"c"}}, groups)
		})
	}

	t.Run("when the store is away all are told, and nobody tries alone", func(t *testing.T) {
		errs, groups := run(t, &slowStore{answer: poison(fault.Unavailable)})
		for _, err := range errs {
			require.Equal(t, fault.Unavailable, fault.CodeOf(err))
		}
		require.Len(t, groups, 1)
	})

	t.Run("a push with its own answer of the store does not concern the others", func(t *testing.T) {
		errs, groups := run(t, &slowStore{unit: func(body string) error {
			if body == "bad" {
				return fault.New(fault.KeyReused, "store", "")
			}
			return nil
		}})
		require.NoError(t, errs[0])
		require.Equal(t, fault.KeyReused, fault.CodeOf(errs[1]))
		require.NoError(t, errs[2])
		require.Len(t, groups, 1)
	})

	t.Run("a store that hangs is given up for the whole group at once", func(t *testing.T) {
		store := &slowStore{hang: true}
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			first, second, third := push(t.Context(), c, "a"), push(t.Context(), c, "b"), push(t.Context(), c, "c")
			require.ErrorIs(t, (<-first).err, context.DeadlineExceeded)
			require.ErrorIs(t, (<-second).err, context.DeadlineExceeded)
			got := <-third
			require.ErrorIs(t, got.err, context.DeadlineExceeded)
			require.True(t, gateway.Retryable(got.err))
			require.LessOrEqual(t, got.took, time.Minute)
			require.Equal(t, []int{1, 2}, store.sizes())
		})
	})
}

func TestCommitterCallers(t *testing.T) {
	t.Run("a caller who has gone before the commit is left out", func(t *testing.T) {
		store := new(slowStore)
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			first := push(t.Context(), c, "a")
			ctx, leave := context.WithCancel(t.Context())
			gone, stays := push(ctx, c, "gone"), push(t.Context(), c, "stays")
			leave()
			got := <-gone
			require.ErrorIs(t, got.err, context.Canceled)
			require.Zero(t, got.took, "a caller who leaves does not wait")
			require.NoError(t, (<-first).err)
			require.NoError(t, (<-stays).err)
			require.Equal(t, [][]string{{"a"}, {"stays"}}, store.groups)
		})
	})

	t.Run("a caller who goes during the commit does not tear it", func(t *testing.T) {
		torn := errors.New("not torn")
		store := &slowStore{ended: func(context.Context) { torn = errors.New("torn") }}
		committing(t, store, func(t *testing.T, c *gateway.Committer, _ func()) {
			ctx, leave := context.WithCancel(t.Context())
			gone := push(ctx, c, "gone")
			leave()
			require.ErrorIs(t, (<-gone).err, context.Canceled)
			require.NoError(t, (<-push(t.Context(), c, "next")).err)
			require.EqualError(t, torn, "not torn")
			require.Equal(t, [][]string{{"gone"}, {"next"}}, store.groups)
		})
	})
}

func TestCommitterStops(t *testing.T) {
	t.Run("what is being committed is answered, who waits is turned away", func(t *testing.T) {
		store := new(slowStore)
		committing(t, store, func(t *testing.T, c *gateway.Committer, stop func()) {
			working, waiting := push(t.Context(), c, "a"), push(t.Context(), c, "b")
			stop()
			require.NoError(t, (<-working).err)
			require.Equal(t, fault.Unavailable, fault.CodeOf((<-waiting).err))
			require.Equal(t, []int{1}, store.sizes())
		})
	})

	t.Run("who comes afterwards is turned away at once", func(t *testing.T) {
		committing(t, new(slowStore), func(t *testing.T, c *gateway.Committer, stop func()) {
			stop()
			synctest.Wait()
			for range 2 * gateway.GroupLimit { // more than the queue holds
				got := <-push(t.Context(), c, "late")
				require.Equal(t, fault.Unavailable, fault.CodeOf(got.err))
				require.Zero(t, got.took)
			}
		})
	})
}
