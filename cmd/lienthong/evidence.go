package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

// evidenceCmd shows what was sent, and ends what may no longer be shown.
type evidenceCmd struct {
	Show    evidenceShowCmd    `cmd:"" help:"What was sent for a dossier or another entity, call by call; masked unless --reveal."`
	Drop    evidenceDropCmd    `cmd:"" help:"Retention: drop the attempts of months before one, and destroy their keys with them."`
	Destroy evidenceDestroyCmd `cmd:"" help:"Destroy the keys of months before one: what they sealed can be read by nobody any more."`
}

type evidenceShowCmd struct {
	Number string `arg:"" help:"Number of the dossier, or kind and id of an entity: land_parcel/0190c3d2-…"`
	Reveal bool   `help:"Show personal values too."`
	storeFlags
}

type evidenceDestroyCmd struct{ evidenceEnd }

type evidenceDropCmd struct{ evidenceEnd }

// evidenceEnd names the months that end.
type evidenceEnd struct {
	Before string `help:"First month that stays, as 2026-08." required:"" placeholder:"MONTH"`
	Yes    bool   `help:"Do it; without, it is only said what would happen."`
	storeFlags
}

// sentLine is one call, as it is printed.
type sentLine struct {
	At          time.Time         `json:"at"`
	EndedAt     time.Time         `json:"ended_at"`
	Destination string            `json:"destination"`
	Operation   gateway.Operation `json:"operation"`
	Revision    int64             `json:"revision"` // of the entity
	Outcome     string            `json:"outcome"`
	Shelf       gateway.Shelf     `json:"shelf,omitempty"`
	Cause       string            `json:"cause,omitempty"`
	HTTPStatus  int               `json:"http_status,omitempty"`
	Attempt     uuid.UUID         `json:"attempt"`
	Node        string            `json:"node"`
	Run         string            `json:"run,omitempty"`    // of the lane
	Action      *sentAction       `json:"action,omitempty"` // of an operator; without, the data caused it
	SHA256      string            `json:"sha256,omitempty"`
	Body        json.RawMessage   `json:"body,omitempty"` // its parts as a list
	Missing     string            `json:"missing,omitempty"`
}

// sentAction is what an operator did to cause a call.
type sentAction struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Reason string    `json:"reason"`
}

