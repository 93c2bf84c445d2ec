package gateway

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// EveryFeed names the feed of all kinds of entities. As a permission it stands for each other feed too.
const EveryFeed = "all"

// feeds are the names of feeds as they stand in paths, permissions and the configuration.
var feeds = []struct {
	name string
	kind schema.Kind // "" is every kind of entity
}{
	{EveryFeed, ""}, {"dossiers", schema.KindDossier}, {"people", schema.KindPerson}, {"organisations", schema.KindOrganisation},
	{"parcels", schema.KindLandParcel}, {"civil-events", schema.KindCivilEvent},
}

// FeedNames returns the names of all feeds.
func FeedNames() []string {
	names := make([]string, 0, len(feeds))
	for _, f := range feeds {
		names = append(names, f.name)
	}
	return names
}

// FeedKind returns the kind of entities that a feed is about, "" for [EveryFeed]; false when there is no such feed.
func FeedKind(name string) (schema.Kind, bool) {
	for _, f := range feeds {
		if f.name == name {
			return f.kind, true
		}
	}
	return "", false
}

// FeedOf returns the name of the feed of a kind of entities, "" for a kind that has none.
func FeedOf(kind schema.Kind) string {
	for _, f := range feeds {
		if f.kind == kind {
			return f.name
		}
	}
	return ""
}

// CheckFeeds returns a fault with code Invalid unless each name is that of a feed, given once.
func CheckFeeds(names []string) error {
	for i, name := range names {
		if _, known := FeedKind(name); !known {
			return fault.New(fault.Invalid, "gateway.CheckFeeds", "there is no such feed; there are "+strings.Join(FeedNames(), ", "))
		}
		if slices.Contains(names[:i], name) {
			return fault.New(fault.Invalid, "gateway.CheckFeeds", "a feed is given twice")
		}
	}
	return nil
}
