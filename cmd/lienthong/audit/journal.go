package audit

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// journalStamp is how times stand in the journal.
const journalStamp = "2006-01-02T15:04:05.000000Z"

// sealDelay is how long a line may wait to be sealed, seen from the newest line; a second by the design.
const sealDelay = 5 * time.Second

// said is a line of the journal as far as the checker reads it.
type said struct {
	Kind        string    `json:"kind"`
	At          time.Time `json:"at"`
	ID          string    `json:"id"`
	SHA256      string    `json:"sha256"`
	Destination string    `json:"destination"`
	Entity      string    `json:"entity"`
	Outcome     string    `json:"outcome"`
	Digest      string    `json:"digest"`
}

// callKey names one attempt for one entity.
type callKey struct{ attempt, entity string }

// told is everything that the journal says.
type told struct {
	messages map[string][]string // submission → SHA-256 of each line about it
	calls    map[callKey][]string
	actions  map[string]string // id → digest
	refusals map[string]bool
	newest   time.Time
}

func (t *told) add(line string) error {
	var l said
	if err := json.Unmarshal([]byte(line), &l); err != nil {
		return errors.New("a line is not JSON")
	}
	if l.At.After(t.newest) {
		t.newest = l.At
	}
	switch l.Kind {
	case "submission":
		t.messages[l.ID] = append(t.messages[l.ID], l.SHA256)
	case "call":
		k := callKey{l.ID, l.Entity}
		t.calls[k] = append(t.calls[k], l.Outcome)
	case "action":
		t.actions[l.ID] = l.Digest
	case "refusal":
		t.refusals[l.ID] = true
	}
	return nil
}

// checkJournal proves I6: the chain of the journal holds, and what was
// acknowledged, sent and ordered stands in it.
func checkJournal(ctx context.Context, w *world, s *store, keyFile string) (Check, error) {
	c := Check{ID: "I6", Title: "the journal verifies, and everything acknowledged, sent and ordered is in it"}
	key, err := readKey(keyFile)
	if err != nil {
		return c, err
	}
	t := &told{messages: map[string][]string{}, calls: map[callKey][]string{}, actions: map[string]string{}, refusals: map[string]bool{}}
	if err := checkChain(ctx, &c, s, key, t); err != nil {
		return c, err
	}
	if err := checkWaiting(ctx, &c, s, t); err != nil {
		return c, err
	}
	for _, covers := range []func(context.Context, *Check, *store, *told) error{w.coveredMessages, coveredCalls, coveredActions, coveredRefusals} {
		if err := covers(ctx, &c, s, t); err != nil {
			return c, err
		}
	}
	return c, nil
}

func readKey(path string) (ed25519.PublicKey, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // a run of before there were keys
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the journal's public key is no PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, is := parsed.(ed25519.PublicKey)
	if !is {
		return nil, errors.New("the journal's public key is not of ed25519")
	}
	return key, nil
}

// checkChain follows the batches and hashes every line.
func checkChain(ctx context.Context, c *Check, s *store, key ed25519.PublicKey, t *told) error {
	batches, err := s.sealed(ctx)
	if err != nil {
		return err
	}
	next, previous := int64(1), make([]byte, sha256.Size)
	for i := range batches {
		b := &batches[i]
		switch {
		case b.number != int64(i+1) || b.first != next:
			c.violate("batch %d from position %d stands where batch %d from position %d belongs", b.number, b.first, i+1, next)
		case !bytes.Equal(b.previous, previous):
			c.violate("batch %d does not name the one before it", b.number)
		case key != nil && !ed25519.Verify(key, b.header(), b.signature):
			c.violate("the signature of batch %d is wrong", b.number)
		}
		lines, err := s.lines(ctx, b.first, b.first+int64(b.count)-1)
		if err != nil {
			return err
		}
		checkLines(c, b, lines, t)
		sum := sha256.Sum256(b.header())
		next, previous = b.first+int64(b.count), sum[:]
	}
	left, err := s.count(ctx, `SELECT count(*) FROM journal_entry WHERE position >= $1`, next)
	if err == nil && left > 0 {
		c.violate("%d lines stand behind the last batch", left)
	}
	return err
}

// checkLines compares the lines of a batch with its root.
func checkLines(c *Check, b *sealedBatch, lines []sealedLine, t *told) {
	hashes := make([][]byte, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		c.Checked++
		if l.position != b.first+int64(i) {
			c.violate("position %d of batch %d holds position %d", b.first+int64(i), b.number, l.position)
		}
		if l.text == nil { // redacted: its hash stands with the batch
			if end := (i + 1) * sha256.Size; end <= len(b.leaves) {
				hashes = append(hashes, b.leaves[end-sha256.Size:end])
			}
			continue
		}
		sum := sha256.Sum256(append([]byte{0}, *l.text...))
		hashes = append(hashes, sum[:])
		if err := t.add(*l.text); err != nil {
			c.violate("position %d: %v", l.position, err)
		}
	}
	if len(hashes) != b.count || !bytes.Equal(merkle(hashes), b.root) {
		c.violate("the lines of batch %d (positions %d to %d) do not lead to its root", b.number, b.first, b.first+int64(b.count)-1)
	}
}

