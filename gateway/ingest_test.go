package gateway_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// keeper is the port of a store that keeps what it was given.
type keeper struct {
	units []gateway.Unit
	out   gateway.IngestOutcome
	err   error
}

func (k *keeper) Ingest(_ context.Context, units []gateway.Unit) (gateway.IngestOutcome, error) {
	k.units = append(k.units, units...)
	out := k.out
	out.Units = make([]gateway.UnitOutcome, len(units))
	return out, k.err
}

var _ gateway.IngestStore = (*keeper)(nil)

// bell counts who is told after a commit.
type bell struct {
	nudges int
	woken  []gateway.LaneKey
	ended  bool // the context was over when it rang
}

func (b *bell) Nudge() { b.nudges++ }

func (b *bell) Wake(ctx context.Context, due []gateway.LaneKey) {
	b.woken, b.ended = append(b.woken, due...), ctx.Err() != nil
}

var (
	_ gateway.Nudger = (*bell)(nil)
	_ gateway.Waker  = (*bell)(nil)
)

func TestIngestorLimits(t *testing.T) {
	prepare := func(messages int, body string) error {
		m := make([]gateway.Message, messages)
		for i := range m {
			m[i].Body = []byte(body)
		}
		_, err := ingestorOf(single, nil).Prepare(t.Context(), gateway.Push{Source: "motcua", Messages: m})
		return err
	}
	require.NoError(t, prepare(gateway.MaxMessages, "1"))
	require.Equal(t, fault.TooLarge, fault.CodeOf(prepare(gateway.MaxMessages+1, "0")))
	require.NoError(t, prepare(5, "1000"))
	require.Equal(t, fault.TooLarge, fault.CodeOf(prepare(5, "1001")))
	require.NoError(t, prepare(0, ""))
}

func TestIngestor(t *testing.T) {
	one := gateway.Push{Source: "motcua", Messages: []gateway.Message{{Body: []byte("1")}}}
	ring := func(k *keeper) (*gateway.Ingestor, *bell) {
		b := new(bell)
		return gateway.NewIngestor(gateway.IngestorOptions{
			Sources: []gateway.Source{{Code: "motcua", Adapter: acting(single)}}, Store: k, Waker: b, Feed: b,
		}), b
	}
	due := []gateway.LaneKey{{Destination: "dvcqg", Slot: 7}}

	t.Run("a source that is not configured may not push", func(t *testing.T) {
		_, err := ingestorOf(single, new(keeper)).Ingest(t.Context(), gateway.Push{Source: "nobody"})
		require.Equal(t, fault.Forbidden, fault.CodeOf(err))
	})

	t.Run("after the commit feed and lanes are told, even when the caller has gone", func(t *testing.T) {
		in, b := ring(&keeper{out: gateway.IngestOutcome{Moved: true, Due: due}})
		unit, err := in.Prepare(t.Context(), one)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, errs := in.Commit(ctx, []gateway.Unit{unit})
		require.NoError(t, errs[0])
		require.Equal(t, bell{nudges: 1, woken: due}, *b)
	})

	t.Run("where nothing moved nobody is told", func(t *testing.T) {
		in, b := ring(new(keeper))
		_, err := in.Ingest(t.Context(), one)
		require.NoError(t, err)
		require.Zero(t, *b)
	})

	t.Run("a failure of the store is everybody's, and nobody is told", func(t *testing.T) {
		broken := errors.New("broken")
		in, b := ring(&keeper{err: broken, out: gateway.IngestOutcome{Moved: true, Due: due}})
		unit, err := in.Prepare(t.Context(), one)
		require.NoError(t, err)
		_, errs := in.Commit(t.Context(), []gateway.Unit{unit, unit})
		require.Equal(t, []error{broken, broken}, errs)
		require.Zero(t, *b)
	})

	t.Run("a body that could not be split is kept with its cause", func(t *testing.T) {
		k := new(keeper)
		cause := &fault.Error{Code: fault.Malformed, Problems: []fault.Problem{{Pointer: "/3", Code: "json.syntax"}}}
		id, err := ingestorOf(single, k).Refuse(t.Context(), "motcua", "application/json", []byte("[{]"), cause)
		require.NoError(t, err)
		sub := k.units[0].Submissions[0]
		require.Equal(t, id, sub.ID)
		require.Equal(t, "[{]", string(sub.Raw))
		require.Equal(t, fault.Malformed, sub.Code)
		require.Equal(t, cause.Problems, sub.Errors)
		require.Equal(t, []gateway.RecordResult{{Verdict: gateway.Rejected, Errors: cause.Problems}}, sub.Rejected)
	})
}

func TestSummaryCountsEveryVerdict(t *testing.T) {
	var s gateway.Summary
	for _, v := range gateway.Verdicts() {
		s.Add(v)
	}
	require.Equal(t, gateway.Summary{Accepted: 1, Unchanged: 1, Superseded: 1, Rejected: 1, NeedsReview: 1}, s)
}

func TestRetryable(t *testing.T) {
	again := map[fault.Code]bool{fault.Unavailable: true, fault.Throttled: true, fault.Conflict: true, fault.InProgress: true}
	for _, code := range fault.Codes() {
		require.Equal(t, again[code], gateway.Retryable(fault.New(code, "", "")), code)
	}
	require.True(t, gateway.Retryable(context.DeadlineExceeded))
	require.False(t, gateway.Retryable(nil))
}

func TestFingerprint(t *testing.T) {
	require.Equal(t, sha256.Sum256([]byte("POST /v1/records\n{}")), gateway.Fingerprint("POST", "/v1/records", []byte("{}")))
	require.NotEqual(t, gateway.Fingerprint("POST", "/v1/records", nil), gateway.Fingerprint("PUT", "/v1/records", nil))
}

func TestPushLogsNoContent(t *testing.T) {
	var out strings.Builder
	p := gateway.Push{Source: "motcua", Messages: []gateway.Message{{Body: []byte("027192004321")}}}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("pushed", "push", p)
	require.Contains(t, out.String(), `"messages":1`)
	require.NotContains(t, out.String(), "027192004321")
}
