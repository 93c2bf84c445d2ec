package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

type journalReceiptCmd struct {
	File      string   `arg:"" help:"Answer of the API to a push, or of GET /v1/submissions/{id}/receipt; - is standard input." type:"path"`
	PublicKey []string `help:"File with public keys, in PEM. Repeatable." required:"" placeholder:"FILE" sep:"none"`
	Message   string   `help:"The message itself, to prove that it is the one of the receipt; for a receipt of one message." type:"path" placeholder:"FILE"`
	JSON      bool     `help:"Print as JSON." name:"json"`
}

// keptReceipt is a receipt as the API answers it.
type keptReceipt struct {
	Receipt *struct {
		journal.Receipt
		SubmissionID uuid.UUID    `json:"submission_id"`
		SHA256       journal.Hash `json:"sha256"`
	} `json:"receipt"`
	Results []struct {
		SubmissionID uuid.UUID    `json:"submission_id"`
		SHA256       journal.Hash `json:"sha256"`
	} `json:"results"`
	Journal *journal.Proof `json:"journal"`
}

// provenReceipt is what a receipt proves.
type provenReceipt struct {
	OK       bool      `json:"ok"`
	Time     time.Time `json:"time"`
	KeyID    string    `json:"key_id"`
	Messages int       `json:"messages"`
	Position int64     `json:"position,omitempty"` // in the journal, where the file tells
	Batch    int64     `json:"batch,omitempty"`
}

// Run proves signature, message and place in the journal, as far as the file tells.
func (c *journalReceiptCmd) Run(s *streams) error {
	const op = "journal receipt"
	keys, err := trusted(c.PublicKey, config.Config{}, s.getenv)
	if err != nil {
		return err
	}
	in, err := openInput(c.File, s)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	text, err := io.ReadAll(in)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	var kept keptReceipt
	if json.Unmarshal(text, &kept) != nil || kept.Receipt == nil {
		return fault.New(fault.Malformed, op, "the file holds no receipt of the API")
	}
	items := kept.items()
	if err := kept.Receipt.Verify(items, keys); err != nil {
		return err
	}
	if c.Message != "" {
		if err := sameMessage(c.Message, items); err != nil {
			return err
		}
	}
	proven := provenReceipt{OK: true, Time: kept.Receipt.Time, KeyID: kept.Receipt.KeyID, Messages: len(items)}
	if p := kept.Journal; p != nil {
		if err := proves(p, items, keys); err != nil {
			return err
		}
		proven.Position, proven.Batch = p.Position, p.Batch.Number
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(proven)
	}
	_, err = fmt.Fprintf(s.out, "The receipt is genuine: %d message(s), received %s, signed with key %s.\n", proven.Messages, journal.Stamp(proven.Time), proven.KeyID)
	if err == nil && proven.Position > 0 {
		_, err = fmt.Fprintf(s.out, "It stands in the journal at position %d, batch %d.\n", proven.Position, proven.Batch)
	}
	return err
}

func (k *keptReceipt) items() []journal.Item {
	if k.Receipt.SubmissionID != uuid.Nil {
		return []journal.Item{{ID: k.Receipt.SubmissionID, SHA256: k.Receipt.SHA256}}
	}
	items := make([]journal.Item, len(k.Results))
	for i, r := range k.Results {
		items[i] = journal.Item{ID: r.SubmissionID, SHA256: r.SHA256}
	}
	return items
}

func sameMessage(path string, items []journal.Item) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return fault.New(fault.Usage, "journal receipt", "the message cannot be read")
	}
	if len(items) != 1 || items[0].SHA256 != sha256.Sum256(body) {
		return fault.New(fault.Invalid, "journal receipt", "the receipt is for another message")
	}
	return nil
}

// proves checks the proof, and that its line is about the message of the receipt.
func proves(p *journal.Proof, items []journal.Item, keys journal.Keys) error {
	if err := p.Verify(keys); err != nil {
		return err
	}
	if p.Line == "" { // redacted: the hash alone speaks
		return nil
	}
	head, err := journal.ParseHead(p.Line)
	if err != nil || len(items) != 1 || head.Kind != journal.Submission || head.ID != items[0].ID ||
		!strings.Contains(p.Line, `"sha256":"`+items[0].SHA256.String()+`"`) {
		return fault.New(fault.Invalid, "journal receipt", "the line of the journal is about another message")
	}
	return nil
}
