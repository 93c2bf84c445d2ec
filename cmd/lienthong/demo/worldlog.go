package demo

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"sort"
	"sync"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
)

// worldWriter writes the generator's log: each line in one write, a push before it is sent.
type worldWriter struct {
	mu    sync.Mutex
	file  *os.File
	known map[string]bool // truths that stand there already
}

// openWorldLog opens the log of a run and returns the pushes that were answered.
func openWorldLog(path string) (*worldWriter, map[string]bool, error) {
	w := &worldWriter{known: map[string]bool{}}
	answered := map[string]bool{}
	whole, err := eachLine(path, func(l *audit.WorldLine) {
		switch l.Type {
		case "truth":
			w.known[l.Truth.Number] = true
		case "answer":
			answered[l.ID] = true
		}
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	if w.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return nil, nil, err
	}
	// A line that was torn by a kill is cut off.
	if err := w.file.Truncate(whole); err != nil {
		return nil, nil, err
	}
	_, err = w.file.Seek(whole, io.SeekStart)
	return w, answered, err
}

// eachLine reads the whole lines of a log and returns their length.
func eachLine(path string, f func(*audit.WorldLine)) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	var whole int64
	for r := bufio.NewReaderSize(file, 1<<20); ; {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return whole, err
		}
		var l audit.WorldLine
		if err := json.Unmarshal(line, &l); err != nil {
			return whole, err
		}
		f(&l)
		whole += int64(len(line))
	}
}

func (w *worldWriter) close() error { return w.file.Close() }

func (w *worldWriter) write(lines ...audit.WorldLine) error {
	var buffer []byte
	for i := range lines {
		data, err := json.Marshal(&lines[i])
		if err != nil {
			return err
		}
		buffer = append(append(buffer, data...), '\n')
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.file.Write(buffer)
	return err
}

func (w *worldWriter) truths(truths []world.Truth) error {
	var lines []audit.WorldLine
	for _, t := range truths {
		if !w.known[t.Number] {
			truth := audit.Truth(t)
			lines = append(lines, audit.WorldLine{Type: "truth", Truth: &truth})
		}
	}
	return w.write(lines...)
}

func (w *worldWriter) push(p push) error {
	line := audit.WorldLine{Type: "push", ID: p.id, Source: p.source}
	for _, m := range p.messages {
		line.Messages = append(line.Messages, audit.PushedMessage{Class: string(m.Class), Form: m.Form, SHA256: sum(m.Body)})
	}
	return w.write(line)
}

func (w *worldWriter) answer(id string, results []audit.Answered) error {
	return w.write(audit.WorldLine{Type: "answer", ID: id, Results: results})
}

// Incoming counts what came in from one source.
type Incoming struct {
	Source   string         `json:"source"`
	Messages int            `json:"messages"`
	Verdicts map[string]int `json:"verdicts"` // of records
}

// countIncoming reads the log of a run.
func countIncoming(path string) ([]Incoming, error) {
	by, sources := map[string]*Incoming{}, map[string]string{}
	_, err := eachLine(path, func(l *audit.WorldLine) {
		switch l.Type {
		case "push":
			sources[l.ID] = l.Source
		case "answer":
			source := sources[l.ID]
			in := by[source]
			if in == nil {
				in = &Incoming{Source: source, Verdicts: map[string]int{}}
				by[source] = in
			}
			in.Messages += len(l.Results)
			for _, r := range l.Results {
				for _, rec := range r.Records {
					in.Verdicts[rec.Verdict]++
				}
			}
		}
	})
	var out []Incoming
	for _, in := range by {
		out = append(out, *in)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Source < out[j].Source })
	return out, err
}
