package schema

import (
	"fmt"
	"io"
	"log/slog"
)

// Scheme says by whose rules an identifier was issued. Schemes of natural keys
// that are no identifiers of people or organisations stand beside their bodies.
type Scheme string

// Schemes of identifiers of people, organisations and dossiers.
const (
	SchemePersonalNumber Scheme = "pin"              // số định danh cá nhân, 12 digits
	SchemeCMND           Scheme = "cmnd"             // the former identity card, 9 digits; provinces issued some twice
	SchemeTaxCode        Scheme = "tax"              // mã số thuế = mã số doanh nghiệp: 10 digits, 10-3 or 12
	SchemePassport       Scheme = "passport"         //
	SchemeHousehold      Scheme = "household"        // number of a household business certificate
	SchemeOther          Scheme = "other"            // a paper that no rule is known for
	SchemeDossier        Scheme = "dossier"          // mã hồ sơ
	SchemeCertificate    Scheme = "land_certificate" // serial of a land-use certificate
)

// Identifier is a value that names somebody or something under a scheme. It
// prints its scheme alone, whatever the verb, and in slog too; JSON holds the value.
type Identifier struct {
	Scheme Scheme `json:"scheme"`
	Value  string `json:"value"`
}

// IsZero reports whether there is no identifier.
func (id Identifier) IsZero() bool { return id == Identifier{} }

// String returns the scheme and a mask.
func (id Identifier) String() string {
	if id.IsZero() {
		return "none"
	}
	return string(id.Scheme) + ":***"
}

// GoString is String, so that %#v shows nothing more.
func (id Identifier) GoString() string { return id.String() }

// Format writes the masked form for every verb and flag.
func (id Identifier) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, id.String()) }

// LogValue returns the masked form.
func (id Identifier) LogValue() slog.Value { return slog.StringValue(id.String()) }

var (
	_ fmt.Formatter  = Identifier{}
	_ fmt.GoStringer = Identifier{}
	_ slog.LogValuer = Identifier{}
)
