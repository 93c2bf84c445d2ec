package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// counted is an ingestor whose adapter counts how often it works.
func counted(memo int, a acting) (prepare func(*testing.T, string, gateway.Message) gateway.Submission, works *atomic.Int64) {
	works = new(atomic.Int64)
	working := acting(func(ctx context.Context, raw adapters.Raw) ([]schema.Record, error) {
		works.Add(1)
		return a(ctx, raw)
	})
	in := gateway.NewIngestor(gateway.IngestorOptions{
		Sources: []gateway.Source{{Code: "motcua", Adapter: working}, {Code: "tthc", Adapter: working}}, Memo: memo,
	})
	return func(t *testing.T, source string, m gateway.Message) gateway.Submission {
		t.Helper()
		u, err := in.Prepare(t.Context(), gateway.Push{Source: source, Messages: []gateway.Message{m}})
		require.NoError(t, err)
		return u.Submissions[0]
	}, works
}

// mixed gives good records, one of them with a part of the message, and bad ones.
func mixed(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	part := func(r *schema.Record) { r.ID, r.Raw, r.EventTime = "part", raw.Body[:2], clock(1) }
	return []schema.Record{stepRecord(nil), stepRecord(part)}, invalid("/data/7/at")
}

func TestMemo(t *testing.T) {
	message := func(text string) gateway.Message { return gateway.Message{Body: []byte(text)} }
	differs := cmp.Options{
		cmpopts.IgnoreFields(gateway.Submission{}, "ID", "ReceivedAt"),
		cmp.AllowUnexported(schema.Time{}, schema.Date{}),
		cmp.Comparer(func(a, b schema.Identifier) bool { return a == b }),
	}

	t.Run("what comes again is not worked through again, and nobody can tell", func(t *testing.T) {
		prepare, works := counted(0, mixed)
		first, second := prepare(t, "motcua", message("{ }")), prepare(t, "motcua", message("{ }"))
		require.EqualValues(t, 1, works.Load())
		require.Empty(t, cmp.Diff(first, second, differs))
		require.NotEqual(t, first.ID, second.ID)
		require.Len(t, second.Records, 2)
		require.Len(t, second.Rejected, 1)
	})

	t.Run("the sender's buffer may be used for something else afterwards", func(t *testing.T) {
		prepare, works := counted(0, mixed)
		buffer := []byte("{ }")
		prepare(t, "motcua", gateway.Message{Body: buffer})
		copy(buffer, "xxx")
		again := prepare(t, "motcua", message("{ }"))
		require.EqualValues(t, 1, works.Load())
		require.Equal(t, "{ }", string(again.Records[0].Raw), "the whole message")
		require.Equal(t, "{ ", string(again.Records[1].Raw), "a part of it")
	})

	t.Run("each use has records of its own", func(t *testing.T) {
		prepare, _ := counted(0, mixed)
		for range 2 {
			sub := prepare(t, "motcua", message("{ }"))
			require.NotEqual(t, "changed", sub.Records[0].ID)
			sub.Records[0].ID = "changed"
		}
	})

	t.Run("whatever differs is another message", func(t *testing.T) {
		prepare, works := counted(0, mixed)
		base := message("{ }")
		prepare(t, "motcua", base)
		for i, other := range []struct {
			source string
			change func(*gateway.Message)
		}{
			{"tthc", func(*gateway.Message) {}},
			{"motcua", func(m *gateway.Message) { m.Body = []byte("{}") }},
			{"motcua", func(m *gateway.Message) { m.ContentType = "application/json" }},
			{"motcua", func(m *gateway.Message) { m.SourceVersion = 1 }},
			{"motcua", func(m *gateway.Message) { m.EventTime = noon }},
			{"motcua", func(m *gateway.Message) { m.EventTime = noon.Add(time.Microsecond) }},
		} {
			m := base
			other.change(&m)
			sub := prepare(t, other.source, m)
			require.EqualValues(t, i+2, works.Load())
			require.Equal(t, other.source, sub.Records[0].Source)
			require.Equal(t, m.SourceVersion, sub.Records[0].Version)
			if !m.EventTime.IsZero() {
				require.True(t, m.EventTime.Equal(sub.Records[0].EventTime))
			}
		}
	})

	t.Run("a failure of the adapter is tried again, a refusal is not", func(t *testing.T) {
		for err, want := range map[error]int64{errors.New("bug"): 2, fault.New(fault.UnknownForm, "", ""): 1, invalid("/at"): 1} {
			prepare, works := counted(0, func(context.Context, adapters.Raw) ([]schema.Record, error) { return nil, err })
			first, second := prepare(t, "motcua", message("{}")), prepare(t, "motcua", message("{}"))
			require.Equal(t, want, works.Load(), "%v", err)
			require.Empty(t, cmp.Diff(first, second, differs))
		}
	})

	t.Run("it can be turned off", func(t *testing.T) {
		prepare, works := counted(-1, mixed)
		prepare(t, "motcua", message("{ }"))
		prepare(t, "motcua", message("{ }"))
		require.EqualValues(t, 2, works.Load())
	})

	t.Run("what is too large for it passes by", func(t *testing.T) {
		prepare, works := counted(1<<12, func(context.Context, adapters.Raw) ([]schema.Record, error) {
			return []schema.Record{stepRecord(func(r *schema.Record) { r.Body.(*schema.DossierStep).Text = strings.Repeat("x", 4096) })}, nil
		})
		prepare(t, "motcua", message("{ }"))
		prepare(t, "motcua", message("{ }"))
		require.EqualValues(t, 2, works.Load())
	})

	t.Run("the oldest is forgotten, the latest half of the memory never", func(t *testing.T) {
		const limit, each, all = 128 << 10, 4 << 10, 500 // bytes, bytes of one message at most, messages
		prepare, works := counted(limit, mixed)
		push := func(i int) { prepare(t, "motcua", message(fmt.Sprintf("{ %d}", i))) }
		for i := range all {
			push(i)
		}
		require.EqualValues(t, all, works.Load())
		for range 3 { // again and again: that pushes nothing out
			for i := all - limit/2/each; i < all; i++ {
				push(i)
			}
		}
		require.EqualValues(t, all, works.Load())
		push(0)
		require.EqualValues(t, all+1, works.Load())
	})
}
