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

// head is what every line starts with.
type head struct {
	Type string    `json:"type"`
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
}

func (h *head) stamp(seq uint64, at time.Time) { h.Seq, h.At = seq, at }

type startLine struct {
	head
	Version int    `json:"version"`
	Seed    uint64 `json:"seed"`
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
)

type effectLine struct {
	head
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
