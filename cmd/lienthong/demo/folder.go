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

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// Files of a data folder.
const (
	worldLog   = "world.jsonl"
	portalLog  = "portal.jsonl"
	configFile = "gateway.yaml" // of the one gateway; others have their own name
	runFile    = "run.json"
	pidFile    = "pids.json"

	journalKey       = "keys/journal"
	journalPublicKey = "keys/journal.pub"
)

// sources are those that push in a world, with their adapters.
var sources = []struct{ code, adapter string }{
	{world.OneStop, "onestop"}, {world.Civil, "civil"}, {world.Land, "land"}, {world.Business, "business"},
}

// folder is the data folder of a demo.
type folder struct {
	dir    string
	run    runParameters
	settle time.Duration // how late the portal may apply or show a write
}

// runParameters are kept, so that a resumed run and a later audit are the same.
type runParameters struct {
	Seed      uint64 `json:"seed"`
	Dossiers  int    `json:"dossiers"`
	Lookup    string `json:"lookup"`
	PortalLog string `json:"portal_log"`

	Beside []string `json:"beside,omitempty"` // kinds of destinations beside the national portal; a run from before has none
}

// openFolder makes a new data folder or opens the one to go on with.
func openFolder(o Options) (*folder, error) {
	dir, err := chooseFolder(o)
	if err != nil {
		return nil, err
	}
	f := &folder{dir: dir, settle: settle, run: runParameters{Seed: o.Seed, Dossiers: o.Dossiers, Lookup: o.Lookup, PortalLog: o.PortalLog, Beside: o.beside}}
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
	if _, err := os.Stat(f.path(devFile)); err == nil {
		return nil, usage("the folder is kept alive by lienthong dev; choose another --data-dir")
	}
	if err := f.make(); err != nil {
		return nil, err
	}
	return f, f.prepare()
}

// make makes the folders. The outer one is passable, so that a database that
// runs as another user can live below it; files in it are closed.
func (f *folder) make() error {
	if err := os.MkdirAll(f.dir, 0o711); err != nil {
		return err
	}
	return os.MkdirAll(f.path("keys"), 0o700)
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
	names := []string{"portal"}
	for _, s := range sources {
		names = append(names, s.code)
	}
	for _, name := range names {
		if err := f.makeKey(name); err != nil {
			return err
		}
	}
	if err := f.makeJournalKey(); err != nil {
		return err
	}
	data, err := json.Marshal(f.run)
	if err != nil {
		return err
	}
	return os.WriteFile(f.path(runFile), append(data, '\n'), 0o600)
}

// makeKey writes a new secret, unless there is one of that name.
func (f *folder) makeKey(name string) error {
	file := f.path("keys/" + name)
	if old, err := os.ReadFile(file); err == nil && len(old) > 0 {
		return nil
	}
	secret := make([]byte, 20)
	_, _ = rand.Read(secret) // never fails
	return os.WriteFile(file, []byte("lt_"+hex.EncodeToString(secret)+"\n"), 0o600)
}

// makeJournalKey writes a new key that signs the journal, unless there is one, and its public half beside it.
func (f *folder) makeJournalKey() error {
	file := f.path(journalKey)
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	private, public, err := journal.GeneratePEM()
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(f.path(journalPublicKey), public, 0o600), os.WriteFile(file, private, 0o600))
}

// settings are the gateway's, for a portal at a URL: everything that waits is short.
func (f *folder) settings(portalURL string) config.Config {
	c := config.Config{Listen: anyPort, DatabaseURL: config.Embedded, DataDir: f.dir, Province: "24"}
	if _, err := os.Stat(f.path(journalKey)); err == nil { // a run of before has none
		c.JournalKeyFile = f.path(journalKey)
	}
	for _, s := range sources {
		c.Sources = append(c.Sources, config.Source{Code: s.code, Adapter: s.adapter, KeyFile: f.path("keys/" + s.code), Feeds: []string{"all"}})
	}
	c.Destinations = []config.Destination{{
		Code: portalCode, Kind: config.KindPortal, URL: portalURL, LoginPath: "mapi/login", IntegrationPath: "mapi/g", SharePath: "mapi/s",
		DstCode: "VN:GOV:000.00.00.G22:vpcpdvcprovider", DstCodeIn: "header", Agency: "000.00.00.H05", Username: "000.00.00.H05",
		PasswordFile: f.path("keys/portal"), Lookup: f.run.Lookup, Settle: config.Duration(f.settle), Timeout: config.Duration(callTimeout),
		Lanes: 8, Batch: 20, Receives: []string{"dossier"}, RetryCap: config.Duration(2 * time.Second),
		Breaker: config.Breaker{
			OpenFor: config.Duration(breakerOpen), Window: config.Duration(5 * time.Second), MinCalls: 5, SlowCall: config.Duration(900 * time.Millisecond),
		},
	}}
	return c
}
