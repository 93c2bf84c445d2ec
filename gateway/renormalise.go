package gateway

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
)

// StoredMessage is bytes that an older version of an adapter has read: those of
// a record's current revision, or a submission of which something was refused.
type StoredMessage struct {
	Cursor         uuid.UUID // of the record or the submission; order of reading
	Source         string
	Submission     uuid.UUID // that brought the bytes
	ReceivedAt     time.Time
	ContentType    string // "": told from the bytes
	Raw            []byte
	AdapterVersion int
}

// RenormaliseStore gives back what was stored and takes what a newer adapter makes of it.
type RenormaliseStore interface {
	// OldRecords returns records of a source that an adapter older than version made, updated since,
	// after a cursor, in order. OldRefusals the same of submissions with refusals.
	OldRecords(ctx context.Context, source string, version int, since time.Time, after uuid.UUID, limit int) ([]StoredMessage, error)
	OldRefusals(ctx context.Context, source string, version int, since time.Time, after uuid.UUID, limit int) ([]StoredMessage, error)
	// MarkReread notes on submissions that a version has read them again; taken are those of which it took something.
	MarkReread(ctx context.Context, messages []StoredMessage, version int, taken map[uuid.UUID]bool) error
	// Renormalise judges units by [DecideAgain] and keeps the result, or with dry nothing.
	Renormalise(ctx context.Context, units []Unit, dry bool) (Renormalised, error)
}

// Renormalised is what came of stored messages.
type Renormalised struct {
	Changes []RecordChange // new and changed records
	Same    int            // the new version says what the old one said
	Older   int            // something newer has decided the record since
	Outcome IngestOutcome
}

// RecordChange is one record that a newer adapter sees otherwise.
type RecordChange struct {
	RecordKey
	RecordID uuid.UUID
	Old      []byte // canonical JSON; nil: there was none
	New      []byte
}

// Reading is where a revision comes from: bytes, and who read them.
type Reading struct {
	Submission     uuid.UUID
	AdapterVersion int
}

// DecideAgain judges a record that was made anew from stored bytes. The bytes
// that the held revision was made of replace it, unless an older version of the
// adapter reads them. Bytes that came before those are left alone; bytes that
// came after them, and were refused then, are judged as if they came now. Ids of
// submissions tell their time. It is pure.
func DecideAgain(held Held, from Reading, said Said, again Reading, order adapters.Order, window time.Duration) Decision {
	switch age := bytes.Compare(again.Submission[:], from.Submission[:]); {
	case held.Revision == 0:
		return Decision{Verdict: Accepted}
	case again.AdapterVersion < from.AdapterVersion, age < 0:
		return Decision{Verdict: Superseded}
	case age > 0:
		return Decide(held, said, order, window)
	case said.Hash == held.Hash:
		return Decision{Verdict: Unchanged}
	}
	return Decision{Verdict: Accepted}
}

// Renormaliser lets the present version of an adapter read again what older ones have read.
type Renormaliser struct {
	store RenormaliseStore
	in    *Ingestor // announces
}

// NewRenormaliser returns a renormaliser over a store; in tells lanes and feed of what changes, nil: nobody is told.
func NewRenormaliser(store RenormaliseStore, in *Ingestor) *Renormaliser {
	return &Renormaliser{store: store, in: in}
}

// RenormaliseOrder says what is read again.
type RenormaliseOrder struct {
	Source Source
	Since  time.Time // records updated and messages received since; zero: all
	Dry    bool      // decide, and keep nothing
}

// RenormaliseTally counts what came of an order.
type RenormaliseTally struct {
	Read    int `json:"read"`    // stored messages
	Same    int `json:"same"`    // records
	Changed int `json:"changed"` //
	New     int `json:"new"`     //
	Older   int `json:"older"`   // left to what is newer
	Refused int `json:"refused"` // messages of which the present version takes nothing; what was held stays
}

// renormaliseBatch is how many messages share a transaction.
const renormaliseBatch = 200

// Run reads everything of the order again; show is told of each change. It can
// be stopped and run again: what has been read by the present version is not read twice.
func (r *Renormaliser) Run(ctx context.Context, o RenormaliseOrder, show func(RecordChange)) (RenormaliseTally, error) {
	var tally RenormaliseTally
	for i, read := range []func(context.Context, string, int, time.Time, uuid.UUID, int) ([]StoredMessage, error){r.store.OldRecords, r.store.OldRefusals} {
		var after uuid.UUID
		for {
			messages, err := read(ctx, o.Source.Code, o.Source.Spec.Version, o.Since, after, renormaliseBatch)
			if err != nil || len(messages) == 0 {
				if err != nil {
					return tally, err
				}
				break
			}
			after = messages[len(messages)-1].Cursor
			taken, err := r.batch(ctx, o, messages, show, &tally)
			if err != nil {
				return tally, err
			}
			if refusals := i == 1; refusals && !o.Dry {
				if err := r.store.MarkReread(ctx, messages, o.Source.Spec.Version, taken); err != nil {
					return tally, err
				}
			}
		}
	}
	return tally, nil
}

// Messages reads some messages of a source again, whatever version has read them.
// A source's messages that reading them again does not change bring nothing about.
func (r *Renormaliser) Messages(ctx context.Context, source Source, messages []StoredMessage) error {
	var tally RenormaliseTally
	for len(messages) > 0 {
		n := min(len(messages), renormaliseBatch)
		if _, err := r.batch(ctx, RenormaliseOrder{Source: source}, messages[:n], func(RecordChange) {}, &tally); err != nil {
			return err
		}
		messages = messages[n:]
	}
	return nil
}

// batch reads some messages again and returns the submissions of which something was taken.
func (r *Renormaliser) batch(
	ctx context.Context, o RenormaliseOrder, messages []StoredMessage, show func(RecordChange), tally *RenormaliseTally,
) (taken map[uuid.UUID]bool, err error) {
	units := make([]Unit, 0, len(messages))
	taken = make(map[uuid.UUID]bool, len(messages))
	for _, m := range messages {
		tally.Read++
		sub, err := o.Source.prepare(ctx, Message{ContentType: m.contentType(), Body: m.Raw}, m.ReceivedAt)
		if err != nil {
			return nil, err
		}
		if len(sub.Records) == 0 {
			tally.Refused++
			continue
		}
		sub.ID = m.Submission
		taken[sub.ID] = true
		units = append(units, Unit{Submissions: []Submission{sub}})
	}
	if len(units) == 0 {
		return taken, nil
	}
	done, err := r.store.Renormalise(ctx, units, o.Dry)
	if err != nil {
		return nil, fault.Wrap(err, fault.CodeOf(err), "gateway.Renormalise")
	}
	tally.Same, tally.Older = tally.Same+done.Same, tally.Older+done.Older
	for _, c := range done.Changes {
		if c.Old == nil {
			tally.New++
		} else {
			tally.Changed++
		}
		show(c)
	}
	if r.in != nil && !o.Dry {
		r.in.announce(ctx, done.Outcome)
	}
	return taken, nil
}

// contentType is what a record's own bytes do not say beside them: JSON and XML
// are told by their first character, everything else is a table.
func (m *StoredMessage) contentType() string {
	if m.ContentType != "" {
		return m.ContentType
	}
	switch body := bytes.TrimLeft(bytes.TrimPrefix(m.Raw, []byte("\uFEFF")), " \t\r\n"); {
	case len(body) > 0 && (body[0] == '{' || body[0] == '['):
		return "application/json"
	case len(body) > 0 && body[0] == '<':
		return "application/xml"
	}
	return "text/csv"
}
