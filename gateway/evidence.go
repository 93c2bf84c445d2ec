package gateway

import (
	"bytes"
	"compress/flate"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
)

// EvidenceKeys keeps one key for each month. Destroying a month's key makes
// what was sealed under it unreadable wherever copies of it lie.
type EvidenceKeys interface {
	// EvidenceKey returns the key of a month (its first day, UTC), made when there is none and create is set;
	// 32 bytes. None is a fault with code NotFound; one that was destroyed says so, see [ErrDestroyed].
	EvidenceKey(ctx context.Context, month time.Time, create bool) ([]byte, error)
}

// Vault seals what leaves for destinations, so that it can be shown afterwards
// what was sent. Sealed bytes are bound to their attempt and entity.
type Vault struct {
	keys EvidenceKeys

	mu    sync.Mutex
	month time.Time
	aead  cipher.AEAD // of month
}

// NewVault returns a vault over keys.
func NewVault(keys EvidenceKeys) *Vault { return &Vault{keys: keys} }

const (
	evidenceVersion = 2        // month in two bytes, nonce of 12 bytes; compressed by DEFLATE, AES-256-GCM
	evidenceFirst   = 1        // the same without the month, which is that of the attempt's start
	evidenceLimit   = 16 << 20 // bytes that a body may have when it is opened
)

// MonthOf returns the month whose key seals what is sent at a time.
func MonthOf(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// monthNumber counts months, so that two bytes hold one for some thousand years.
func monthNumber(month time.Time) uint16 { return uint16(month.Year()*12 + int(month.Month()) - 1) }

func monthOfNumber(n uint16) time.Time {
	return time.Date(int(n)/12, time.Month(int(n)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

// Seal returns parts compressed and encrypted under the key of the month of at.
func (v *Vault) Seal(ctx context.Context, at time.Time, attempt, entity uuid.UUID, parts [][]byte) ([]byte, error) {
	month := MonthOf(at)
	aead, err := v.of(ctx, month, true)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "gateway.Seal")
	}
	for i, p := range parts {
		if i > 0 {
			_, _ = w.Write([]byte{'\n'}) // the parts are JSON without line breaks
		}
		_, _ = w.Write(p)
	}
	if err := w.Close(); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "gateway.Seal")
	}
	sealed := make([]byte, 0, 3+aead.NonceSize()+packed.Len()+aead.Overhead())
	sealed = binary.BigEndian.AppendUint16(append(sealed, evidenceVersion), monthNumber(month))
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return aead.Seal(append(sealed, nonce...), nonce, packed.Bytes(), bound(attempt, entity)), nil
}

// Open returns what was sealed, its parts a line each. NotFound when the key
// of its month was destroyed; Invalid when the bytes are not those of the attempt.
func (v *Vault) Open(ctx context.Context, at time.Time, attempt, entity uuid.UUID, sealed []byte) ([]byte, error) {
	const op = "gateway.Open"
	month, rest := MonthOf(at), sealed
	switch {
	case len(sealed) > 3 && sealed[0] == evidenceVersion: // a call may begin in the last second of a month
		month, rest = monthOfNumber(binary.BigEndian.Uint16(sealed[1:3])), sealed[3:]
	case len(sealed) > 1 && sealed[0] == evidenceFirst:
		rest = sealed[1:]
	default:
		return nil, fault.New(fault.Invalid, op, "not evidence of this version")
	}
	aead, err := v.of(ctx, month, false)
	if err != nil {
		return nil, err
	}
	if len(rest) < aead.NonceSize() {
		return nil, fault.New(fault.Invalid, op, "the evidence breaks off")
	}
	nonce, rest := rest[:aead.NonceSize()], rest[aead.NonceSize():]
	packed, err := aead.Open(nil, nonce, rest, bound(attempt, entity))
	if err != nil {
		return nil, fault.New(fault.Invalid, op, "the evidence is not that of the attempt, or was changed")
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), evidenceLimit))
	return plain, fault.Wrap(err, fault.Invalid, op)
}

// of returns the cipher of a month; that of the present one is kept.
func (v *Vault) of(ctx context.Context, month time.Time, create bool) (cipher.AEAD, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if create && v.aead != nil && v.month.Equal(month) {
		return v.aead, nil
	}
	key, err := v.keys.EvidenceKey(ctx, month, create)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "gateway.Vault")
	}
	if create {
		v.month, v.aead = month, aead
	}
	return aead, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, errors.New("an evidence key has 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// bound ties sealed bytes to their place.
func bound(attempt, entity uuid.UUID) []byte { return append(attempt[:], entity[:]...) }
