package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// ImportContacts implements [gateway.ContactStore]. Who was imported is not in the
// journal, only that somebody did it. Index: contact_key.
func (s *Store) ImportContacts(ctx context.Context, actor, reason string, all []gateway.Contact) error {
	const op = "postgres.ImportContacts"
	if err := checkWords(op, actor, reason); err != nil {
		return err
	}
	var scopes, codes, names, units, phones, emails []string
	var from []time.Time
	var to []*time.Time
	var ids uuids
	for i := range all {
		c := &all[i]
		if err := c.Check(); err != nil {
			return fault.New(fault.Invalid, op, "contact "+strconv.Itoa(i+1)+": "+err.Msg)
		}
		ids = append(ids, uuid.New())
		scopes, codes, names, units = append(scopes, string(c.Scope)), append(codes, c.Code), append(names, c.Name), append(units, c.Unit)
		phones, emails, from, to = append(phones, c.Phone), append(emails, c.Email), append(from, c.From), append(to, zeroTime(c.To))
	}
	err := s.within(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO contact (id, scope, code, name, unit, phone, email, valid_from, valid_to)
			SELECT id, scope, code, name, unit, phone, email, valid_from, valid_to
			FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::date[])
			     AS c (id, scope, code, name, unit, phone, email, valid_from, valid_to)
			ORDER BY scope, code, name, valid_from
			ON CONFLICT ON CONSTRAINT contact_key DO UPDATE
			SET unit = EXCLUDED.unit, phone = EXCLUDED.phone, email = EXCLUDED.email, valid_to = EXCLUDED.valid_to`,
			ids, scopes, codes, names, units, phones, emails, from, to)
		if err != nil {
			return err
		}
		_, err = act(ctx, tx, operatorAction{actor: actor, action: "contacts_import", operation: "contacts", reason: reason})
		return err
	})
	return fail(err, op)
}

const contactsSQL = `
	SELECT scope, code, name, unit, phone, email, valid_from, coalesce(valid_to, '0001-01-01')
	FROM contact
	WHERE (scope, code, name, valid_from) > ($1, $2, $3, $4)
	  AND ($5::date IS NULL OR valid_from <= $5 AND coalesce(valid_to >= $5, true))
	ORDER BY scope, code, name, valid_from
	LIMIT $6`

// Contacts implements [gateway.ContactStore]. Index: contact_key, whose order it follows.
func (s *Store) Contacts(ctx context.Context, day time.Time, after gateway.ContactCursor, limit int) ([]gateway.Contact, error) {
	const op = "postgres.Contacts"
	rows, err := s.pool.Query(ctx, contactsSQL, string(after.Scope), after.Code, after.Name, after.From, zeroTime(day), within(limit, 1000))
	if err != nil {
		return nil, fail(err, op)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.Contact])
	return all, fail(err, op)
}

const contactsOfSQL = `
	SELECT DISTINCT ON (code) scope, code, name, unit, phone, email, valid_from, coalesce(valid_to, '0001-01-01')
	FROM contact
	WHERE scope = ANY ($1) AND code = ANY ($2) AND valid_from <= $3 AND coalesce(valid_to >= $3, true)
	ORDER BY code, valid_from DESC, scope, name`

// ContactsOf implements [gateway.ContactStore]. Index: contact_key.
func (s *Store) ContactsOf(ctx context.Context, day time.Time, scopes []gateway.ContactScope, codes []string) (map[string]gateway.Contact, error) {
	const op = "postgres.ContactsOf"
	names := make([]string, len(scopes))
	for i, scope := range scopes {
		names[i] = string(scope)
	}
	rows, err := s.pool.Query(ctx, contactsOfSQL, names, codes, day)
	if err != nil {
		return nil, fail(err, op)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[gateway.Contact])
	found := make(map[string]gateway.Contact, len(all))
	for _, c := range all {
		found[c.Code] = c
	}
	return found, fail(err, op)
}

var _ gateway.ContactStore = (*Store)(nil)
