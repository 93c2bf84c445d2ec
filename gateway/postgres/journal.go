package postgres

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/journal"
)

// journalSQL appends the lines of one transaction, in it, to what the sealer
// takes: one row however many they are.
const journalSQL = `INSERT INTO journal_inbox (count, lines) VALUES ($1, $2)`

// lineFeed separates the lines of one transaction; JSON has none within.
const lineFeed = "\n"

// noted is that of one line within another statement, as a clause of its WITH.
func noted(parameter string) string {
	return `noted AS (INSERT INTO journal_inbox (count, lines) VALUES (1, ` + parameter + `::text))`
}

// note appends lines in a transaction. Whoever does something that has to be in
// the journal calls it there, so that neither is without the other.
func note(ctx context.Context, tx pgx.Tx, lines ...string) error {
	if len(lines) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, journalSQL, len(lines), strings.Join(lines, lineFeed))
	return err
}

// conclude saves answers for repeated requests and appends to the journal, in one trip to the server.
func (in *ingestion) conclude(ctx context.Context) error {
	batch := &pgx.Batch{}
	if err := in.saveAnswers(batch); err != nil {
		return err
	}
	if lines := in.journalLines(); len(lines) > 0 {
		batch.Queue(journalSQL, len(lines), strings.Join(lines, lineFeed))
	}
	if batch.Len() == 0 {
		return nil
	}
	return in.tx.SendBatch(ctx, batch).Close()
}

// journalLines are one for each message that was judged.
func (in *ingestion) journalLines() []string {
	var lines []string
	for i := range in.units {
		u := &in.units[i]
		if u.skip {
			continue
		}
		for j := range u.Submissions {
			lines = append(lines, in.submissionLine(u, j))
		}
	}
	return lines
}

// submissionLine says what a message was and what was decided about it: hashes,
// ids and codes. The source's own ids stay out, since a register may use the
// number of a person as one.
func (in *ingestion) submissionLine(u *unitState, j int) string {
	sub := &u.Submissions[j]
	line := journal.NewLine(journal.Submission, in.now, sub.ID).Text("source", sub.Source).Hex("sha256", sub.SHA256[:])
	line.Text("adapter", sub.Adapter).Int("version", int64(sub.AdapterVersion)).Text("code", string(sub.Code))
	return in.verdicts(line, sub, u.answer.Results[j].Records).String()
}

// verdicts adds what was decided about each record of a message, and about the people
// and organisations that it names: to which entities they were linked, and how many were not.
func (in *ingestion) verdicts(line *journal.Line, sub *gateway.Submission, results []gateway.RecordResult) *journal.Line {
	return line.List("records", len(results), func(k int, l *journal.Line) {
		r := &results[k]
		l.Text("verdict", string(r.Verdict)).Text("kind", string(r.Kind)).Int("revision", r.Revision)
		if r.EntityID != nil {
			l.ID("entity", *r.EntityID)
		}
		if k >= len(sub.Records) { // refused by the adapter
			return
		}
		said := &sub.Records[k]
		if r.Verdict == gateway.Accepted || r.Verdict == gateway.NeedsReview {
			l.Hex("hash", said.Sealed.Hash[:])
		}
		if st := in.records[said.Key()]; st != nil && st.newest == said {
			st.decided(l)
		}
	})
}

// decided adds the identity decisions about the mentions of a record.
func (st *recordState) decided(l *journal.Line) {
	var links []uuid.UUID
	unlinked, contradicted := 0, 0
	for i := range st.mentions {
		switch m := &st.mentions[i]; {
		case m.entityID != uuid.Nil:
			links = append(links, m.entityID)
		case m.ground == gateway.GroundContradiction:
			contradicted++
		default:
			unlinked++
		}
	}
	l.IDs("links", links).Int("unlinked", int64(unlinked)).Int("contradicted", int64(contradicted))
}

// noteReread appends what reading stored messages again has changed.
func (in *ingestion) noteReread(ctx context.Context) error {
	var lines []string
	for i := range in.units {
		u := &in.units[i]
		for j := range u.Submissions {
			sub := &u.Submissions[j]
			if !in.changedBy(sub) {
				continue
			}
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			line := journal.NewLine(journal.Reread, in.now, id).ID("submission", sub.ID).
				Text("adapter", sub.Adapter).Int("version", int64(sub.AdapterVersion))
			lines = append(lines, in.verdicts(line, sub, u.answer.Results[j].Records).String())
		}
	}
	return note(ctx, in.tx, lines...)
}

func (in *ingestion) changedBy(sub *gateway.Submission) bool {
	for k := range sub.Records {
		if st := in.records[sub.Records[k].Key()]; st != nil && st.newest == &sub.Records[k] {
			return true
		}
	}
	return false
}

// noteJournal appends one line for the part: a first load of millions would
// make the journal larger than what it is about. The root commits to each
// message all the same; they are found again by the time of the line.
func (b *bulkPart) noteJournal(ctx context.Context) error {
	subs := b.units[0].Submissions
	if len(subs) == 0 {
		return nil
	}
	items := make([]journal.Item, len(subs))
	for i := range subs {
		items[i] = journal.Item{ID: subs[i].ID, SHA256: journal.Hash(subs[i].SHA256)}
	}
	root, sum := journal.RootOfItems(items), b.units[0].answer.Summary
	line := journal.NewLine(journal.Bulk, b.now, b.load.ID).Text("source", subs[0].Source).
		Int("messages", int64(len(items))).Hex("root", root[:]).
		Text("adapter", subs[0].Adapter).Int("version", int64(subs[0].AdapterVersion)).
		Int("accepted", int64(sum.Accepted)).Int("unchanged", int64(sum.Unchanged)).Int("superseded", int64(sum.Superseded)).
		Int("rejected", int64(sum.Rejected)).Int("needs_review", int64(sum.NeedsReview))
	return note(ctx, b.tx, line.String())
}
