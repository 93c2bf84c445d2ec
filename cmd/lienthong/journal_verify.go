package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

type journalVerifyCmd struct {
	File      string   `arg:"" optional:"" help:"Exported journal instead of the database; - is standard input." type:"path"`
	PublicKey []string `help:"File with public keys, in PEM; instead of those of the configuration. Repeatable." placeholder:"FILE" sep:"none"`
	Head      []string `help:"A head that was noted before, as verify prints it: it has to be in the chain. Repeatable." placeholder:"BATCH:HASH" sep:"none"`
	storeFlags
}

// errTampered ends a verification that found something; the findings have been printed.
var errTampered = &fault.Error{Code: fault.Invalid, Op: "journal verify", Err: errSilent}

// Run verifies, and ends with the exit code of bad data when something is wrong.
func (c *journalVerifyCmd) Run(ctx context.Context, s *streams) error {
	marks, err := parseHeads(c.Head)
	if err != nil {
		return err
	}
	began := time.Now()
	report, keys, err := c.verify(ctx, s, marks)
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(s.out).Encode(report)
	} else {
		err = printJournal(s.out, report, keys, time.Since(began))
	}
	if err == nil && !report.OK {
		err = errTampered
	}
	return err
}

func (c *journalVerifyCmd) verify(ctx context.Context, s *streams, marks []journal.HeadMark) (report journal.Report, keys int, err error) {
	if c.File != "" {
		trust, err := trusted(c.PublicKey, config.Config{}, s.getenv)
		if err != nil {
			return report, 0, err
		}
		in, err := openInput(c.File, s)
		if err != nil {
			return report, 0, err
		}
		defer func() { _ = in.Close() }()
		v := journal.NewVerifier(trust, marks...)
		err = journal.VerifyFile(in, v)
		return v.Report(), len(trust), err
	}
	err = c.open(ctx, s, func(settings config.Config, db *postgres.Store) error {
		trust, err := trusted(c.PublicKey, settings, s.getenv)
		if err != nil {
			return err
		}
		keys = len(trust)
		v := journal.NewVerifier(trust, marks...)
		report, err = db.VerifyJournal(ctx, v)
		return err
	})
	return report, keys, err
}

func openInput(path string, s *streams) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(s.in), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.Usage, "journal", "the file cannot be read")
	}
	return file, nil
}

func parseHeads(texts []string) ([]journal.HeadMark, error) {
	var marks []journal.HeadMark
	for _, text := range texts {
		number, hash, _ := strings.Cut(text, ":")
		var m journal.HeadMark
		var err error
		if m.Batch, err = strconv.ParseInt(number, 10, 64); err != nil || m.Hash.UnmarshalText([]byte(hash)) != nil {
			return nil, fault.New(fault.Usage, "journal", "--head is a batch and its hash, as verify prints it: 812:5f…")
		}
		marks = append(marks, m)
	}
	return marks, nil
}

// printJournal says what was checked, and then what is wrong.
func printJournal(out io.Writer, r journal.Report, keys int, took time.Duration) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Checked: %d lines in %d batches, sealed from %s to %s, in %s.\n", r.Lines, r.Batches, stampOf(r.From), stampOf(r.To), took.Round(time.Millisecond))
	var kinds []string
	for kind, n := range r.Kinds {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, n))
	}
	slices.Sort(kinds)
	fmt.Fprintf(&b, "Lines: %s; redacted %d; not sealed yet %d.\n", strings.Join(kinds, ", "), r.Redacted, r.Waiting)
	switch {
	case keys == 0 && r.Unchecked > 0:
		fmt.Fprintf(&b, "Signatures: not checked, no public key was given (--public-key). Whoever can write the database could have made this journal.\n")
	case r.Signed == 0:
		fmt.Fprintf(&b, "Signatures: none. Whoever can write the database could have made this journal.\n")
	default:
		fmt.Fprintf(&b, "Signatures: %d batches signed, %d not signed, with %d public keys.\n", r.Signed, r.Unsigned, keys)
	}
	fmt.Fprintf(&b, "Head: %d:%s (note it elsewhere; --head proves later that nothing was cut off)\n", r.Head.Batch, r.Head.Hash)
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "  WRONG  %-14s  %s (batch %d)\n", f.Problem, f.Detail, f.Batch)
	}
	if more := r.Wrong - int64(len(r.Findings)); more > 0 {
		fmt.Fprintf(&b, "  and %d more\n", more)
	}
	if r.OK {
		b.WriteString("The journal is whole.\n")
	} else {
		fmt.Fprintf(&b, "The journal is NOT whole: %d findings.\n", r.Wrong)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func stampOf(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
