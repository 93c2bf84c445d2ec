package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"math/bits"

	"github.com/lienthong/lienthong/internal/fault"
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText implements encoding.TextMarshaler.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fault.New(fault.Malformed, "journal.Hash", "a hash has 64 hexadecimal digits")
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Prefixes of RFC 6962: a leaf can never pass for a node.
const (
	leafPrefix = 0
	nodePrefix = 1
)

// Leaf hashes a line as a leaf of a tree.
func Leaf(line string) Hash {
	b := make([]byte, 1, 1+len(line))
	b[0] = leafPrefix
	return sha256.Sum256(append(b, line...))
}

func node(left, right Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = nodePrefix
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// Root is the Merkle tree hash of leaves; that of no leaves is the hash of nothing.
func Root(leaves []Hash) Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := split(len(leaves))
	return node(Root(leaves[:k]), Root(leaves[k:]))
}

// split is the largest power of two below n.
func split(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// Path is the audit path of leaf i, from its neighbour to the children of the root.
func Path(leaves []Hash, i int) []Hash {
	if len(leaves) <= 1 {
		return nil
	}
	k := split(len(leaves))
	if i < k {
		return append(Path(leaves[:k], i), Root(leaves[k:]))
	}
	return append(Path(leaves[k:], i-k), Root(leaves[:k]))
}

// RootOf is the root that a leaf and its path lead to; false when the path does
// not fit a tree of n leaves.
func RootOf(leaf Hash, i, n int, path []Hash) (Hash, bool) {
	if i < 0 || i >= n {
		return Hash{}, false
	}
	if n == 1 {
		return leaf, len(path) == 0
	}
	if len(path) == 0 {
		return Hash{}, false
	}
	last, rest, k := path[len(path)-1], path[:len(path)-1], split(n)
	if i < k {
		below, ok := RootOf(leaf, i, k, rest)
		return node(below, last), ok
	}
	below, ok := RootOf(leaf, i-k, n-k, rest)
	return node(last, below), ok
}

// Pack writes hashes one after the other.
func Pack(hashes []Hash) []byte {
	b := make([]byte, 0, len(hashes)*sha256.Size)
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

// Unpack reads what Pack wrote; bytes that are too few for a hash are left out.
func Unpack(b []byte) []Hash {
	hashes := make([]Hash, len(b)/sha256.Size)
	for i := range hashes {
		copy(hashes[i][:], b[i*sha256.Size:])
	}
	return hashes
}
