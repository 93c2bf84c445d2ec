package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type opsContactsCmd struct {
	Import opsContactsImportCmd `cmd:"" help:"Take contacts from a CSV file: scope,code,name,unit,phone,email,valid_from,valid_to. All lines or none."`
	List   opsContactsListCmd   `cmd:"" help:"List who answers today, for what."`
}

type opsContactsImportCmd struct {
	File string `arg:"" help:"CSV in UTF-8 with a first line of names; - is standard input." placeholder:"FILE.csv"`
	opsOrder
}

type opsContactsListCmd struct {
	All bool `help:"Past and future ones too."`
	storeFlags
}

// contactLine is a contact as it is printed.
type contactLine struct {
	gateway.Contact
	From string `json:"valid_from"`
	To   string `json:"valid_to,omitempty"`
}

func contactLineOf(c gateway.Contact) contactLine {
	l := contactLine{Contact: c, From: c.From.Format(time.DateOnly)}
	if c.To.Year() > 1 {
		l.To = c.To.Format(time.DateOnly)
	}
	return l
}

// Run imports.
func (c *opsContactsImportCmd) Run(ctx context.Context, s *streams) error {
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	in := s.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return fault.New(fault.Usage, "ops", "the file of contacts cannot be read")
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	all, err := readContacts(in)
	if err != nil {
		return err
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		if err := store.ImportContacts(ctx, actor, c.Reason, all); err != nil {
			return usage(err)
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(map[string]int{"imported": len(all)})
		}
		_, err := fmt.Fprintf(s.out, "%d contacts imported\n", len(all))
		return err
	})
}

// usage makes a mistake of the command line of data that are not valid.
func usage(err error) error {
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Code == fault.Invalid {
		return fault.New(fault.Usage, "ops", wrong.Msg)
	}
	return err
}

var contactColumns = []string{"scope", "code", "name", "unit", "phone", "email", "valid_from", "valid_to"}

// readContacts reads the whole file before anything is stored. Messages name lines and columns, never values.
func readContacts(in io.Reader) ([]gateway.Contact, error) {
	r := csv.NewReader(in)
	r.TrimLeadingSpace = true
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fault.New(fault.Usage, "ops", "the file is no CSV with a first line of column names")
	}
	rows[0][0] = strings.TrimPrefix(rows[0][0], "\uFEFF")
	place := map[string]int{}
	for i, name := range rows[0] {
		if name = strings.ToLower(strings.TrimSpace(name)); !slices.Contains(contactColumns, name) {
			return nil, fault.New(fault.Usage, "ops", fmt.Sprintf("column %d is none of %s", i+1, strings.Join(contactColumns, ", ")))
		}
		place[name] = i
	}
	var all []gateway.Contact
	for n, row := range rows[1:] {
		of := func(name string) string {
			if i, ok := place[name]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		c := gateway.Contact{Scope: gateway.ContactScope(of("scope")), Code: of("code"), Name: of("name"), Unit: of("unit"), Phone: of("phone"), Email: of("email")}
		var bad error
		if c.From, bad = time.Parse(time.DateOnly, of("valid_from")); bad == nil && of("valid_to") != "" {
			c.To, bad = time.Parse(time.DateOnly, of("valid_to"))
		}
		if bad != nil {
			return nil, fault.New(fault.Usage, "ops", fmt.Sprintf("line %d: valid_from and valid_to are days like 2025-07-01", n+2))
		}
		if wrong := c.Check(); wrong != nil {
			return nil, fault.New(fault.Usage, "ops", fmt.Sprintf("line %d: %s", n+2, wrong.Msg))
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Usage, "ops", "the file has no contacts")
	}
	return all, nil
}

// Run lists contacts.
func (c *opsContactsListCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		day := gateway.Day(time.Now())
		if c.All {
			day = time.Time{}
		}
		lines := []contactLine{}
		for after := (gateway.ContactCursor{}); ; {
			page, err := store.Contacts(ctx, day, after, 1000)
			if err != nil {
				return err
			}
			if len(page) == 0 {
				break
			}
			for _, one := range page {
				lines = append(lines, contactLineOf(one))
			}
			after = gateway.CursorOf(page[len(page)-1])
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(lines)
		}
		if len(lines) == 0 {
			return s.nothing("Chưa có đầu mối liên hệ nào (nhập bằng ops contacts import).", "Nobody is known to answer for anything (see ops contacts import).")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, l := range lines {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Scope, l.Code, l.Name, l.Unit, l.Phone, l.Email, l.From, l.To); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}
