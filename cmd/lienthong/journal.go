package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// journalCmd is all that is asked of the journal (docs/adr/0025-journal.md).
type journalCmd struct {
	Verify  journalVerifyCmd  `cmd:"" help:"Prove that nothing in the journal was changed, removed, re-ordered or inserted. Needs the database or an exported file, and the public key."`
	Receipt journalReceiptCmd `cmd:"" help:"Prove a receipt that the API has answered, without a database."`
	Export  journalExportCmd  `cmd:"" help:"Write the journal as JSON lines, for somebody who verifies it elsewhere."`
	Redact  journalRedactCmd  `cmd:"" help:"Take the details out of lines; their hashes stay, and the journal still proves."`
	Keygen  journalKeygenCmd  `cmd:"" help:"Make a key that signs the journal; its public half is printed, for those who verify."`
}

type journalKeygenCmd struct {
	Out string `help:"New file for the private key." required:"" type:"path" placeholder:"FILE"`
}

// Run makes a key. A file that is there is not written over: what it signed could never be proved again.
func (c *journalKeygenCmd) Run(s *streams) error {
	private, public, err := journal.GeneratePEM()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Usage, "journal", "the file is there already; a key is never written over")
	}
	if err != nil {
		return fault.New(fault.Usage, "journal", "the file cannot be written")
	}
	_, err = file.Write(private)
	if err = errors.Join(err, file.Close()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "journal")
	}
	_, err = fmt.Fprintf(s.out, "%s", public)
	return err
}

// journalKey is the configured key, nil without one.
func journalKey(c config.Config, getenv func(string) string) (*journal.Key, error) {
	if c.JournalKeyFile == "" && c.JournalKeyEnv == "" {
		return nil, nil
	}
	secret, err := config.Secret(c.JournalKeyFile, c.JournalKeyEnv, getenv)
	if err != nil {
		return nil, err
	}
	return journal.ParseKey(secret)
}

// trusted are the public keys of files, else those of the configuration: its own, and those before it.
func trusted(files []string, c config.Config, getenv func(string) string) (journal.Keys, error) {
	keys := journal.Keys{}
	if len(files) == 0 {
		own, err := journalKey(c, getenv)
		if err != nil {
			return nil, err
		}
		if own != nil {
			keys = own.Keys()
		}
		if c.JournalPublicKeysFile != "" {
			files = []string{c.JournalPublicKeysFile}
		}
	}
	for _, file := range files {
		text, err := config.Secret(file, "", getenv)
		if err != nil {
			return nil, err
		}
		more, err := journal.ParseKeys([]byte(text))
		if err != nil {
			return nil, err
		}
		for id, key := range more {
			keys[id] = key
		}
	}
	return keys, nil
}

type journalExportCmd struct {
	storeFlags
}

// Run writes all that is sealed.
func (c *journalExportCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, db *postgres.Store) error {
		w, err := journal.NewWriter(s.out)
		if err != nil {
			return err
		}
		if err := db.FollowJournal(ctx, w.Batch, func(*journal.Stored) {}); err != nil {
			return err
		}
		return w.Close()
	})
}

type journalRedactCmd struct {
	Positions []int64 `arg:"" help:"Positions of the lines, as verify, export and receipts name them."`
	Reason    string  `help:"Why. Kept for good, so without names of citizens." required:"" placeholder:"TEXT"`
	Actor     string  `help:"Who says so; default the user of this session." placeholder:"NAME"`
	storeFlags
}

// Run redacts, and says how many.
func (c *journalRedactCmd) Run(ctx context.Context, s *streams) error {
	actor := cmp.Or(c.Actor, s.getenv("SUDO_USER"), s.getenv("USER"), s.getenv("LOGNAME"))
	return c.open(ctx, s, func(_ config.Config, db *postgres.Store) error {
		n, err := db.RedactJournal(ctx, c.Positions, actor, c.Reason)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(map[string]int{"redacted": n})
		}
		_, err = fmt.Fprintf(s.out, "redacted %d of %d lines; their hashes stay\n", n, len(c.Positions))
		return err
	})
}
