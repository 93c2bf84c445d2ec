package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

// evidenceCmd shows what was sent, and ends what may no longer be shown.
type evidenceCmd struct {
	Show    evidenceShowCmd    `cmd:"" help:"What was sent for a dossier, call by call; masked unless --reveal."`
	Destroy evidenceDestroyCmd `cmd:"" help:"Destroy the keys of months before one: what they sealed can be read by nobody any more."`
}

type evidenceShowCmd struct {
	Number string `arg:"" help:"Number of the dossier."`
	Reveal bool   `help:"Show personal values too."`
	storeFlags
}

type evidenceDestroyCmd struct {
	Before string `help:"First month that stays, as 2026-08." required:"" placeholder:"MONTH"`
	Yes    bool   `help:"Do it; without, it is only said what would happen."`
	storeFlags
}

// sentLine is one call, as it is printed.
type sentLine struct {
	At          time.Time         `json:"at"`
	Destination string            `json:"destination"`
	Operation   gateway.Operation `json:"operation"`
	Outcome     string            `json:"outcome"`
	Cause       string            `json:"cause,omitempty"`
	HTTPStatus  int               `json:"http_status,omitempty"`
	Node        string            `json:"node"`
	SHA256      string            `json:"sha256,omitempty"`
	Body        json.RawMessage   `json:"body,omitempty"` // its parts as a list
	Missing     string            `json:"missing,omitempty"`
}

// Run prints the calls, oldest first.
func (c *evidenceShowCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(settings config.Config, db *postgres.Store) error {
		store, err := newEvidence(settings, db, s.getenv)
		if err != nil {
			return err
		}
		calls, err := store.Sent(ctx, c.Number)
		if err != nil {
			return err
		}
		if len(calls) == 0 {
			return fault.New(fault.NotFound, "evidence", "nothing was sent for such a dossier")
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

func sentOf(ctx context.Context, vault *gateway.Vault, call gateway.SentCall, reveal bool) sentLine {
	line := sentLine{
		At: call.StartedAt, Destination: call.Destination, Operation: call.Operation, Outcome: string(call.Outcome), Cause: call.Cause,
		HTTPStatus: call.HTTPStatus, Node: call.Node, SHA256: hex.EncodeToString(call.SHA256),
	}
	if call.Sealed == nil {
		if call.Operation != gateway.OpLookup {
			line.Missing = "the body was not kept"
		}
		return line
	}
	plain, err := vault.Open(ctx, call.StartedAt, call.Attempt, call.EntityID, call.Sealed)
	if err != nil {
		line.Missing = string(fault.CodeOf(err))
		return line
	}
	body := append(append([]byte("["), bytes.ReplaceAll(plain, []byte("\n"), []byte(","))...), ']')
	if !reveal {
		body = gateway.MaskBody(body)
	}
	line.Body = body
	return line
}

func (c *evidenceShowCmd) print(s *streams, line sentLine) error {
	if c.JSON {
		return json.NewEncoder(s.out).Encode(line)
	}
	_, err := fmt.Fprintf(s.out, "%s %s %s %s %s\n  sha256 %s\n", line.At.Format(time.RFC3339), line.Destination, line.Operation, line.Outcome, line.Cause, line.SHA256)
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
	before, err := time.Parse("2006-01", c.Before)
	if err != nil {
		return fault.New(fault.Usage, "evidence", "--before is a month like 2026-08")
	}
	if !before.Before(time.Now().AddDate(0, -1, 0)) {
		return fault.New(fault.Usage, "evidence", "the key of this month and of the last one stay: calls of theirs may still be open")
	}
	if !c.Yes {
		_, err := fmt.Fprintf(s.out, "would destroy the keys of all months before %s; repeat with --yes. This cannot be undone.\n", c.Before)
		return err
	}
	return c.open(ctx, s, func(settings config.Config, db *postgres.Store) error {
		store, err := newEvidence(settings, db, s.getenv)
		if err != nil {
			return err
		}
		n, err := store.DestroyEvidence(ctx, before)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(s.out, "destroyed the keys of %d months\n", n)
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
