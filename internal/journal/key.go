package journal

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"log/slog"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// Key signs batches and receipts.
type Key struct {
	private ed25519.PrivateKey
	id      string
}

const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// GenerateKey makes a new key.
func GenerateKey() (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "journal.GenerateKey")
	}
	return newKey(private), nil
}

// GeneratePEM makes a new key as the two files in which it is kept.
func GeneratePEM() (private, public []byte, err error) {
	key, err := GenerateKey()
	if err != nil {
		return nil, nil, err
	}
	if private, err = key.PrivatePEM(); err != nil {
		return nil, nil, err
	}
	public, err = key.PublicPEM()
	return private, public, err
}

func newKey(private ed25519.PrivateKey) *Key {
	return &Key{private: private, id: idOf(private.Public().(ed25519.PublicKey))}
}

// idOf names a public key: the first 16 digits of its SHA-256.
func idOf(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}

// ParseKey reads a private key: PKCS #8 in PEM, as "openssl genpkey -algorithm
// ed25519" writes it, or its base64 alone, which fits into a variable. Errors
// tell nothing of the text.
func ParseKey(text string) (*Key, error) {
	const op = "journal.ParseKey"
	bad := fault.New(fault.Usage, op, "the key of the journal is an ed25519 private key in PEM (PKCS #8); lienthong journal keygen makes one")
	var der []byte
	if block, _ := pem.Decode([]byte(text)); block != nil {
		if block.Type != privateBlock {
			return nil, bad
		}
		der = block.Bytes
	} else {
		var err error
		if der, err = base64.StdEncoding.DecodeString(strings.TrimSpace(text)); err != nil {
			return nil, bad
		}
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, bad
	}
	private, is := parsed.(ed25519.PrivateKey)
	if !is {
		return nil, bad
	}
	return newKey(private), nil
}

// ID names the key: the first 16 digits of the SHA-256 of its public half.
func (k *Key) ID() string { return k.id }

// Sign signs a message.
func (k *Key) Sign(message []byte) []byte { return ed25519.Sign(k.private, message) }

// Keys returns the public half, as what to verify with.
func (k *Key) Keys() Keys { return Keys{k.id: k.private.Public().(ed25519.PublicKey)} }

// PrivatePEM is the key as it is kept.
func (k *Key) PrivatePEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "journal.PrivatePEM")
	}
	return pem.EncodeToMemory(&pem.Block{Type: privateBlock, Bytes: der}), nil
}

// PublicPEM is the public half as it is handed out.
func (k *Key) PublicPEM() ([]byte, error) { return k.Keys().PEM(k.id) }

// PEM is one public key as it is handed out.
func (k Keys) PEM(id string) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(k[id])
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "journal.PublicPEM")
	}
	return pem.EncodeToMemory(&pem.Block{Type: publicBlock, Bytes: der}), nil
}

// String and the others keep the key out of every print and log.
func (k *Key) String() string       { return "journal key " + k.id }
func (k *Key) GoString() string     { return k.String() }
func (k *Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// Keys are public keys by their id.
type Keys map[string]ed25519.PublicKey

// ParseKeys reads public keys in PEM, any number one after the other; private
// ones among them count for their public half.
func ParseKeys(text []byte) (Keys, error) {
	keys := Keys{}
	bad := fault.New(fault.Usage, "journal.ParseKeys", "public keys of the journal are ed25519 keys in PEM")
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		var parsed any
		var err error
		if block.Type == privateBlock {
			if parsed, err = x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
				if private, is := parsed.(ed25519.PrivateKey); is {
					parsed = private.Public()
				}
			}
		} else {
			parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
		}
		public, is := parsed.(ed25519.PublicKey)
		if err != nil || !is {
			return nil, bad
		}
		keys[idOf(public)] = public
	}
	if len(keys) == 0 {
		return nil, bad
	}
	return keys, nil
}

// Verify reports whether a signature is that of a known key.
func (k Keys) Verify(id string, message, signature []byte) bool {
	public, known := k[id]
	return known && len(signature) == ed25519.SignatureSize && ed25519.Verify(public, message, signature)
}
