package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Limits of a destination.
const (
	maxSettle  = 24 * time.Hour
	maxTimeout = 18 * time.Second // a run of a lane lasts 20 s, and what a call brought is to be written down within it
	maxBatch   = 1000
)

// Limits of an API key.
const (
	minKey = 24
	maxKey = 512
)

func (k *checker) source(path string, s *Source, codes map[string]string) {
	k.code(path, s.Code, codes)
	k.oneOf(path+".adapter", s.Adapter, all.Names()...)
	k.mapping(path, s)
	k.feeds(path+".feeds", s)
	key, at := k.secret(path, "key", s.KeyFile, s.KeyEnv, true)
	if key == "" {
		return
	}
	if len(key) < minKey || len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		k.complain(at, "an API key has %d to %d characters, all of them printable ASCII", minKey, maxKey)
	}
	if first, twice := k.keys[key]; twice {
		k.complain(at, "%s has the same key", first)
	}
	k.keys[key] = path
}

// mapping says each mistake of the mapping file, with its own line and column there.
func (k *checker) mapping(path string, s *Source) {
	switch {
	case s.Adapter != mapped.Name && s.Mapping == "":
		return
	case s.Adapter != mapped.Name:
		k.complain(path+".mapping", "only the adapter %s has one", mapped.Name)
		return
	case s.Mapping == "":
		k.complain(path+".mapping", "missing: the adapter %s needs one", mapped.Name)
		return
	}
	_, err := all.Open(s.Adapter, s.Mapping)
	var mistakes mapped.Mistakes
	var wrong *fault.Error
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			k.complain(path+".mapping", "%s:%s", s.Mapping, m)
		}
	case errors.As(err, &wrong):
		k.complain(path+".mapping", "%s: %s", s.Mapping, wrong.Msg)
	}
}

// feeds are permissions of the key that the configuration names; those of others stand in the database.
func (k *checker) feeds(path string, s *Source) {
	if len(s.Feeds) > 0 && s.KeyFile == "" && s.KeyEnv == "" {
		k.complain(path, "key_file or key_env is missing; what other keys read is said by lienthong keys")
	}
	for i, feed := range s.Feeds {
		at := fmt.Sprintf("%s[%d]", path, i)
		k.oneOf(at, feed, gateway.FeedNames()...)
		if slices.Contains(s.Feeds[:i], feed) {
			k.complain(at, "given twice")
		}
	}
}

// proxies are networks in one way of writing each: what looks narrower than it is would be a hole.
func (k *checker) proxies(path string, networks []string) {
	seen := map[netip.Prefix]int{}
	for i, text := range networks {
		at := fmt.Sprintf("%s[%d]", path, i)
		network, err := netip.ParsePrefix(text)
		switch first, twice := seen[network]; {
		case err != nil:
			k.complain(at, "a network such as 10.24.0.0/16 or 127.0.0.1/32 is expected")
		case network.Addr().Is4In6():
			k.complain(at, "an IPv4 network is written as one, such as 10.24.0.0/16")
		case network != network.Masked():
			k.complain(at, "the network of this address is %s", network.Masked())
		case network.Bits() == 0:
			k.complain(at, "this would believe everybody")
		case twice:
			k.complain(at, "%s is trusted_proxies[%d] already", network, first)
		default:
			seen[network] = i
		}
	}
}

func (k *checker) destination(path string, d *Destination, codes map[string]string) {
	k.code(path, d.Code, codes)
	k.oneOf(path+".kind", d.Kind, KindPortal, KindMinistry, KindSink)
	k.url(path+".url", d.URL)
	switch d.Kind {
	case KindSink:
		k.foreign(path, d.Kind, "ministry", "rules_file")
		k.sink(path, d)
	case KindMinistry:
		k.foreign(path, d.Kind, append(portalKeys(), sinkKeys()...)...)
		k.ministry(path+".ministry", d)
		k.receives(path+".receives", d.Receives, schema.KindDossier)
	default:
		k.portal(path, d)
	}
	k.between(path+".settle", time.Duration(d.Settle), maxSettle)
	k.between(path+".timeout", time.Duration(d.Timeout), maxTimeout)
	k.within(path+".lanes", d.Lanes, gateway.Slots)
	if d.Kind != KindMinistry {
		k.within(path+".batch", d.Batch, maxBatch)
	}
	if d.Breaker.MinCalls < 0 {
		k.complain(path+".breaker.min_calls", "a number from 0 is expected")
	}
	if d.Breaker.RampCalls < 0 {
		k.complain(path+".breaker.ramp_calls", "a number from 0 is expected")
	}
	k.rules(path, d)
	k.shape(path, d)
	k.reconcile(path, d)
	k.score(path, d)
}

// sinkKeys are the keys that a sink has alone.
func sinkKeys() []string {
	return []string{"token_file", "token_env", "secret_file", "secret_env", "purpose"}
}

// foreign complains about keys that another kind of destination has: a setting that does nothing misleads.
func (k *checker) foreign(path, kind string, keys ...string) {
	for _, key := range keys {
		if k.said(path + "." + key) {
			k.complain(path+"."+key, "a destination of kind %s has no such key", kind)
		}
	}
}

// said reports whether a key stands in the file.
func (k *checker) said(path string) bool {
	_, ok := k.places[path]
	return ok
}

// url checks an address without repeating it: people put passwords into addresses.
func (k *checker) url(path, address string) {
	if !k.given(path, address) {
		return
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		k.complain(path, "an http or https URL is expected")
	case u.User != nil:
		k.complain(path, "a name or password must not stand in the URL")
	case u.RawQuery != "" || u.Fragment != "":
		k.complain(path, "a URL without ? and # is expected")
	}
}

func (k *checker) between(path string, d, most time.Duration) {
	if d < time.Millisecond || d > most {
		k.complain(path, "a duration from 1ms to %s is expected", Duration(most))
	}
}

func (k *checker) within(path string, n, most int) {
	if n < 1 || n > most {
		k.complain(path, "a number from 1 to %d is expected", most)
	}
}

// receives are kinds of entities, out of those that a destination of this kind can show.
func (k *checker) receives(path string, kinds []string, shown ...schema.Kind) {
	if len(kinds) == 0 {
		k.complain(path, "at least one kind is expected")
	}
	known := make([]string, len(shown))
	for i, kind := range shown {
		known[i] = string(kind)
	}
	for i, kind := range kinds {
		at := fmt.Sprintf("%s[%d]", path, i)
		k.oneOf(at, kind, known...)
		if slices.Contains(kinds[:i], kind) {
			k.complain(at, "given twice")
		}
	}
}
