package demo

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// devFile holds what one start leaves for the next.
const devFile = "dev.json"

// devState is what one start leaves for the next.
type devState struct {
	Seed   uint64 `json:"seed"`   // of the generated world
	Next   int    `json:"next"`   // number of the first generated push that was not acknowledged
	Portal string `json:"portal"` // addresses that the simulator had: it keeps them while it can
	Admin  string `json:"admin"`
}

// openDevFolder makes the folder of a world that is kept alive, or goes on with it.
func openDevFolder(dir string) (*folder, devState, error) {
	s := devState{Seed: 1, Next: 1, Portal: anyPort, Admin: anyPort}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, s, err
	}
	f := &folder{dir: dir, settle: settle}
	f.run = runParameters{Seed: s.Seed, Lookup: "trail", PortalLog: f.path(portalLog)}
	if _, err := os.Stat(f.path(runFile)); err == nil {
		return nil, s, usage("the folder holds a run of the demo; choose another --data-dir")
	}
	if err := f.make(); err != nil {
		return nil, s, err
	}
	data, err := os.ReadFile(f.path(devFile))
	if errors.Is(err, fs.ErrNotExist) {
		return f, s, f.save(s)
	}
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	f.run.Seed = s.Seed
	return f, s, err
}

// save replaces the state in one step: a kill leaves the old one or the new one.
func (f *folder) save(s devState) error {
	data, err := json.Marshal(s)
	if err != nil {
		return err
	}
	fresh := f.path(devFile + ".new")
	if err := os.WriteFile(fresh, append(data, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, f.path(devFile))
}
