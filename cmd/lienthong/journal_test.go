package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// signed makes a key and lets the node sign with it; it returns the file of the public half.
func (g *ground) signed(t *testing.T) (public string) {
	t.Helper()
	private := filepath.Join(g.dir, "journal.pem")
	code, out, errs := call(t, "journal", "keygen", "--out", private)
	require.Zero(t, code, errs)
	public = filepath.Join(g.dir, "journal.pub")
	require.NoError(t, os.WriteFile(public, []byte(out), 0o600))
	g.config.JournalKeyFile = private
	g.write(t)
	return public
}

// TestJournal pushes as a source does, and proves as an outsider does.
func TestJournal(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	g := prepare(t, pgtest.URL(t))
	public := g.signed(t)
	p := launch(t, "serve", "--work", "--config", g.file)
	var answers [][]byte
	var first world.Message
	for block := range world.New(world.Options{Seed: 7, Dossiers: 12}).Blocks() {
		for _, m := range block.Messages {
			status, body, err := g.push(t.Context(), p.told(t, "api"), "push-"+string(rune('a'+len(answers)%26))+strings.Repeat("x", len(answers)), m)
			require.NoError(t, err)
			if status == http.StatusOK {
				if len(answers) == 0 {
					first = m
				}
				answers = append(answers, body)
			}
		}
	}
	require.Eventually(t, func() bool {
		var open int
		err := pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM delivery_due) + (SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending', 'unknown'))`).Scan(&open)
		return err == nil && open == 0
	}, 2*startTime, 50*time.Millisecond)
	code, _, errs := call(t, "ops", "pause", "dvcqg", "--reason", "canary Nguyễn Thị Mật", "--actor", "canary-officer", "--config", g.file)
	require.Zero(t, code, errs)
	require.Zero(t, p.end(t, syscall.SIGTERM))

	t.Run("it verifies, with pushes, calls and actions in it", func(t *testing.T) {
		code, out, errs := call(t, "journal", "verify", "--config", g.file, "--json")
		require.Zero(t, code, out+errs)
		var r journal.Report
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Zero(t, r.Waiting, "a node that ends seals first")
		require.Positive(t, r.Signed)
		require.Zero(t, r.Unsigned)
		for _, kind := range []journal.Kind{journal.Submission, journal.Call, journal.Action} {
			require.Positive(t, r.Kinds[kind], kind)
		}
		code, out, _ = call(t, "journal", "verify", "--database-url", g.config.DatabaseURL, "--public-key", public)
		require.Zero(t, code)
		require.Contains(t, out, "The journal is whole.")
		code, out, _ = call(t, "journal", "verify", "--database-url", g.config.DatabaseURL)
		require.Zero(t, code)
		require.Contains(t, out, "not checked")
	})

	t.Run("nothing of a person is in it", func(t *testing.T) {
		var people, found int
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM journal_entry WHERE strpos(line, b.value) > 0))
			FROM identifier_binding b WHERE kind = 'person'`).Scan(&people, &found))
		require.Positive(t, people)
		require.Zero(t, found, "numbers of people")
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM journal_entry WHERE line ~ '[À-ỹ]' OR line LIKE '%canary%'`).Scan(&found))
		require.Zero(t, found, "all names here have letters that no code has")
	})

	t.Run("a receipt proves without a database, and for its message alone", func(t *testing.T) {
		file, message := filepath.Join(g.dir, "answer.json"), filepath.Join(g.dir, "message")
		require.NoError(t, os.WriteFile(file, answers[0], 0o600))
		require.NoError(t, os.WriteFile(message, first.Body, 0o600))
		code, out, errs := call(t, "journal", "receipt", file, "--public-key", public, "--message", message)
		require.Zero(t, code, errs)
		require.Contains(t, out, "genuine")
		require.NoError(t, os.WriteFile(message, append(first.Body, ' '), 0o600))
		code, _, errs = call(t, "journal", "receipt", file, "--public-key", public, "--message", message)
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Contains(t, errs, "another message")
		forged := strings.Replace(string(answers[0]), `"time":"20`, `"time":"19`, 1)
		require.NoError(t, os.WriteFile(file, []byte(forged), 0o600))
		code, _, _ = call(t, "journal", "receipt", file, "--public-key", public)
		require.Equal(t, exitCodes[fault.Invalid], code)
	})

	t.Run("an exported file proves the same, and tells what was changed in it", func(t *testing.T) {
		code, out, errs := call(t, "journal", "export", "--config", g.file)
		require.Zero(t, code, errs)
		file := filepath.Join(g.dir, "journal.jsonl")
		verify := func(text string) (int, string) {
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			code, out, errs := call(t, "journal", "verify", file, "--public-key", public)
			return code, out + errs
		}
		code, said := verify(out)
		require.Zero(t, code, said)
		code, said = verify(strings.Replace(out, `\"verdict\":\"accepted\"`, `\"verdict\":\"rejected\"`, 1))
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Contains(t, said, "was changed")
		lines := strings.SplitAfter(out, "\n")
		code, said = verify(strings.Join(append(lines[:2:2], lines[3:]...), ""))
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Contains(t, said, "the line at position 1 was removed (batch 1)")
		code, said = verify("not a journal\n")
		require.Equal(t, exitCodes[fault.Malformed], code)
		require.Contains(t, said, "line 1")
	})

	t.Run("a redaction is told and proves", func(t *testing.T) {
		code, out, errs := call(t, "journal", "redact", "1", "--reason", "order 7", "--actor", "officer", "--config", g.file)
		require.Zero(t, code, errs)
		require.Contains(t, out, "redacted 1 of 1")
		code, out, _ = call(t, "journal", "verify", "--config", g.file)
		require.Zero(t, code, out)
		require.Contains(t, out, "redacted 1")
	})

	t.Run("a line that was changed ends with the code of bad data", func(t *testing.T) {
		_, err := pool.Exec(t.Context(), `UPDATE journal_entry SET line = line || ' ' WHERE position = 2`)
		require.NoError(t, err)
		code, out, _ := call(t, "journal", "verify", "--config", g.file)
		require.Equal(t, exitCodes[fault.Invalid], code)
		require.Contains(t, out, "the line at position 2 was changed (batch ")
	})

	t.Run("a key is never written over", func(t *testing.T) {
		code, _, _ := call(t, "journal", "keygen", "--out", g.config.JournalKeyFile)
		require.Equal(t, exitCodes[fault.Usage], code)
	})
}