// merkle is the tree hash of RFC 6962, level by level: what has no neighbour goes up as it is.
func merkle(level [][]byte) []byte {
	if len(level) == 0 {
		sum := sha256.Sum256(nil)
		return sum[:]
	}
	for len(level) > 1 {
		var up [][]byte
		for i := 0; i+1 < len(level); i += 2 {
			sum := sha256.Sum256(bytes.Join([][]byte{{1}, level[i], level[i+1]}, nil))
			up = append(up, sum[:])
		}
		if len(level)%2 == 1 {
			up = append(up, level[len(level)-1])
		}
		level = up
	}
	return level[0]
}

// checkWaiting counts lines that are not sealed yet as said, when they are young.
func checkWaiting(ctx context.Context, c *Check, s *store, t *told) error {
	waiting, err := s.waiting(ctx)
	if err != nil {
		return err
	}
	for _, line := range waiting {
		if err := t.add(line); err != nil {
			c.violate("a line that waits: %v", err)
		}
	}
	for _, line := range waiting {
		var l said
		if json.Unmarshal([]byte(line), &l) == nil && t.newest.Sub(l.At) > sealDelay {
			c.violate("a line about %s %s of %s is not sealed yet", l.Kind, l.ID, l.At.Format(time.RFC3339))
		}
	}
	return nil
}

// coveredMessages proves that each acknowledged message has one line with the hash of its bytes.
func (w *world) coveredMessages(ctx context.Context, c *Check, s *store, t *told) error {
	older, err := s.beforeJournal(ctx)
	if err != nil {
		return err
	}
	for i := range w.answered {
		m := &w.answered[i]
		c.Checked++
		switch lines := t.messages[m.Submission]; {
		case len(lines) == 0 && older[m.Submission]:
		case len(lines) != 1:
			c.violate("submission %s has %d lines in the journal", m.Submission, len(lines))
		case lines[0] != m.SHA256:
			c.violate("the journal has other bytes for submission %s", m.Submission)
		}
	}
	return nil
}

// coveredCalls proves that attempts and lines are the same, each once.
func coveredCalls(ctx context.Context, c *Check, s *store, t *told) error {
	rows, err := s.journalledAttempts(ctx)
	if err != nil {
		return err
	}
	for k, outcomes := range rows {
		c.Checked++
		if lines := t.calls[k]; strings.Join(lines, " ") != strings.Join(outcomes, " ") {
			c.violate("attempt %s for entity %s: stored %v, in the journal %v", k.attempt, k.entity, outcomes, lines)
		}
	}
	for k := range t.calls {
		if _, is := rows[k]; !is {
			c.violate("attempt %s for entity %s is in the journal and not stored", k.attempt, k.entity)
		}
	}
	return nil
}

// coveredActions proves that what operators did stands in the journal as it stands in the store.
func coveredActions(ctx context.Context, c *Check, s *store, t *told) error {
	actions, err := s.actions(ctx)
	if err != nil {
		return err
	}
	for _, a := range actions {
		c.Checked++
		if digest, is := t.actions[a.id]; !is {
			c.violate("the action %s is not in the journal", a.id)
		} else if digest != a.digest() {
			c.violate("the action %s was changed after it was journalled", a.id)
		}
	}
	return nil
}

func coveredRefusals(ctx context.Context, c *Check, s *store, t *told) error {
	ids, err := s.refusals(ctx)
	for _, id := range ids {
		c.Checked++
		if !t.refusals[id] {
			c.violate("the refusal %s is not in the journal", id)
		}
	}
	return err
}

// header are the bytes of a batch that are hashed and signed.
func (b *sealedBatch) header() []byte {
	return fmt.Appendf(nil, "lienthong/journal/batch/v1\n%d\n%d\n%d\n%s\n%x\n%x\n%s\n",
		b.number, b.first, b.count, b.at.UTC().Format(journalStamp), b.root, b.previous, b.key)
}

// digest is what the journal has of an action's row.
func (a *storedAction) digest() string {
	h := sha256.New()
	for _, text := range []string{a.id, a.at.UTC().Format(journalStamp), a.actor, a.action, a.destination, a.operation, a.reason} {
		_, _ = fmt.Fprintf(h, "%d:%s", len(text), text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
