package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

// walking is an API whose walks take three seconds and are counted.
func walking(t *testing.T, to httpapi.WalkTo) bundle {
	t.Helper()
	b := setup(t, func(o *httpapi.Options) {
		o.Ops = &httpapi.Ops{Destinations: map[string]gateway.Capacity{"dvcqg": {}, "kho": {}}, Node: "n1", Walk: to}
	})
	b.store.keys[readerKey] = gateway.Caller{Name: "truc-ban", Ops: true}
	return b
}

func walkTo(code string) request { return as(readerKey, get("/v1/ops/destinations/"+code+"/doctor")) }

func TestWalkOverHTTP(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		b := walking(t, func(ctx context.Context, code string) (gateway.Walk, error) {
			calls.Add(1)
			w := gateway.Walk{Destination: code, Host: "cong:443", At: time.Now(), Hops: []gateway.HopResult{
				{Hop: gateway.HopName, Status: gateway.HopGood}, {Hop: gateway.HopConnect, Status: gateway.HopBad, Cause: "connection.refused", Party: gateway.PartyFront},
			}}
			select {
			case <-time.After(3 * time.Second):
			case <-ctx.Done(): // what was not reached looks like a fault of theirs
			}
			return w, nil
		})
		ask := func(code string) httpapi.OpsWalk { return bodyOf[httpapi.OpsWalk](t, b.do(t, walkTo(code)), 200) }

		first := ask("dvcqg")
		require.Equal(t, []string{"dvcqg", "n1"}, []string{first.Destination, first.Node})
		require.Contains(t, first.Verdict, "lỗi ở chặng")
		require.Contains(t, first.Letter, "connection.refused")
		require.Len(t, first.Hops, 2)
		q := walkTo("dvcqg")
		q.headers = []string{"Accept-Language", "en"}
		require.Contains(t, bodyOf[httpapi.OpsWalk](t, b.do(t, q), 200).Letter, "FAULT")
		require.EqualValues(t, 1, calls.Load(), "a walk of just now is answered again")

		time.Sleep(11 * time.Second)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { ask("dvcqg") })
		}
		all.Wait()
		require.EqualValues(t, 2, calls.Load(), "all who are worried at once are told by one walk")
		ask("kho")
		require.EqualValues(t, 3, calls.Load(), "another destination has its own")

		time.Sleep(11 * time.Second)
		ctx, gone := context.WithCancel(t.Context())
		left := httptest.NewRecorder()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			b.api.Handler().ServeHTTP(left, walkTo("dvcqg").build(t).WithContext(ctx))
		}()
		synctest.Wait()
		gone()
		<-ended
		require.Equal(t, http.StatusServiceUnavailable, left.Code)
		before := calls.Load()
		ask("dvcqg")
		require.Equal(t, before+1, calls.Load(), "one that was broken off is nobody's")

		time.Sleep(11 * time.Second)
		stopped := make(chan int, 1)
		go func() { stopped <- b.do(t, walkTo("dvcqg")).Code }()
		synctest.Wait()
		b.api.StopWaiting()
		require.Equal(t, 503, <-stopped, "a server that stops waits for nobody's answer")
	})
}

func TestWalksThatAreNotMade(t *testing.T) {
	t.Parallel()
	b := walking(t, func(context.Context, string) (gateway.Walk, error) {
		return gateway.Walk{}, fault.New(fault.Internal, "main.walk", "/etc/lienthong/password is not there")
	})
	failed := b.do(t, walkTo("dvcqg"))
	require.Equal(t, 500, problem(t, failed).Status)
	require.NotContains(t, failed.Body.String(), "password")
	require.Equal(t, 404, problem(t, b.do(t, walkTo("dvcgq"))).Status)
	require.Equal(t, 404, problem(t, walking(t, nil).do(t, walkTo("dvcqg"))).Status, "this process does not walk")
	plain := setup(t)
	plain.store.keys[readerKey] = gateway.Caller{Name: "truc-ban", Ops: true}
	require.Equal(t, 404, problem(t, plain.do(t, walkTo("dvcqg"))).Status)
	require.Equal(t, "key.does_not_operate", problem(t, b.do(t, get("/v1/ops/destinations/dvcqg/doctor"))).Errors[0].Code)
}
