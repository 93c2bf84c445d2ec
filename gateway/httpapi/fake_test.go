package httpapi_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// adapter is a small source form: {"so": id, "ten": name, "mst": tax code}.
// Without "so" the form is unknown; without "ten" the record is bad; "hong" breaks the adapter.
type adapter struct{ dec *strict.Decoder }

type wire struct {
	So   strict.Text  `json:"so"`
	Ten  strict.Text  `json:"ten"`
	MST  strict.Text  `json:"mst"`
	Hong bool         `json:"hong"`
	Ds   []wireMember `json:"ds"`
}

type wireMember struct {
	So  strict.Text `json:"so"`
	Ten strict.Text `json:"ten"`
}

func (a adapter) Normalize(_ context.Context, raw adapters.Raw) ([]schema.Record, error) {
	if raw.ContentType != "application/json" {
		return nil, fault.New(fault.UnknownForm, "test", "JSON only")
	}
	var w wire
	if _, err := a.dec.Decode(strict.Message(raw.Body), &w); err != nil {
		return nil, err
	}
	if w.Hong {
		return nil, context.Canceled
	}
	if w.So == "" {
		return nil, fault.New(fault.UnknownForm, "test", "no number")
	}
	var bad []fault.Problem
	if w.Ten == "" {
		bad = append(bad, fault.Problem{Pointer: "/ten", Code: "required", Detail: "Thiếu tên.", DetailEN: "The name is missing.", Expected: "text"})
		for i := range w.Ds {
			bad = append(bad, fault.Problem{Pointer: fmt.Sprintf("/ds/%d/ten", i), Code: "required"})
		}
		return nil, &fault.Error{Code: fault.Invalid, Op: "test", Problems: bad}
	}
	tax := cmp.Or(w.MST.String(), "0100000000")
	org := func(name string) *schema.Organisation {
		return &schema.Organisation{LegalName: name, Identifiers: []schema.Identifier{{Scheme: schema.SchemeTaxCode, Value: tax}}}
	}
	records := []schema.Record{{Kind: schema.KindOrganisation, ID: w.So.String(), Body: org(w.Ten.String())}}
	for _, m := range w.Ds {
		if m.Ten == "" {
			bad = append(bad, fault.Problem{Pointer: "/ds/0/ten", Code: "required", Detail: "Thiếu tên.", DetailEN: "The name is missing."})
			continue
		}
		records = append(records, schema.Record{Kind: schema.KindOrganisation, ID: m.So.String(), Body: org(m.Ten.String())})
	}
	if len(bad) > 0 {
		return records, &fault.Error{Code: fault.Invalid, Op: "test", Problems: bad}
	}
	return records, nil
}

// store is an [gateway.IngestStore], [gateway.ReadStore] and [gateway.AccessStore] in memory.
type store struct {
	mu          sync.Mutex
	records     map[gateway.RecordKey]gateway.StoredRecord
	submissions map[uuid.UUID]gateway.Submission
	answers     map[string]gateway.Answer
	prints      map[string]schema.Hash
	versions    map[gateway.RecordKey]gateway.PreparedRecord
	refusals    []gateway.Refusal
	keys        map[string]gateway.Caller
	asked       int
	busy        string // idempotency key in progress
	ingestErr   error
	readErr     error
	accessErr   error
	noteErr     error
	journey     []gateway.JourneyEvent
}

func newStore() *store {
	return &store{
		records: map[gateway.RecordKey]gateway.StoredRecord{}, submissions: map[uuid.UUID]gateway.Submission{},
		answers: map[string]gateway.Answer{}, prints: map[string]schema.Hash{}, versions: map[gateway.RecordKey]gateway.PreparedRecord{},
		keys: map[string]gateway.Caller{
			goodKey: {Name: "onestop", Push: true, Feeds: []string{"all"}}, otherKey: {Name: "land", Push: true},
			readerKey: {Name: "portal-vn", Feeds: []string{"dossiers", "parcels"}},
		},
	}
}

func (s *store) Ingest(ctx context.Context, units []gateway.Unit) (gateway.IngestOutcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ingestErr != nil {
		return gateway.IngestOutcome{}, s.ingestErr
	}
	if ctx.Err() != nil {
		return gateway.IngestOutcome{}, ctx.Err()
	}
	var out gateway.IngestOutcome
	for _, u := range units {
		out.Units = append(out.Units, s.one(u))
	}
	return out, nil
}

