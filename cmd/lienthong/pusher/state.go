package pusher

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lienthong/lienthong/internal/fault"
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
	Files   map[string]*progressOf `json:"files"`
}

// state remembers what the API has acknowledged. Losing it costs time, not
// correctness: what is sent again has the same idempotency key.
type state struct {
	one   string // a single file for all inputs; "" means one beside each
	owner stateFile
	files map[string]*stateFile // by path
}

// newState returns the state of an earlier run of the same push, or an empty one.
func newState(o Options) (*state, error) {
	sum := sha256.Sum256([]byte("lienthong push\n" + o.Key))
	s := &state{one: o.State, owner: stateFile{Version: 1, URL: o.URL, Key: hex.EncodeToString(sum[:4])}, files: map[string]*stateFile{}}
	for _, name := range o.Input.Files {
		path := s.path(name)
		if path == "" || s.files[path] != nil {
			continue
		}
		f, err := s.read(path, o.Restart)
		if err != nil {
			return nil, err
		}
		s.files[path] = f
	}
	return s, nil
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
		return nil, fault.New(fault.Usage, "pusher.Push", path+" belongs to a push to another URL or with another key; --restart begins anew")
	}
	return &held, nil
}

// of returns the progress of an input. Names are kept as absolute paths.
func (s *state) of(name string) *progressOf {
	f := s.files[s.path(name)]
	if f == nil { // standard input without a state file
		f = &stateFile{Files: map[string]*progressOf{}}
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
		return &fault.Error{Code: fault.Usage, Op: "pusher.Push", Msg: "the state file cannot be written; name another with --state", Err: err}
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
		for _, p := range f.Files {
			if p.Messages > 0 {
				return true
			}
		}
	}
	return false
}
