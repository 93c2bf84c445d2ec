package simulator

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// storedLine has the members of all lines that a restart needs.
type storedLine struct {
	Type      string         `json:"type"`
	Portal    string         `json:"portal"`
	Hash      string         `json:"hash"`
	Seq       uint64         `json:"seq"`
	At        time.Time      `json:"at"`
	Kind      effectKind     `json:"kind"`
	Key       string         `json:"key"`
	Body      jsontext.Value `json:"body"`
	Call      uint64         `json:"call"`
	Index     int            `json:"index"`
	Of        int            `json:"of"`
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"`
	Conflict  bool           `json:"conflict"`
	Pointer   string         `json:"pointer"`
	Outcome   FileOutcome    `json:"outcome"`
	Status    int            `json:"status"`
	ID        string         `json:"id"`
	Subject   string         `json:"subject"`
	Sequence  string         `json:"sequence"`
	Stale     bool           `json:"stale"`
	Effect    bool           `json:"effect"`
	Gone      bool           `json:"gone"`
}

// rebuilding reads a log from its start.
type rebuilding struct {
	ledger *ledger
	forms  *decoder
	group  []change // effects or events whose group is not complete yet
	good   journal  // size, seq and last up to the last complete line or group
	size   int64    // read so far
	seq    uint64
}

// openLedger opens or creates the log, cuts off what the death of the last
// process tore, and rebuilds what was stored.
func openLedger(path string, forms *decoder) (*ledger, error) {
	l := newLedger()
	if path == "" {
		return l, nil
	}
	const op = "simulator.New"
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op)
	}
	r := rebuilding{ledger: l, forms: forms}
	if err := r.readAll(bufio.NewReaderSize(file, 1<<20)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := file.Truncate(r.good.size); err != nil {
		return nil, errors.Join(fault.Wrap(err, fault.Unavailable, op), file.Close())
	}
	l.journal = journal{file: file, size: r.good.size, seq: r.good.seq, last: r.good.last}
	return l, nil
}

func (r *rebuilding) readAll(in *bufio.Reader) error {
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil // what stands after the last line break is torn
		}
		if err != nil {
			return fault.Wrap(err, fault.Unavailable, "simulator.New")
		}
		var stored storedLine
		if json.Unmarshal(text, &stored, jsontext.AllowDuplicateNames(true)) != nil {
			if _, err := in.Peek(1); errors.Is(err, io.EOF) {
				return nil
			}
			return r.damaged()
		}
		if stored.Seq != r.seq+1 {
			return r.damaged()
		}
		r.size += int64(len(text))
		if err := r.take(stored); err != nil {
			return err
		}
		r.seq = stored.Seq
	}
}

func (r *rebuilding) damaged() error {
	return fault.New(fault.Malformed, "simulator.New", "the log is damaged at line "+strconv.FormatUint(r.seq+1, 10))
}

// take adds one line; only the end of the file may hold a group that is not whole.
func (r *rebuilding) take(s storedLine) error {
	grouped := s.Type == typeEffect || s.Type == typeEvent
	inGroup := grouped && s.Index == len(r.group)
	if !inGroup && (grouped || len(r.group) > 0) {
		return r.damaged()
	}
	switch s.Type {
	case typeBorn, typeStatus, typeDocument, typeTrace:
		(&asideLine{
			head: head{Type: s.Type, Seq: s.Seq, At: s.At}, Key: s.Key, Body: s.Body, Call: s.Call,
			Late: s.Late, Duplicate: s.Duplicate, Conflict: s.Conflict, read: r.forms.aside(s.Type).read(s.Body),
		}).apply(r.ledger)
	case typeNumber, typeUpload:
		(&issueLine{head: head{Type: s.Type}, Key: s.Key, Hash: s.Hash, Call: s.Call}).apply(r.ledger)
	case "file":
		(&fileLine{head: head{At: s.At}, Key: s.Key, Call: s.Call, Pointer: s.Pointer, Outcome: s.Outcome, Status: s.Status}).apply(r.ledger)
	case typeEffect, typeEvent:
		r.group = append(r.group, r.member(&s))
		if s.Index < s.Of-1 {
			return nil
		}
		for _, e := range r.group {
			e.apply(r.ledger)
		}
		r.group = nil
	}
	r.good = journal{size: r.size, seq: s.Seq, last: s.At}
	return nil
}

// member makes the line of a group anew.
func (r *rebuilding) member(s *storedLine) change {
	if s.Type == typeEvent {
		return &eventLine{
			head: head{Type: s.Type, Seq: s.Seq, At: s.At}, ID: s.ID, Subject: s.Subject, Sequence: s.Sequence, Body: s.Body, Call: s.Call,
			Index: s.Index, Of: s.Of, Late: s.Late, Duplicate: s.Duplicate, Stale: s.Stale, Effect: s.Effect, Gone: s.Gone,
		}
	}
	return &effectLine{
		head: head{Seq: s.Seq, At: s.At}, Portal: s.Portal, Kind: s.Kind, Key: s.Key, Body: s.Body, Call: s.Call,
		Index: s.Index, Of: s.Of, Late: s.Late, Duplicate: s.Duplicate, read: r.read(s),
	}
}

// read reads the body of an effect as it was read when it came.
func (r *rebuilding) read(s *storedLine) item {
	op := OpDossier
	switch s.Kind {
	case kindStep:
		op = OpProgress
	case kindState:
		op = OpState
	}
	if s.Portal == ministryName {
		return readMinistry(op, s.Body)
	}
	return r.forms.form(op).read(s.Body)
}
