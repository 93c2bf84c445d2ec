package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// WorldLine is one line of the generator's log. A push is written before it is
// sent, its answer once it is there; a push may be written again with the same
// id when its answer was lost, and what it is answered then counts.
type WorldLine struct {
	Type     string          `json:"type"` // "run", "truth", "push", "answer"
	Truth    *Truth          `json:"truth,omitempty"`
	ID       string          `json:"id,omitempty"` // push and answer: the idempotency key
	Source   string          `json:"source,omitempty"`
	Messages []PushedMessage `json:"messages,omitempty"`
	Results  []Answered      `json:"results,omitempty"`
}

// PushedMessage is one message of a push.
type PushedMessage struct {
	Class  string `json:"class"`
	Form   string `json:"form"`
	SHA256 string `json:"sha256"`
}

// Answered is what one message was answered.
type Answered struct {
	Submission string           `json:"submission"`
	Records    []AnsweredRecord `json:"records"`
}

// AnsweredRecord is one verdict.
type AnsweredRecord struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Verdict  string `json:"verdict"`
	Revision int64  `json:"revision"`
}

// Truth is what a portal should show of one dossier in the end.
type Truth struct {
	Number string            `json:"number"`
	Header map[string]string `json:"header"`
	Steps  []string          `json:"steps"`
	Order  []string          `json:"order"`
	Poison bool              `json:"poison,omitempty"` // a destination that demands an appointment refuses it
}

// world is the generator's log as far as it counts.
type world struct {
	truths   map[string]*Truth
	answered []answeredMessage
	open     int // pushes without an answer
}

type answeredMessage struct {
	PushedMessage
	Answered
	source string
}

// seenBy returns the world with the truths that a destination should show.
func (w *world) seenBy(d Destination) *world {
	seen := *w
	seen.truths = map[string]*Truth{}
	for number, t := range w.truths {
		if !t.Poison || d.TakesPoison {
			seen.truths[number] = t
		}
	}
	return &seen
}

func readWorld(path string) (*world, error) {
	w := &world{truths: map[string]*Truth{}}
	pushed := map[string]WorldLine{}
	err := eachLine(path, func(line []byte) error {
		var l WorldLine
		if err := json.Unmarshal(line, &l); err != nil {
			return err
		}
		switch l.Type {
		case "truth":
			w.truths[l.Truth.Number] = l.Truth
		case "push":
			pushed[l.ID] = l
		case "answer":
			push, ok := pushed[l.ID]
			if !ok {
				return nil // answered twice
			}
			delete(pushed, l.ID)
			if len(l.Results) != len(push.Messages) {
				return fmt.Errorf("push %s has %d messages and %d answers", l.ID, len(push.Messages), len(l.Results))
			}
			for i := range l.Results {
				w.answered = append(w.answered, answeredMessage{PushedMessage: push.Messages[i], Answered: l.Results[i], source: push.Source})
			}
		}
		return nil
	})
	w.open = len(pushed)
	return w, err
}

// eachLine calls f for every whole line; a torn last line is left out.
func eachLine(path string, f func([]byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	r := bufio.NewReaderSize(file, 1<<20)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(bytes.TrimSpace(line)); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
}
