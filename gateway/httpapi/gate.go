package httpapi

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// gate lets callers in by their API key (Authorization: Bearer, RFC 6750), and
// keeps a note of those that it turns away.
type gate struct {
	access     gateway.AccessStore
	log        *slog.Logger
	clientAddr func(*http.Request) string
	keys       *keyCache
	knocks     *knocks
	asking     singleflight.Group // one question at a time for each key
	hashLimit  int64              // bytes of a stranger's body that are hashed
}

const (
	maxKey       = 512              // characters of a key
	prefixLength = 8                // characters of a refused key that are kept
	askTime      = 5 * time.Second  // for one question to the store
	strangerTime = 10 * time.Second // for a stranger's whole body
)

func newGate(o Options) *gate {
	return &gate{
		access: o.Access, log: o.Logger, clientAddr: o.ClientAddr, keys: newKeyCache(o.Limits.KeyTTL),
		knocks: newKnocks(), hashLimit: o.Limits.Single,
	}
}

// admit returns whose key the request carries.
func (g *gate) admit(w *response, r *http.Request) (caller gateway.Caller, err error) {
	key, ok := bearerKey(r.Header)
	if !ok {
		return caller, g.refuse(w, r, "")
	}
	hash := sha256.Sum256([]byte(key))
	caller, state := g.keys.get(hash)
	if state == fresh {
		return caller, nil
	}
	addr := g.clientAddr(r)
	if state == unheard { // a key that was good lately may always be asked about
		if wait := g.knocks.wait(addr); wait > 0 {
			return gateway.Caller{}, g.turnAway(w, wait)
		}
	}
	caller, err = g.ask(r.Context(), key, hash)
	switch {
	case err == nil:
		g.keys.put(hash, caller)
		return caller, nil
	case fault.CodeOf(err) == fault.Unauthorized:
		g.keys.drop(hash)
		return gateway.Caller{}, g.refuse(w, r, key)
	}
	return gateway.Caller{}, err
}

func (g *gate) ask(ctx context.Context, key string, hash [sha256.Size]byte) (gateway.Caller, error) {
	caller, err, _ := g.asking.Do(string(hash[:]), func() (any, error) {
		// Others wait for this answer too: it must not end with the first caller's line.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
		defer cancel()
		return g.access.CallerOf(ctx, key)
	})
	if err != nil {
		return gateway.Caller{}, err
	}
	return caller.(gateway.Caller), nil
}

// turnAway answers an address that knocks too often, without a note and without reading on.
func (g *gate) turnAway(w *response, wait time.Duration) error {
	w.Header().Set("Connection", "close")
	return throttled(wait)
}

// refuse notes who knocked and returns what they are answered.
func (g *gate) refuse(w *response, r *http.Request, key string) error {
	addr := g.clientAddr(r)
	if wait := g.knocks.take(addr); wait > 0 {
		return g.turnAway(w, wait)
	}
	note := gateway.Refusal{RemoteAddr: addr, KeyPrefix: prefix(key), Reason: fault.Unauthorized}
	note.Length, note.SHA256 = g.hash(w, r)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), askTime)
	defer cancel()
	if err := g.access.NoteRefusal(ctx, note); err != nil {
		g.log.Warn("a refusal was not noted", "request_id", callOf(r.Context()).id, "err", err)
	}
	return fault.New(fault.Unauthorized, "httpapi.gate", "no valid key")
}

// hash reads a stranger's body once, keeping its length and SHA-256 alone. What is
// too long or too slow has no hash; a caller who waits for leave to send is not asked to.
func (g *gate) hash(w *response, r *http.Request) (length int64, sum []byte) {
	if r.Body == nil || r.Body == http.NoBody {
		return 0, nil
	}
	if r.ContentLength > g.hashLimit || r.Header.Get("Expect") != "" {
		w.Header().Set("Connection", "close")
		return max(r.ContentLength, 0), nil
	}
	_ = w.ctl.SetReadDeadline(time.Now().Add(strangerTime))
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(r.Body, g.hashLimit+1))
	if err != nil || n > g.hashLimit {
		w.Header().Set("Connection", "close")
		return max(n, r.ContentLength), nil
	}
	return n, h.Sum(nil)
}

// bearerKey reads Authorization.
func bearerKey(h http.Header) (key string, ok bool) {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, key, found := strings.Cut(values[0], " ")
	key = strings.TrimLeft(key, " ")
	if !found || !equalFold(scheme, "Bearer") || key == "" || len(key) > maxKey {
		return "", false
	}
	return key, !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

// prefix is the part of a refused key that tells which one it was meant to be, never enough to use it.
func prefix(key string) string { return key[:min(prefixLength, len(key)/3)] }
