package schema

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"

	"github.com/go-json-experiment/json"
)

// Body is the content of a record. Implementations are pointers to the
// structs of this package.
type Body interface {
	// Kind returns the kind of record that the body is for.
	Kind() Kind
	// Keys returns the natural keys of the entity that the body describes, best first.
	Keys() []Identifier
	// Mentions returns the people and organisations that the body names, in a fixed order.
	Mentions() []Mention
	// Validate returns what is wrong with the body, with pointers into its canonical form.
	Validate() []Problem
}

// Record is what one source said about one thing. The source itself is known
// to the caller: with it, (source, Kind, ID) is the record's key.
type Record struct {
	Kind      Kind
	ID        string    // the source's own id of the thing, stable over its revisions
	Version   int64     // the source's version, 0 when it has none
	EventTime Time      // when the source says that this state came to be; zero when it does not say
	Body      Body      // what was said
	Raw       []byte    // the part of the message that this record was made from; nil means the whole message
	Problems  []Problem // warnings and repairs; a refused record does not get this far
}

// LogValue shows the kind alone: ids of some kinds are personal.
func (r Record) LogValue() slog.Value { return slog.StringValue("record " + string(r.Kind)) }

// Hash is the SHA-256 of a canonical body.
type Hash [sha256.Size]byte

// String returns the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Sealed is a record body in its canonical JSON form.
type Sealed struct {
	JSON []byte // deterministic: fixed field order, sorted maps, no insignificant space
	Hash Hash   // of JSON
}

// Seal returns the canonical form of the record's body. Equal content gives equal bytes.
func (r Record) Seal() (Sealed, error) { return SealBody(r.Body) }

// SealBody returns the canonical form of a body.
func SealBody(b Body) (Sealed, error) {
	data, err := json.Marshal(b, json.Deterministic(true))
	if err != nil {
		return Sealed{}, fmt.Errorf("schema: encoding a %s: %w", b.Kind(), err)
	}
	return Sealed{JSON: data, Hash: sha256.Sum256(data)}, nil
}

// OpenBody decodes a canonical body of kind k.
func OpenBody(k Kind, data []byte) (Body, error) {
	b := k.New()
	if b == nil {
		return nil, fmt.Errorf("schema: unknown kind %q", k)
	}
	if err := json.Unmarshal(data, b); err != nil {
		return nil, fmt.Errorf("schema: decoding a %s: %w", k, err)
	}
	return b, nil
}

// Mention is one person or organisation named by a record in a role.
type Mention struct {
	Role        string       // "applicant", "child", "mother", "father", "requester", "owner", "legal_representative", …
	Kind        Kind         // KindPerson or KindOrganisation
	Name        string       //
	Birth       Date         // people only
	Sex         Sex          // people only
	Identifiers []Identifier // as declared, strong ones first; fillers are already gone
}

// LogValue shows role and kind.
func (m Mention) LogValue() slog.Value { return slog.StringValue(m.Role + " " + string(m.Kind)) }