func (s *store) one(u gateway.Unit) gateway.UnitOutcome {
	key := u.Idempotency.Scope + "\n" + u.Idempotency.Key
	if u.Idempotency.Key != "" {
		saved, used := s.answers[key]
		switch {
		case u.Idempotency.Key == s.busy:
			return gateway.UnitOutcome{Err: fault.New(fault.InProgress, "test", "busy")}
		case used && s.prints[key] != u.Idempotency.Fingerprint:
			return gateway.UnitOutcome{Err: fault.New(fault.KeyReused, "test", "reused")}
		case used:
			saved.Replayed = true
			return gateway.UnitOutcome{Answer: saved}
		}
	}
	var answer gateway.Answer
	for i, sub := range u.Submissions {
		s.submissions[sub.ID] = sub
		m := gateway.MessageResult{Index: i, SubmissionID: sub.ID, Code: sub.Code, Errors: sub.Errors, Records: []gateway.RecordResult{}}
		for _, r := range sub.Records {
			m.Records = append(m.Records, s.judge(r, sub))
		}
		m.Records = append(m.Records, sub.Rejected...)
		for _, r := range m.Records {
			answer.Summary.Add(r.Verdict)
		}
		answer.Results = append(answer.Results, m)
	}
	if u.Idempotency.Key != "" {
		s.answers[key], s.prints[key] = answer, u.Idempotency.Fingerprint
	}
	return gateway.UnitOutcome{Answer: answer}
}

func (s *store) judge(r gateway.PreparedRecord, sub gateway.Submission) gateway.RecordResult {
	held, known := s.records[r.Key()]
	verdict := gateway.Accepted
	s.versions[r.Key()] = r
	if known && string(held.Body) == string(r.Sealed.JSON) {
		verdict = gateway.Unchanged
	} else {
		entity := held.EntityID
		if !known {
			entity = uuid.Must(uuid.NewV7())
		}
		held = gateway.StoredRecord{
			RecordKey: r.Key(), EntityID: entity, Revision: held.Revision + 1, SubmissionID: sub.ID,
			FirstAt: sub.ReceivedAt, UpdatedAt: sub.ReceivedAt, Body: r.Sealed.JSON,
		}
		s.records[r.Key()] = held
	}
	return gateway.RecordResult{Kind: r.Kind, ID: r.ID, Verdict: verdict, Revision: held.Revision, EntityID: &held.EntityID, Errors: r.Problems}
}

func (s *store) Record(_ context.Context, key gateway.RecordKey) (gateway.StoredRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.records[key]
	if s.readErr != nil {
		return r, s.readErr
	}
	if !ok {
		return r, fault.New(fault.NotFound, "test", "no such record")
	}
	return r, nil
}

func (s *store) Journey(ctx context.Context, key gateway.RecordKey) (gateway.Journey, error) {
	r, err := s.Record(ctx, key)
	return gateway.Journey{Record: r, Events: s.journey}, err
}

func (s *store) Submission(_ context.Context, source string, id uuid.UUID) (gateway.StoredSubmission, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.submissions[id]
	if !ok || sub.Source != source {
		return gateway.StoredSubmission{}, fault.New(fault.NotFound, "test", "no such submission")
	}
	sum := sha256.Sum256(sub.Raw)
	return gateway.StoredSubmission{
		ID: sub.ID, Source: sub.Source, ReceivedAt: sub.ReceivedAt, ContentType: sub.ContentType, Adapter: sub.Adapter,
		AdapterVersion: sub.AdapterVersion, SHA256: sum[:], Length: int64(len(sub.Raw)), Code: sub.Code,
		Result: gateway.MessageResult{SubmissionID: sub.ID, Code: sub.Code, Errors: sub.Errors, Records: sub.Rejected},
	}, nil
}

func (s *store) Ping(context.Context) error { return s.readErr }

func (s *store) CallerOf(_ context.Context, key string) (gateway.Caller, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	if s.accessErr != nil {
		return gateway.Caller{}, s.accessErr
	}
	caller, ok := s.keys[key]
	if !ok {
		return gateway.Caller{}, fault.New(fault.Unauthorized, "test", "no such key")
	}
	return caller, nil
}

