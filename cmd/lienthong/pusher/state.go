package pusher

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/filelock"
)

// stateSuffix is put to the name of an input for its state file.
const stateSuffix = ".push.json"

// progressOf is how far one file has come.
type progressOf struct {
	Messages int64  `json:"messages"` // acknowledged
	Sum      string `json:"sum"`      // SHA-256 of these messages, so that another file is not taken for this one
	Rejects  int64  `json:"rejects"`  // bytes of the rejects file by then
	Counts   Counts `json:"counts"`
}

// stateFile is a state file: whom it speaks of, and how far the files have come.
type stateFile struct {
	Version int                    `json:"version"`
	URL     string                 `json:"url"`
	Key     string                 `json:"key"` // beginning of a hash of the API key
	Run     string                 `json:"run"` // chance, of this push alone: part of its idempotency keys
	Files   map[string]*progressOf `json:"files"`
}

// state remembers what the API has acknowledged. Losing it costs time, not
// correctness: what is sent again is stored already, and found unchanged.
type state struct {
	one   string // a single file for all inputs; "" means one beside each
	owner stateFile
	files map[string]*stateFile // by path
	locks []*filelock.Lock      // beside each
}

// newState returns the state of an earlier run of the same push, or an empty
// one, and keeps every other push out of it until it is released.
func newState(o Options) (_ *state, err error) {
	sum := sha256.Sum256([]byte("lienthong push\n" + o.Key))
	s := &state{one: o.State, owner: stateFile{Version: 1, URL: o.URL, Key: hex.EncodeToString(sum[:4])}, files: map[string]*stateFile{}}
	defer func() {
		if err != nil {
			s.release()
		}
	}()
	for _, name := range o.Input.Files {
		path := s.path(name)
		if path == "" || s.files[path] != nil {
			continue
		}
		if err := s.lock(path); err != nil {
			return nil, err
		}
		f, err := s.read(path, o.Restart)
		if err != nil {
			return nil, err
		}
		s.files[path] = f
		if f.Run == "" {
			f.Run = rand.Text()
			if err := s.save(name); err != nil { // before anything is sent: what is cut must find its keys again
				return nil, err
			}
		}
	}
	return s, nil
}

// lock keeps other pushes away from a state file.
func (s *state) lock(path string) error {
	lock, err := filelock.Try(path + ".lock")
	if err != nil {
		return cannotKeep(err)
	}
	if lock == nil {
		return fault.New(fault.Conflict, "push", "another push of this file runs: "+path+" is its state")
	}
	s.locks = append(s.locks, lock)
	return nil
}

// release lets other pushes begin.
func (s *state) release() {
	for _, lock := range s.locks {
		lock.Release()
	}
	s.locks = nil
}

func cannotKeep(err error) error {
	return &fault.Error{Code: fault.Usage, Op: "pusher.Push", Msg: "the state file cannot be written; name another with --state", Err: err}
}

// path returns the state file of an input, "" when it has none.
func (s *state) path(name string) string {
	switch {
	case s.one != "":
		return s.one
	case name == "-":
		return ""
	}
	return name + stateSuffix
}

func (s *state) read(path string, restart bool) (*stateFile, error) {
	f := s.owner
	f.Files = map[string]*progressOf{}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || restart {
		return &f, nil
	}
	if err != nil {
		return nil, &fault.Error{Code: fault.Usage, Op: "pusher.Push", Msg: "the state file cannot be read; name another with --state", Err: err}
	}
	var held stateFile
	if json.Unmarshal(data, &held) != nil || held.Version != f.Version || held.Files == nil {
		return nil, fault.New(fault.Usage, "pusher.Push", path+" is no state of a push; --restart begins anew")
	}
	if held.URL != f.URL || held.Key != f.Key {
		if !held.begun() {
			return &f, nil // it only ever knocked at the wrong door
		}
		return nil, fault.New(fault.Usage, "pusher.Push", path+" belongs to a push to another URL or with another key; --restart begins anew")
	}
	return &held, nil
}

// of returns the progress of an input. Names are kept as absolute paths.
func (s *state) of(name string) *progressOf {
	f := s.files[s.path(name)]
	if f == nil { // standard input without a state file
		f = &stateFile{Run: rand.Text(), Files: map[string]*progressOf{}}
		s.files[s.path(name)] = f
	}
	key := name
	if abs, err := filepath.Abs(name); err == nil && name != "-" {
		key = abs
	}
	if f.Files[key] == nil {
		f.Files[key] = &progressOf{}
	}
	return f.Files[key]
}

// runOf returns what tells the requests of this push from those of any other
// push of the same input.
func (s *state) runOf(name string) string {
	_ = s.of(name) // makes that of standard input
	return s.files[s.path(name)].Run
}

// save writes the state of an input so that a cut leaves the old or the new one.
func (s *state) save(name string) error {
	path := s.path(name)
	if path == "" {
		return nil
	}
	data, err := json.MarshalIndent(s.files[path], "", "  ")
	if err != nil {
		return err
	}
	temporary := path + ".tmp"
	if err = os.WriteFile(temporary, append(data, '\n'), 0o600); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return cannotKeep(err)
	}
	return nil
}

// forget removes the state files of a push that is done.
func (s *state) forget() error {
	for path := range s.files {
		if path == "" {
			continue
		}
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &fault.Error{Code: fault.Usage, Op: "pusher.Push", Msg: "a state file cannot be removed", Err: err}
		}
	}
	return nil
}

// rejects returns how much of the rejects file belongs to what was acknowledged.
func (s *state) rejects() (bytes int64) {
	for _, f := range s.files {
		for _, p := range f.Files {
			bytes = max(bytes, p.Rejects)
		}
	}
	return bytes
}

// resumes reports whether anything was acknowledged before.
func (s *state) resumes() bool {
	for _, f := range s.files {
		if f.begun() {
			return true
		}
	}
	return false
}

// begun reports whether anything of it was acknowledged.
func (f *stateFile) begun() bool {
	for _, p := range f.Files {
		if p.Messages > 0 {
			return true
		}
	}
	return false
}
