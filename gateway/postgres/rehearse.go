package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
)

// errRehearsed rolls a rehearsal back.
var errRehearsed = errors.New("rehearsed")

// Rehearse implements [gateway.Rehearser]: the stages of a push run in a
// transaction that is rolled back, so that what it says is what a push does.
func (s *Store) Rehearse(ctx context.Context, unit gateway.Unit) (gateway.Rehearsal, error) {
	var err error
	for range ingestTries {
		in := s.newIngestion([]gateway.Unit{unit})
		err = in.transact(ctx, append(in.judgement(), func(context.Context) error { return errRehearsed })...)
		if errors.Is(err, errRehearsed) {
			return in.rehearsal(), nil
		}
		if !again(err) || ctx.Err() != nil {
			break
		}
	}
	return gateway.Rehearsal{}, fail(err, "postgres.Rehearse")
}

// rehearsal tells what the transaction had decided.
func (in *ingestion) rehearsal() gateway.Rehearsal {
	u := &in.units[0]
	u.finish()
	r := gateway.Rehearsal{Answer: u.answer}
	for i := range u.Submissions {
		results := r.Answer.Results[i].Records
		for k := range u.Submissions[i].Records {
			said, result := &u.Submissions[i].Records[k], &results[k]
			r.Records = append(r.Records, in.rehearsed(said, result))
			if result.EntityID != nil && in.known(*result.EntityID) == uuid.Nil {
				result.EntityID = nil
			}
		}
		r.Answer.Results[i].SubmissionID = uuid.Nil
	}
	return r
}

func (in *ingestion) rehearsed(said *gateway.PreparedRecord, result *gateway.RecordResult) gateway.RehearsedRecord {
	st := in.records[said.Key()]
	r := gateway.RehearsedRecord{
		Kind: said.Kind, ID: said.ID, Verdict: result.Verdict, Body: said.Sealed.JSON, EntityID: in.known(st.entityID),
	}
	if st.newest != said {
		return r
	}
	for _, m := range st.mentions {
		r.Mentions = append(r.Mentions, gateway.RehearsedMention{Role: m.Role, Kind: m.Kind, Ground: m.ground, EntityID: in.known(m.entityID)})
	}
	return r
}

// known returns the id of an entity that is there without this transaction, else Nil.
func (in *ingestion) known(id uuid.UUID) uuid.UUID {
	if e := in.entities[id]; e != nil && e.isNew {
		return uuid.Nil
	}
	return id
}

var _ gateway.Rehearser = (*Store)(nil)