// Run prints the calls, oldest first.
func (c *evidenceShowCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, db *postgres.Store) error {
		store, err := newEvidence(settings, db, s.getenv)
		if err != nil {
			return err
		}
		calls, err := c.calls(ctx, store)
		if err == nil && len(calls) == 0 || fault.CodeOf(err) == fault.NotFound {
			return fault.New(fault.NotFound, "evidence", "nothing was sent for such a dossier or entity")
		}
		if err != nil {
			return err
		}
		vault := gateway.NewVault(store)
		for _, call := range calls {
			if err := c.print(s, sentOf(ctx, vault, call, c.Reveal)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *evidenceShowCmd) calls(ctx context.Context, store *postgres.Evidence) ([]gateway.SentCall, error) {
	_, id, err := entityOf(c.Number)
	if err != nil {
		if id, err = store.DossierID(ctx, c.Number); err != nil {
			return nil, err
		}
	}
	return store.Sent(ctx, id)
}

func sentOf(ctx context.Context, vault *gateway.Vault, call gateway.SentCall, reveal bool) sentLine {
	line := sentLine{
		At: call.StartedAt, EndedAt: call.EndedAt, Destination: call.Destination, Operation: call.Operation, Revision: call.Revision,
		Outcome: string(call.Outcome), Shelf: call.Shelf, Cause: call.Cause, HTTPStatus: call.HTTPStatus,
		Attempt: call.Attempt, Node: call.Node, SHA256: hex.EncodeToString(call.SHA256),
	}
	if call.Run != uuid.Nil {
		line.Run = call.Run.String()
	}
	if a := call.Action; a != nil {
		line.Action = &sentAction{At: a.At, Actor: a.Actor, Action: a.Action, Reason: a.Reason}
	}
	if call.Operation == gateway.OpLookup {
		return line
	}
	sent, err := vault.Outbound(ctx, call)
	if err != nil {
		line.Missing = missing(err)
		return line
	}
	body := append(append([]byte("["), bytes.Join(sent.Parts, []byte(","))...), ']')
	if !reveal {
		body = gateway.MaskBody(body)
	}
	line.Body = body
	return line
}

// missing says why there is no body.
func missing(err error) string {
	for _, why := range []error{gateway.ErrDestroyed, gateway.ErrNotKept} {
		if errors.Is(err, why) {
			return why.Error()
		}
	}
	return string(fault.CodeOf(err))
}

func (c *evidenceShowCmd) print(s *streams, line sentLine) error {
	if c.JSON {
		return json.NewEncoder(s.out).Encode(line)
	}
	_, err := fmt.Fprintf(s.out, "%s %s %s %s %s\n  attempt %s by %s\n  sha256 %s\n",
		onClock(line.At), line.Destination, line.Operation, line.Outcome, line.Cause, line.Attempt, line.Node, line.SHA256)
	if a := line.Action; err == nil && a != nil {
		_, err = fmt.Fprintf(s.out, "  because of %s: %s (%s)\n", a.Actor, a.Action, a.Reason)
	}
	if err == nil && line.Missing != "" {
		_, err = fmt.Fprintf(s.out, "  %s\n", line.Missing)
	}
	if err == nil && line.Body != nil {
		_, err = fmt.Fprintf(s.out, "%s\n", line.Body)
	}
	return err
}

// Run ends the keys.
func (c *evidenceDestroyCmd) Run(ctx context.Context, s *streams) error {
	return c.end(ctx, s, "destroy the keys", func(store *postgres.Evidence, before time.Time) (any, string, error) {
		n, err := store.DestroyEvidence(ctx, before)
		return gateway.Dropped{Keys: n, Tables: []string{}}, fmt.Sprintf("destroyed the keys of %d months", n), err
	})
}

// Run ends attempts and keys.
func (c *evidenceDropCmd) Run(ctx context.Context, s *streams) error {
	return c.end(ctx, s, "drop the attempts and destroy the keys", func(store *postgres.Evidence, before time.Time) (any, string, error) {
		done, err := store.DropEvidence(ctx, before)
		return done, fmt.Sprintf("dropped %d months of attempts and destroyed the keys of %d", len(done.Tables), done.Keys), err
	})
}

// end asks twice before it does what cannot be undone.
func (c *evidenceEnd) end(ctx context.Context, s *streams, what string, do func(*postgres.Evidence, time.Time) (any, string, error)) error {
	before, err := time.Parse("2006-01", c.Before)
	if err != nil {
		return fault.New(fault.Usage, "evidence", "--before is a month like 2026-08")
	}
	if !before.Before(time.Now().AddDate(0, -1, 0)) {
		return fault.New(fault.Usage, "evidence", "this month and the last one stay: calls of theirs may still be open")
	}
	if !c.Yes {
		_, err := fmt.Fprintf(s.out, "would %s of all months before %s; repeat with --yes. This cannot be undone.\n", what, c.Before)
		return err
	}
	return c.open(ctx, s, func(settings config.Config, db *postgres.Store) error {
		store, err := newEvidence(settings, db, s.getenv)
		if err != nil {
			return err
		}
		done, words, err := do(store, before)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(done)
		}
		_, err = fmt.Fprintln(s.out, words)
		return err
	})
}

// newEvidence returns the evidence of a database under the configured secret.
func newEvidence(c config.Config, db *postgres.Store, getenv func(string) string) (*postgres.Evidence, error) {
	if c.EvidenceKeyFile == "" && c.EvidenceKeyEnv == "" {
		return postgres.NewEvidence(db, nil)
	}
	secret, err := config.Secret(c.EvidenceKeyFile, c.EvidenceKeyEnv, getenv)
	if err != nil {
		return nil, err
	}
	return postgres.NewEvidence(db, []byte(secret))
}
