package gateway

import "slices"

// Caller is who holds an API key, and what the key opens (docs/adr/0014-keys-and-scopes.md).
type Caller struct {
	Name  string   // code of a source, or name of a consumer
	Push  bool     // may push as the source Name, and ask what became of what that source sent
	Feeds []string // that may be read; none by default

	Operate bool // may see what fails and repair it: the paths of /v1/ops
}

// Reads reports whether the caller may read a feed.
func (c Caller) Reads(feed string) bool {
	return slices.Contains(c.Feeds, feed) || slices.Contains(c.Feeds, EveryFeed)
}

// Source returns the code of the source that the caller pushes for, "" for a consumer.
func (c Caller) Source() string {
	if c.Push {
		return c.Name
	}
	return ""
}
