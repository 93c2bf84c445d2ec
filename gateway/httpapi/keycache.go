package httpapi

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// keyCache remembers whose a key is and what it opens. It holds hashes of keys, never keys.
type keyCache struct {
	ttl time.Duration

	mu      sync.RWMutex
	entries map[[sha256.Size]byte]keyEntry
}

type keyEntry struct {
	caller gateway.Caller
	asked  time.Time
}

// maxKeys is more than a province has sources and consumers, by far.
const maxKeys = 4096

// freshness says what an entry is worth.
type freshness int

const (
	unheard freshness = iota // never good, or forgotten
	stale                    // good lately; ask again
	fresh
)

func newKeyCache(ttl time.Duration) *keyCache {
	return &keyCache{ttl: ttl, entries: map[[sha256.Size]byte]keyEntry{}}
}

func (k *keyCache) get(hash [sha256.Size]byte) (caller gateway.Caller, f freshness) {
	k.mu.RLock()
	e, known := k.entries[hash]
	k.mu.RUnlock()
	switch {
	case !known:
		return gateway.Caller{}, unheard
	case time.Since(e.asked) < k.ttl:
		return e.caller, fresh
	}
	return e.caller, stale
}

func (k *keyCache) put(hash [sha256.Size]byte, caller gateway.Caller) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.entries) >= maxKeys {
		k.makeRoom()
	}
	k.entries[hash] = keyEntry{caller: caller, asked: time.Now()}
}

// makeRoom forgets what is stale, or anything at all.
func (k *keyCache) makeRoom() {
	for hash, e := range k.entries {
		if time.Since(e.asked) >= k.ttl {
			delete(k.entries, hash)
		}
	}
	for hash := range k.entries {
		if len(k.entries) < maxKeys {
			return
		}
		delete(k.entries, hash)
	}
}

func (k *keyCache) drop(hash [sha256.Size]byte) {
	k.mu.Lock()
	delete(k.entries, hash)
	k.mu.Unlock()
}
