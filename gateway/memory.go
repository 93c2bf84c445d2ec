package gateway

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// Memory is the file in which a node keeps what it has seen of the database,
// so that a database which was restored while every node was down is found out too.
type Memory struct {
	path string

	mu   sync.Mutex
	last Mark
	at   time.Time
}

// memoryEvery is how often a busy node writes it. What is older says less and nothing wrong.
const memoryEvery = 5 * time.Second

// NewMemory returns the memory in a folder. Two nodes may share it.
func NewMemory(folder string) *Memory { return &Memory{path: filepath.Join(folder, "seen.json")} }

// recall reads the file; without one nothing was seen. One that cannot be read is an
// error: to forget what was seen could let a step leave twice.
func (m *Memory) recall() (Mark, error) {
	const op = "gateway.Memory"
	if m == nil {
		return Mark{}, nil
	}
	data, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return Mark{}, nil
	}
	var mark Mark
	if err == nil {
		err = json.Unmarshal(data, &mark)
	}
	if err != nil {
		return Mark{}, &fault.Error{Code: fault.Usage, Op: op, Err: err,
			Msg: m.path + " cannot be read: mend it, or take it away and run lienthong ops restored if the database may be a restored one"}
	}
	m.last = mark
	return mark, nil
}

// keep replaces the file, when something new was seen and its time has come.
func (m *Memory) keep(mark Mark, now bool) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if mark == m.last || mark.Epoch == 0 || !now && time.Since(m.at) < memoryEvery {
		return nil
	}
	data, err := json.Marshal(mark)
	if err == nil {
		err = replaceFile(m.path, data)
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "gateway.Memory")
	}
	m.last, m.at = mark, time.Now()
	return nil
}

// replaceFile leaves the old or the new content whatever happens.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".seen-*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
