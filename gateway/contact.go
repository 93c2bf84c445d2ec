package gateway

import (
	"context"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lienthong/lienthong/internal/fault"
)

// ContactScope is what a contact answers for.
type ContactScope string

// Scopes.
const (
	ContactAgency      ContactScope = "agency"  // code that dossier numbers begin with
	ContactCommune     ContactScope = "commune" // the same, of a commune
	ContactDestination ContactScope = "destination"
	ContactSource      ContactScope = "source"
)

// Contact is who answers for a unit, a destination or a source, from one day to another.
type Contact struct {
	Scope ContactScope `json:"scope"`
	Code  string       `json:"code"`
	Name  string       `json:"name"`
	Unit  string       `json:"unit,omitempty"`
	Phone string       `json:"phone,omitempty"`
	Email string       `json:"email,omitempty"`
	From  time.Time    `json:"-"` // first day, at midnight UTC
	To    time.Time    `json:"-"` // last day; zero: until further notice
}

// longestContact is in characters, of each field.
const longestContact = 200

// Check refuses what is no contact.
func (c *Contact) Check() *fault.Error {
	const op = "gateway.Contact"
	switch c.Scope {
	case ContactAgency, ContactCommune, ContactDestination, ContactSource:
	default:
		return fault.New(fault.Invalid, op, "scope is agency, commune, destination or source")
	}
	for name, text := range map[string]string{"code": c.Code, "name": c.Name, "unit": c.Unit, "phone": c.Phone, "email": c.Email} {
		if !utf8.ValidString(text) || utf8.RuneCountInString(text) > longestContact || strings.ContainsFunc(text, unicode.IsControl) {
			return fault.New(fault.Invalid, op, name+" is one short line of text")
		}
	}
	switch _, err := mail.ParseAddress(c.Email); {
	case c.Code == "" || c.Name == "":
		return fault.New(fault.Invalid, op, "code and name are needed")
	case c.Phone == "" && c.Email == "":
		return fault.New(fault.Invalid, op, "a phone number or an e-mail address is needed")
	case c.Email != "" && err != nil:
		return fault.New(fault.Invalid, op, "email is no address")
	case c.From.IsZero():
		return fault.New(fault.Invalid, op, "valid_from is needed")
	case !c.To.IsZero() && c.To.Before(c.From):
		return fault.New(fault.Invalid, op, "valid_to is not before valid_from")
	}
	return nil
}

// ContactStore keeps contacts.
type ContactStore interface {
	// ImportContacts adds contacts and replaces those of the same scope, code, name and first day, all or none.
	ImportContacts(ctx context.Context, actor, reason string, all []Contact) error
	// Contacts lists those that are valid on a day, by scope, code and name, after one; zero day: of all days.
	Contacts(ctx context.Context, day time.Time, after ContactCursor, limit int) ([]Contact, error)
	// ContactsOf returns who answers on a day, by code; the one valid since last where there are several.
	ContactsOf(ctx context.Context, day time.Time, scopes []ContactScope, codes []string) (map[string]Contact, error)
}

// ContactCursor is a place in the list of contacts.
type ContactCursor struct {
	Scope ContactScope `json:"s"`
	Code  string       `json:"c"`
	Name  string       `json:"n"`
	From  time.Time    `json:"f"`
}

// UnitOf returns the agency that a dossier number begins with; "" for other keys. So says delivery_unit in the store.
func UnitOf(key string) string {
	unit, _, dashed := strings.Cut(key, "-")
	if !dashed || !strings.Contains(unit, ".") || strings.Contains(key, "/") {
		return ""
	}
	return unit
}

// CursorOf returns the place of a contact in the list.
func CursorOf(c Contact) ContactCursor {
	return ContactCursor{Scope: c.Scope, Code: c.Code, Name: c.Name, From: c.From}
}