func (s *store) NoteRefusal(_ context.Context, r gateway.Refusal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, r)
	return s.noteErr
}

var (
	_ gateway.IngestStore = (*store)(nil)
	_ gateway.ReadStore   = (*store)(nil)
	_ gateway.AccessStore = (*store)(nil)
)

// feedStore is a [gateway.FeedStore] over a slice.
type feedStore struct {
	mu    sync.Mutex
	epoch int64
	lines []gateway.Change
	held  int64            // lowest position that is held
	live  []gateway.Change // entities, in the order of kind and id
	moved chan struct{}
	err   error
}

func newFeedStore() *feedStore { return &feedStore{epoch: 7, moved: make(chan struct{})} }

func (f *feedStore) add(kind schema.Kind, revision int64, data string) gateway.Change {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := gateway.Change{
		Position: int64(len(f.lines) + 1), EntityID: uuid.NewSHA1(uuid.NameSpaceOID, []byte{byte(len(f.lines))}), Kind: kind, Revision: revision,
		Type: gateway.ChangeType(kind, revision), RecordedAt: time.Date(2026, 3, 2, 1, 2, 3, 456_000_000, time.UTC), Data: []byte(data), DataRev: revision,
	}
	f.lines = append(f.lines, c)
	close(f.moved)
	f.moved = make(chan struct{})
	return c
}

func (f *feedStore) ReadFeed(_ context.Context, kind schema.Kind, after gateway.Cursor, limit int) (gateway.FeedPage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return gateway.FeedPage{}, f.err
	}
	if after.Epoch != 0 && after.Epoch != f.epoch {
		return gateway.FeedPage{Next: f.oldest()}, fault.New(fault.CursorExpired, "test", "earlier epoch")
	}
	if after.Position < f.held-1 {
		return gateway.FeedPage{Next: f.oldest()}, fault.New(fault.CursorExpired, "test", "dropped")
	}
	page := gateway.FeedPage{Next: gateway.Cursor{Epoch: f.epoch, Position: after.Position}, Head: int64(len(f.lines))}
	for _, c := range f.lines {
		if c.Position > after.Position && (kind == "" || c.Kind == kind) && len(page.Items) < limit {
			page.Items = append(page.Items, c)
			page.Next.Position = c.Position
		}
	}
	page.HasMore = len(page.Items) == limit && page.Next.Position < page.Head
	return page, nil
}

func (f *feedStore) oldest() gateway.Cursor {
	return gateway.Cursor{Epoch: f.epoch, Position: max(f.held-1, 0)}
}

// entity adds a live entity.
func (f *feedStore) entity(kind schema.Kind, id uuid.UUID, revision int64, data string) {
	f.live = append(f.live, gateway.Change{
		EntityID: id, Kind: kind, Revision: revision, DataRev: revision, Type: gateway.SnapshotType(kind),
		RecordedAt: time.Date(2026, 3, 2, 1, 2, 3, 456_000_000, time.UTC), Data: []byte(data),
	})
}

func (f *feedStore) ReadSnapshot(_ context.Context, after gateway.SnapshotCursor, limit int) (page gateway.SnapshotPage, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	page.Delta = after.Delta
	if after.Delta.Epoch == 0 {
		page.Delta = gateway.Cursor{Epoch: f.epoch, Position: int64(len(f.lines))}
	}
	if page.Delta.Epoch != f.epoch || page.Delta.Position < f.held-1 {
		return gateway.SnapshotPage{Delta: f.oldest()}, fault.New(fault.CursorExpired, "test", "of before")
	}
	past := after.Delta.Epoch == 0
	for _, c := range f.live {
		switch {
		case after.Feed != "" && c.Kind != after.Feed:
		case !past:
			past = c.EntityID == after.ID
		case len(page.Items) == limit:
			page.HasMore = true
		default:
			c.Position = page.Delta.Position
			page.Items = append(page.Items, c)
			page.Next = gateway.SnapshotCursor{Feed: after.Feed, Delta: page.Delta, Kind: c.Kind, ID: c.EntityID}
		}
	}
	return page, f.err
}

func (f *feedStore) FeedMoved() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.moved
}

// panicking is a store with a bug that holds a personal value.
type panicking struct{ *store }

func (panicking) Record(context.Context, gateway.RecordKey) (gateway.StoredRecord, error) {
	panic("no record " + canary)
}
