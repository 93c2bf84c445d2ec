package bench_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/schema"
)

// server is the gateway on loopback.
type server struct {
	url    string
	client *http.Client
}

func key(source string) string { return "bench-key-of-the-source-" + source }

func configured(b testing.TB) []gateway.Source {
	b.Helper()
	var configured []gateway.Source
	for source, name := range map[string]string{world.OneStop: "onestop", world.Civil: "civil", world.Land: "land", world.Business: "business"} {
		spec, err := all.Registry().Get(name)
		require.NoError(b, err)
		adapter, err := spec.New(adapters.Config{Province: "24"})
		require.NoError(b, err)
		configured = append(configured, gateway.Source{Code: source, Spec: spec, Adapter: adapter})
	}
	return configured
}

// forgetful is a gateway that does not remember what adapters made of messages.
const forgetful = -1

// serve starts the gateway; it ends with the benchmark. memo is that of
// [gateway.IngestorOptions]. With a key it signs receipts and seals the journal meanwhile.
func serve(b testing.TB, p *pgxpool.Pool, memo int, keys ...*journal.Key) server {
	b.Helper()
	var signer *journal.Key
	if len(keys) > 0 {
		signer = keys[0]
	}
	store := postgres.New(p).WithReceivers(gateway.Receiver{Code: "dvcqg", Receives: []schema.Kind{schema.KindDossier}})
	for _, source := range sources() {
		require.NoError(b, store.AddKey(context.Background(), source, key(source), gateway.EveryFeed))
	}
	in := gateway.NewIngestor(gateway.IngestorOptions{Sources: configured(b), Store: store, Memo: memo, Key: signer})
	api, err := httpapi.New(httpapi.Options{Ingestor: in, Committer: in, Feed: gateway.NewFeed(store), Read: store, Access: store, Version: "bench"})
	require.NoError(b, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- httpapi.NewServer(api, httpapi.ServerOptions{}).Run(ctx, listener) }()
	if signer != nil {
		sealed := make(chan error, 1)
		go func() { sealed <- postgres.NewSealer(store, signer, slog.New(slog.DiscardHandler)).Run(ctx) }()
		b.Cleanup(func() {
			stop()
			require.NoError(b, <-sealed)
		})
	}
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	b.Cleanup(func() {
		transport.CloseIdleConnections()
		stop()
		require.NoError(b, <-done)
	})
	return server{url: "http://" + listener.Addr().String(), client: &http.Client{Transport: transport, Timeout: time.Minute}}
}

// push sends all traffic, one push at a time from each client, and returns the verdicts.
func (s server) push(b testing.TB, t traffic) gateway.Summary {
	b.Helper()
	var sums [clients]gateway.Summary
	var g errgroup.Group
	for c := range clients {
		g.Go(func() error {
			var buffer bytes.Buffer
			for _, one := range t[c] {
				if err := s.pushOne(one, &sums[c], &buffer); err != nil {
					return err
				}
			}
			return nil
		})
	}
	require.NoError(b, g.Wait())
	var total gateway.Summary
	for _, own := range sums {
		total = plus(total, own)
	}
	return total
}

func plus(a, o gateway.Summary) gateway.Summary {
	return gateway.Summary{
		Accepted: a.Accepted + o.Accepted, Unchanged: a.Unchanged + o.Unchanged, Superseded: a.Superseded + o.Superseded,
		Rejected: a.Rejected + o.Rejected, NeedsReview: a.NeedsReview + o.NeedsReview,
	}
}

func (s server) pushOne(one batch, sum *gateway.Summary, buffer *bytes.Buffer) error {
	request, err := http.NewRequest(http.MethodPost, s.url+"/v1/records:batch", bytes.NewReader(one.body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+key(one.source))
	request.Header.Set("Content-Type", "application/json")
	body, err := s.do(request, buffer)
	if err != nil {
		return err
	}
	// The summary is the last member; a whole decode would measure this client.
	var tail struct{ Summary gateway.Summary }
	if err := json.Unmarshal(append([]byte{'{'}, body[bytes.LastIndex(body, []byte(`"summary"`)):]...), &tail); err != nil {
		return err
	}
	*sum = plus(*sum, tail.Summary)
	return nil
}

// do returns the body of an answer; it is in the buffer, until that is used again.
func (s server) do(request *http.Request, buffer *bytes.Buffer) ([]byte, error) {
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	buffer.Reset()
	_, err = buffer.ReadFrom(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errStatus(response.Status)
	}
	return buffer.Bytes(), err
}

type errStatus string

func (e errStatus) Error() string { return "the gateway answered " + string(e) }
