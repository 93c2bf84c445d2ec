package gateway_test

import (
	"context"
	"encoding/base64"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestCursor(t *testing.T) {
	t.Run("what is written is read", func(t *testing.T) {
		rapid.Check(t, func(rt *rapid.T) {
			c := gateway.Cursor{Epoch: rapid.Int64Min(1).Draw(rt, "epoch"), Position: rapid.Int64Min(0).Draw(rt, "position")}
			got, err := gateway.ParseCursor(c.String())
			require.NoError(rt, err)
			require.Equal(rt, c, got)
		})
	})
	t.Run("nothing is the beginning", func(t *testing.T) {
		got, err := gateway.ParseCursor("")
		require.NoError(t, err)
		require.Zero(t, got)
	})
	raw := func(b ...byte) string { return base64.RawURLEncoding.EncodeToString(b) }
	for name, s := range map[string]string{
		"no base64":           "***",
		"padded":              gateway.Cursor{Epoch: 1, Position: 5}.String() + "=",
		"another version":     raw(2, 2, 2),
		"too short":           raw(1, 2),
		"cut number":          raw(1, 2, 0x80),
		"number too long":     raw(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1, 2),
		"more behind":         raw(1, 2, 2, 0),
		"epoch zero":          gateway.Cursor{Position: 5}.String(),
		"negative position":   gateway.Cursor{Epoch: 1, Position: -5}.String(),
		"of another protocol": raw([]byte("{\"seq\":1}")...),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := gateway.ParseCursor(s)
			require.Equal(t, fault.CursorInvalid, fault.CodeOf(err))
		})
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add("")
	f.Add(gateway.Cursor{Epoch: 1, Position: 250_001}.String())
	f.Add("AQIC")
	f.Add("AYCAgICAgICAgIABAg")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := gateway.ParseCursor(s)
		if err != nil {
			require.Equal(t, fault.CursorInvalid, fault.CodeOf(err))
			require.Zero(t, c)
			return
		}
		if s != "" {
			again, err := gateway.ParseCursor(c.String())
			require.NoError(t, err)
			require.Equal(t, c, again)
			require.GreaterOrEqual(t, c.Position, int64(0))
		}
	})
}

// growingFeed is a feed that a test lets grow.
type growingFeed struct {
	mu    sync.Mutex
	items []gateway.Change
	moved chan struct{}
	reads int
	err   error
}

func (f *growingFeed) ReadFeed(context.Context, schema.Kind, gateway.Cursor, int) (gateway.FeedPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	return gateway.FeedPage{Items: f.items}, f.err
}

func (f *growingFeed) ReadSnapshot(context.Context, gateway.SnapshotCursor, int) (gateway.SnapshotPage, error) {
	return gateway.SnapshotPage{}, f.err
}

func (f *growingFeed) FeedMoved() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.moved
}

func (f *growingFeed) move(items ...gateway.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, items...)
	moved := f.moved
	f.moved = make(chan struct{})
	close(moved)
}

var _ gateway.FeedStore = (*growingFeed)(nil)

func TestFeedRead(t *testing.T) {
	const wait = 30 * time.Second
	read := func(ctx context.Context, f *growingFeed, wait time.Duration) (page gateway.FeedPage, took time.Duration, err error) {
		start := time.Now()
		page, err = gateway.NewFeed(f).Read(ctx, "", gateway.Cursor{}, 10, wait)
		return page, time.Since(start), err
	}

	t.Run("what is there comes at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			page, took, err := read(t.Context(), &growingFeed{items: make([]gateway.Change, 1), moved: make(chan struct{})}, wait)
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Zero(t, took)
		})
	})
	t.Run("without a wait an empty page comes at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			page, took, err := read(t.Context(), &growingFeed{moved: make(chan struct{})}, 0)
			require.NoError(t, err)
			require.Empty(t, page.Items)
			require.Zero(t, took)
		})
	})
	t.Run("an empty page comes when the wait is over", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			page, took, err := read(t.Context(), &growingFeed{moved: make(chan struct{})}, wait)
			require.NoError(t, err)
			require.Empty(t, page.Items)
			require.Equal(t, wait, took)
		})
	})
	t.Run("moves of other kinds do not end the wait, one's own does", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &growingFeed{moved: make(chan struct{})}
			go func() {
				<-time.After(time.Second)
				f.move()
				<-time.After(time.Second)
				f.move(gateway.Change{Position: 1})
			}()
			page, took, err := read(t.Context(), f, wait)
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Equal(t, 2*time.Second, took)
			require.Equal(t, 3, f.reads)
		})
	})
	t.Run("a reader that goes away is let go", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, took, err := read(ctx, &growingFeed{moved: make(chan struct{})}, wait)
			require.NoError(t, err)
			require.Equal(t, time.Second, took)
		})
	})
	t.Run("a failure is not waited out", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			broken := errors.New("broken")
			_, took, err := read(t.Context(), &growingFeed{moved: make(chan struct{}), err: broken}, wait)
			require.ErrorIs(t, err, broken)
			require.Zero(t, took)
		})
	})
}

func TestChangeType(t *testing.T) {
	require.Equal(t, "vn.dossier.created.v1", gateway.ChangeType(schema.KindDossier, 1))
	require.Equal(t, "vn.civil_event.changed.v1", gateway.ChangeType(schema.KindCivilEvent, 2))
}
