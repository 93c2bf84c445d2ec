package simulator

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// formatVersion is the version of the log format in the package comment.
const formatVersion = 1

// line is one line of the log before it has its place.
type line interface {
	stamp(seq uint64, at time.Time)
}

// change is a line that alters what is stored.
type change interface {
	line
	apply(l *ledger) // puts it into memory; it is in the log by then
	belated()        // marks it as applied after the connection was cut
}

// head is what every line starts with.
type head struct {
	Type string    `json:"type"`
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
}

func (h *head) stamp(seq uint64, at time.Time) { h.Seq, h.At = seq, at }

type startLine struct {
	head
	Version  int      `json:"version"`
	Seed     uint64   `json:"seed"`
	Switches Switches `json:"switches"`
}

type switchLine struct {
	head
	Switches Switches `json:"switches"`
}

type callLine struct {
	head
	Arrived  time.Time `json:"arrived"`
	Op       Op        `json:"op"`
	Service  string    `json:"service"`
	Updating bool      `json:"updating"`
	Items    int       `json:"items"`
	Keys     []string  `json:"keys"`
}

type effectKind string

const (
	kindCreate effectKind = "create"
	kindUpdate effectKind = "update"
	kindStep   effectKind = "step"
	kindState  effectKind = "state" // gen-2: CapNhatTrangThai
)

type effectLine struct {
	head
	Portal    string         `json:"portal,omitzero"` // "ministry"; "": the national one
	Kind      effectKind     `json:"kind"`
	Key       string         `json:"key"`
	Body      jsontext.Value `json:"body"`
	Call      uint64         `json:"call"`
	Index     int            `json:"index"`
	Of        int            `json:"of"`
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"`

	read item // the body as the portal read it; made anew on a restart
}

// asideLine stores what stands beside the dossiers of DongBoHoSoMC.
type asideLine struct {
	head
	Key       string         `json:"key"`
	Body      jsontext.Value `json:"body"`
	Call      uint64         `json:"call"` // 0: announced by the admin
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"`
	Conflict  bool           `json:"conflict"`

	read item // as in effectLine
}

// The types of an asideLine.
const (
	typeBorn     = "born"     // a dossier was born on the portal
	typeStatus   = "status"   // DongBoTrangThaiHoSo
	typeDocument = "document" // SyncDocument
	typeTrace    = "trace"    // UpdateDocumentTraces
)

// What arrives at the sink, and what comes of dossiers: lines of one call stand or fall together.
const (
	typeEffect = "effect"
	typeEvent  = "event"
)

type fileLine struct {
	head
	Key     string      `json:"key"`
	Call    uint64      `json:"call"`
	Pointer string      `json:"pointer"`
	Outcome FileOutcome `json:"outcome"`
	Status  int         `json:"status"`
}

type answerLine struct {
	head
	Call      uint64    `json:"call"`
	Status    int       `json:"status"`
	ErrorCode string    `json:"error_code"`
	Fault     FaultName `json:"fault"`
	Answered  bool      `json:"answered"`
}

type faultLine struct {
	head
	Name   FaultName `json:"name"`
	On     bool      `json:"on"`
	Params any       `json:"params"`
}
