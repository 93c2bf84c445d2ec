package httpapi

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/schema"
)

// Pusher takes pushes and answers when they are durable.
type Pusher interface {
	Ingest(ctx context.Context, p gateway.Push) (gateway.Answer, error)
}

// Ingestor is a [Pusher] that also keeps what could not be split into messages.
type Ingestor interface {
	Pusher
	Refuse(ctx context.Context, source, contentType string, body []byte, cause error) (uuid.UUID, error)
	Rehearse(ctx context.Context, p gateway.Push) (gateway.Rehearsal, error)
}

// FeedReader serves long polls and snapshots; see [gateway.Feed].
type FeedReader interface {
	Read(ctx context.Context, kind schema.Kind, after gateway.Cursor, limit int, wait time.Duration) (gateway.FeedPage, error)
	Snapshot(ctx context.Context, after gateway.SnapshotCursor, limit int) (gateway.SnapshotPage, error)
}

var (
	_ Ingestor   = (*gateway.Ingestor)(nil)
	_ Pusher     = (*gateway.Committer)(nil)
	_ FeedReader = (*gateway.Feed)(nil)
)

// Options are the parts of an [API].
type Options struct {
	Ingestor   Ingestor                   // takes batches
	Committer  Pusher                     // takes single pushes
	Feed       FeedReader                 //
	Read       gateway.ReadStore          //
	Journal    gateway.JournalReader      // nil: receipts say nothing of the journal
	Sealed     gateway.JournalPager       // nil: the journal is not handed out
	Drift      gateway.DriftStore         // nil: /v1/ops/drift and /v1/ops/agreement know nothing
	Trusted    journal.Keys               // public keys of the journal: Key's, and those of before
	Key        *journal.Key               // signs receipts that are asked for later; nil: there are none
	Replays    Operations                 // nil: what fails is neither shown nor replayed over the API
	Access     gateway.AccessStore        //
	Ops        *Ops                       // nil: nobody operates over the API
	Owners     *Owners                    // nil: nothing is said over the API about who writes
	Logger     *slog.Logger               // nil: silent
	Version    string                     // of the program, shown by the health checks
	Examiner   gateway.Examiner           // what /readyz and /startupz say; nil: only whether the database answers
	Metrics    http.Handler               // serves /metrics, to callers without a key; nil: there is no such path
	Begin      Begin                      // follows requests with a key; nil: nobody does
	System     string                     // the CloudEvents source of feed items, a URI reference; "" means "/systems/lienthong"
	ClientAddr func(*http.Request) string // the caller's address; nil: the connection's. Behind proxies: [ClientAddr]
	Limits     Limits                     // zero fields mean the defaults
}

// Begin is told of a request that was let in. It returns the context that the
// request goes on with, and a function that is told the status of the answer.
type Begin func(r *http.Request, route string) (ctx context.Context, done func(status int))

// Limits bound what one caller can ask of the gateway.
type Limits struct {
	Single     int64         // bytes of a single push, decompressed; default 10 MiB
	Batch      int64         // bytes of a batch, decompressed; default 64 MiB
	BodyMemory int64         // bytes of all bodies held at a time; default 512 MiB
	Progress   time.Duration // how long a connection may stand without progress; default 60 s, since a commune's line is slow
	Commit     time.Duration // how long a push may take to become durable; default 30 s
	KeyTTL     time.Duration // how long a key is believed without asking again: a revoked one works that long; default 30 s
}

func (l Limits) withDefaults() Limits {
	sizes := []struct {
		have *int64
		want int64
	}{{&l.Single, 10 << 20}, {&l.Batch, 64 << 20}, {&l.BodyMemory, 512 << 20}}
	for _, s := range sizes {
		if *s.have <= 0 {
			*s.have = s.want
		}
	}
	times := []struct {
		have *time.Duration
		want time.Duration
	}{
		{&l.Progress, time.Minute}, {&l.Commit, 30 * time.Second}, {&l.KeyTTL, 30 * time.Second},
	}
	for _, t := range times {
		if *t.have <= 0 {
			*t.have = t.want
		}
	}
	return l
}

// withDefaults fills what may be left open and says what may not.
func (o Options) withDefaults() (Options, error) {
	switch {
	case o.Ingestor == nil, o.Committer == nil, o.Feed == nil, o.Read == nil, o.Access == nil:
		return o, fault.New(fault.Usage, "httpapi.New", "Ingestor, Committer, Feed, Read and Access are all needed")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.System == "" {
		o.System = "/systems/lienthong"
	}
	if o.ClientAddr == nil {
		o.ClientAddr = peer
	}
	o.Limits = o.Limits.withDefaults()
	return o, nil
}

// peer returns the address of the connection without its port.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
