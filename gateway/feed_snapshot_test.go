package gateway_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// halfway is a cursor in the middle of a snapshot.
func halfway(feed schema.Kind) gateway.SnapshotCursor {
	return gateway.SnapshotCursor{
		Feed: feed, Delta: gateway.Cursor{Epoch: 3, Position: 250_001}, Kind: schema.KindPerson, ID: uuid.MustParse("0190c3d2-1234-7000-8000-000000000001"),
	}
}

func TestSnapshotCursor(t *testing.T) {
	for _, feed := range []schema.Kind{"", schema.KindPerson} {
		got, err := gateway.ParseSnapshotCursor(halfway(feed).String(), feed)
		require.NoError(t, err)
		require.Equal(t, halfway(feed), got)
		got, err = gateway.ParseSnapshotCursor("", feed)
		require.NoError(t, err)
		require.Equal(t, gateway.SnapshotCursor{Feed: feed}, got)
	}
	with := func(change func(*gateway.SnapshotCursor)) string {
		c := halfway("")
		change(&c)
		return c.String()
	}
	whole, err := base64.RawURLEncoding.DecodeString(halfway("").String())
	require.NoError(t, err)
	for name, s := range map[string]string{
		"no base64":               "***",
		"of the feed itself":      gateway.Cursor{Epoch: 1, Position: 5}.String(),
		"of another feed":         halfway(schema.KindPerson).String(),
		"of a kind without feed":  with(func(c *gateway.SnapshotCursor) { c.Kind = schema.KindDossierStep }),
		"of no kind":              with(func(c *gateway.SnapshotCursor) { c.Kind = "" }),
		"epoch zero":              with(func(c *gateway.SnapshotCursor) { c.Delta.Epoch = 0 }),
		"negative position":       with(func(c *gateway.SnapshotCursor) { c.Delta.Position = -1 }),
		"cut short":               base64.RawURLEncoding.EncodeToString(whole[:len(whole)-1]),
		"more behind":             base64.RawURLEncoding.EncodeToString(append(whole, 0)),
		"cut within the kind":     base64.RawURLEncoding.EncodeToString(whole[:8]),
		"nothing but its version": "Ag",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := gateway.ParseSnapshotCursor(s, "")
			require.Equal(t, fault.CursorInvalid, fault.CodeOf(err))
		})
	}
	_, err = gateway.ParseSnapshotCursor(with(func(c *gateway.SnapshotCursor) { c.Feed = schema.KindDossier }), schema.KindDossier)
	require.Equal(t, fault.CursorInvalid, fault.CodeOf(err), "an entity that the feed does not have")
}

func FuzzParseSnapshotCursor(f *testing.F) {
	f.Add("")
	f.Add(halfway("").String())
	f.Add(gateway.Cursor{Epoch: 1, Position: 5}.String())
	f.Add("AgICAAZwZXJzb24")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := gateway.ParseSnapshotCursor(s, "")
		if err != nil {
			require.Equal(t, fault.CursorInvalid, fault.CodeOf(err))
			return
		}
		if s != "" {
			require.Equal(t, s, c.String())
			require.Equal(t, c.Kind, c.Kind.Entity())
		}
	})
}

func TestFeedNames(t *testing.T) {
	for _, name := range gateway.FeedNames() {
		kind, known := gateway.FeedKind(name)
		require.True(t, known)
		require.Equal(t, name, gateway.FeedOf(kind))
	}
	for _, kind := range schema.Kinds() {
		require.Equal(t, kind == kind.Entity(), gateway.FeedOf(kind) != "", "%s: every kind of entity has a feed", kind)
	}
	require.NoError(t, gateway.CheckFeeds([]string{"dossiers", "people"}))
	require.Equal(t, fault.Invalid, fault.CodeOf(gateway.CheckFeeds([]string{"secrets"})))
	require.Equal(t, fault.Invalid, fault.CodeOf(gateway.CheckFeeds([]string{"people", "people"})))
}

func TestCallerReads(t *testing.T) {
	reader := gateway.Caller{Name: "x", Feeds: []string{"dossiers"}}
	require.True(t, reader.Reads("dossiers"))
	require.False(t, reader.Reads("people"))
	require.False(t, reader.Reads(gateway.EveryFeed))
	require.Empty(t, reader.Source())
	require.True(t, gateway.Caller{Feeds: []string{gateway.EveryFeed}}.Reads("people"))
	require.False(t, gateway.Caller{Name: "motcua", Push: true}.Reads("dossiers"))
	require.Equal(t, "motcua", gateway.Caller{Name: "motcua", Push: true}.Source())
}
