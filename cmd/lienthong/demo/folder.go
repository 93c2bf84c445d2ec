package demo

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/internal/fault"
)

// Files of a data folder.
const (
	worldLog   = "world.jsonl"
	portalLog  = "portal.jsonl"
	configFile = "gateway.yaml"
	runFile    = "run.json"
	pidFile    = "pids.json"
)

// folder is the data folder of a demo.
type folder struct {
	dir string
	run runParameters
}

// runParameters are kept, so that a resumed run and a later audit are the same.
type runParameters struct {
	Seed      uint64 `json:"seed"`
	Dossiers  int    `json:"dossiers"`
	Lookup    string `json:"lookup"`
	PortalLog string `json:"portal_log"`
}

// openFolder makes a new data folder or opens the one to go on with.
func openFolder(o Options) (*folder, error) {
	dir, err := chooseFolder(o)
	if err != nil {
		return nil, err
	}
	f := &folder{dir: dir, run: runParameters{Seed: o.Seed, Dossiers: o.Dossiers, Lookup: o.Lookup, PortalLog: o.PortalLog}}
	if f.run.PortalLog == "" {
		f.run.PortalLog = f.path(portalLog)
	}
	kept, err := os.ReadFile(f.path(runFile))
	switch {
	case err == nil && o.Resume:
		asked := f.run
		if err := json.Unmarshal(kept, &f.run); err != nil {
			return nil, err
		}
		if !o.anyRun && (asked.Seed != f.run.Seed || asked.Dossiers != f.run.Dossiers) {
			return nil, usage(fmt.Sprintf("the run in this folder has --seed %d --dossiers %d; a resumed run has the same", f.run.Seed, f.run.Dossiers))
		}
		return f, nil
	case err == nil:
		return nil, usage("the folder holds a run already: go on with --resume, or choose another --data-dir")
	case o.Resume && errors.Is(err, fs.ErrNotExist):
		return nil, usage("there is no run to go on with in this folder")
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	// Passable, so that a database that runs as another user can live below it; files in it are closed.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(f.path("keys"), 0o700); err != nil {
		return nil, err
	}
	return f, f.prepare()
}

func usage(msg string) error { return fault.New(fault.Usage, "demo", msg) }

// chooseFolder returns an absolute path: the one asked for, else a new one below the user's cache folder.
func chooseFolder(o Options) (string, error) {
	if o.DataDir != "" {
		return filepath.Abs(o.DataDir)
	}
	if o.Resume {
		return "", usage("--resume needs --data-dir")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	parent := filepath.Join(cache, "lienthong")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(parent, "demo-"+time.Now().Format("20060102-150405-"))
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o711)
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// prepare writes keys and, last, the parameters: a folder without them is no run.
func (f *folder) prepare() error {
	for _, name := range []string{world.OneStop, world.Civil, world.Land, world.Business, "portal"} {
		secret := make([]byte, 20)
		if _, err := rand.Read(secret); err != nil {
			return err
		}
		if err := os.WriteFile(f.path("keys/"+name), []byte("lt_"+hex.EncodeToString(secret)+"\n"), 0o600); err != nil {
			return err
		}
	}
	data, err := json.Marshal(f.run)
	if err != nil {
		return err
	}
	return os.WriteFile(f.path(runFile), append(data, '\n'), 0o600)
}

// configure writes the gateway's configuration for this start: ports differ each time.
func (f *folder) configure(databaseURL, portalURL string) error {
	yaml := fmt.Sprintf(`# Written by the demo at each start.
listen: 127.0.0.1:0
database_url: %q
data_dir: %q
province: "24"
sources:
  - {code: %s, adapter: onestop, key_file: %q}
  - {code: %s, adapter: civil, key_file: %q}
  - {code: %s, adapter: land, key_file: %q}
  - {code: %s, adapter: business, key_file: %q}
destinations:
  - code: dvcqg
    kind: dvcqg
    url: %q
    dstcode: "VN:GOV:000.00.00.G22:vpcpdvcprovider"
    agency: 000.00.00.H05
    username: 000.00.00.H05
    password_file: %q
    lookup: %s
    settle: %s
    timeout: %s
    lanes: 8
    batch: 20
    receives: [dossier]
    retry_cap: 2s
    breaker: {open_for: %s, window: 5s, min_calls: 5, slow_call: 900ms}
`, databaseURL, f.dir, world.OneStop, f.path("keys/"+world.OneStop), world.Civil, f.path("keys/"+world.Civil),
		world.Land, f.path("keys/"+world.Land), world.Business, f.path("keys/"+world.Business), portalURL, f.path("keys/portal"),
		f.run.Lookup, settle, callTimeout, breakerOpen)
	return os.WriteFile(f.path(configFile), []byte(yaml), 0o600)
}

func (f *folder) auditOptions(databaseURL string) audit.Options {
	return audit.Options{
		WorldLog: f.path(worldLog), PortalLog: f.run.PortalLog, DatabaseURL: databaseURL, Lookup: f.run.Lookup,
	}
}
