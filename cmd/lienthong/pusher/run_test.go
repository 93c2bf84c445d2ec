package pusher_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/internal/fault"
)

// keysOfCalls makes the line remember the idempotency key of every call.
func (r *rig) keysOfCalls() *[]string {
	var all []string
	before := r.line.before
	r.line.before = func(n int64, request *http.Request) *http.Response {
		all = append(all, request.Header.Get("Idempotency-Key"))
		if before == nil {
			return nil
		}
		return before(n, request)
	}
	return &all
}

// step is one message of a one-stop system.
func step(status string) string {
	return `{"MaHoSo":"H05.77-251103-0001","NguoiXuLy":"Trần Văn Bình","ThoiDiemXuLy":"2025110308` + status + `000","NoiDungXuLy":"Tiếp nhận","TrangThai":"` + status + `"}` + "\n"
}

func TestAnEarlierFileIsPushedAgain(t *testing.T) {
	t.Parallel()
	r := setup(t)
	a, b := write(t, "a.ndjson", step("2")), write(t, "b.ndjson", step("4"))
	keys := r.keysOfCalls()
	for i, file := range []string{a, b, a} {
		got, err := pusher.Push(t.Context(), r.options(file))
		require.NoError(t, err)
		require.Zero(t, got.Replayed)
		require.Equal(t, int64(i+1), r.count(t, `SELECT count(*) FROM submission`), "push %d is judged anew", i+1)
		if i == 2 {
			require.Zero(t, got.Accepted, "what is not taken is not called accepted")
		}
	}
	require.NotEqual(t, (*keys)[0], (*keys)[2])
}

func TestARunKeepsItsKeys(t *testing.T) {
	t.Parallel()
	r := setup(t)
	o := r.options(write(t, "a.ndjson", step("2")))
	cut := func() {
		t.Helper()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		r.line.after = func(int64) error { stop(); return io.ErrUnexpectedEOF }
		_, err := pusher.Push(ctx, o)
		require.Equal(t, fault.Unavailable, fault.CodeOf(err), "%v", err)
		r.line.after = nil
	}
	keys := r.keysOfCalls()
	cut()
	got, err := pusher.Push(t.Context(), o)
	require.NoError(t, err)
	require.EqualValues(t, 1, got.Accepted, "the answer that was lost")
	require.EqualValues(t, 1, got.Replayed)
	require.Equal(t, (*keys)[0], (*keys)[1])
	require.EqualValues(t, 1, r.count(t, `SELECT count(*) FROM submission`))

	t.Run("a restart has others", func(t *testing.T) {
		*keys = nil
		cut()
		o.Restart = true
		got, err := pusher.Push(t.Context(), o)
		require.NoError(t, err)
		require.Zero(t, got.Replayed)
		require.EqualValues(t, 1, got.Unchanged)
		require.NotEqual(t, (*keys)[0], (*keys)[1])
	})
}

func TestOnePushOfAFileAtATime(t *testing.T) {
	t.Parallel()
	r := setup(t)
	o := r.options(write(t, "a.ndjson", strings.Repeat(step("2"), 3)))
	calls := 0
	r.line.before = func(int64, *http.Request) *http.Response {
		if calls++; calls > 1 {
			return says(http.StatusNotFound, nil, "")
		}
		_, err := pusher.Push(t.Context(), o) // while the first waits for its answer
		require.Equal(t, fault.Conflict, fault.CodeOf(err))
		require.ErrorContains(t, err, "another push of this file runs")
		restarted := o
		restarted.Restart = true
		_, err = pusher.Push(t.Context(), restarted)
		require.Equal(t, fault.Conflict, fault.CodeOf(err))
		return nil
	}
	got, err := pusher.Push(t.Context(), o)
	require.NoError(t, err)
	require.EqualValues(t, 3, got.Messages)
	require.Equal(t, 1, calls)
}

func TestAWrongDoorIsForgotten(t *testing.T) {
	t.Parallel()
	r := setup(t)
	o := r.options(write(t, "a.ndjson", step("2")))
	wrong := o
	wrong.Key = "lt_nobody"
	_, err := pusher.Push(t.Context(), wrong)
	require.Equal(t, fault.Unauthorized, fault.CodeOf(err), "%v", err)
	got, err := pusher.Push(t.Context(), o)
	require.NoError(t, err)
	require.EqualValues(t, 1, got.Messages)
}
