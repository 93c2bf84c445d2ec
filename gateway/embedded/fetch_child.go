package embedded

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"time"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"

	"github.com/lienthong/lienthong/internal/fault"
)

// FetchChild is the child's part of [Fetch]: it reads what to download from stdin, downloads and
// unpacks it, and returns when the binaries have proved that they run here. The library that does
// it can only start a server, so one is started over an empty folder and stopped again.
func FetchChild(ctx context.Context, stdin io.Reader) error {
	const op = "embedded.FetchChild"
	var r request
	if err := json.NewDecoder(stdin).Decode(&r); err != nil {
		return fault.Wrap(err, fault.Usage, op)
	}
	lock, err := waitLock(ctx, filepath.Join(r.CacheDir, "fetch.lock"))
	if err != nil {
		return err
	}
	defer lock.release()
	if hasInitdb(filepath.Join(r.target(), "bin")) {
		return nil // another program was faster
	}
	work, err := os.MkdirTemp(r.CacheDir, "unpack-")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	defer func() { _ = os.RemoveAll(work) }()
	config, err := r.config(work)
	if err != nil {
		return err
	}
	server := embeddedpostgres.NewDatabase(config)
	if err := server.Start(); err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	if err := server.Stop(); err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	return fault.Wrap(os.Rename(filepath.Join(work, "binaries"), r.target()), fault.Unavailable, op)
}

// config tells the library to keep everything below the folder work, the archive excepted.
func (r request) config(work string) (embeddedpostgres.Config, error) {
	config := embeddedpostgres.DefaultConfig()
	version, ok := map[int]embeddedpostgres.PostgresVersion{
		14: embeddedpostgres.V14, 15: embeddedpostgres.V15, 16: embeddedpostgres.V16,
		17: embeddedpostgres.V17, 18: embeddedpostgres.V18,
	}[r.Major]
	if !ok {
		return config, fault.New(fault.Unavailable, "embedded.FetchChild", "no download of this version of PostgreSQL is known")
	}
	port, err := freePort()
	if err != nil {
		return config, err
	}
	config = config.Version(version).CachePath(r.CacheDir).
		BinariesPath(filepath.Join(work, "binaries")).RuntimePath(filepath.Join(work, "run")).
		DataPath(filepath.Join(work, "data")).StartParameters(map[string]string{"unix_socket_directories": ""}).
		Port(port).Password(rand.Text()).StartTimeout(time.Minute).Logger(io.Discard)
	if r.RepositoryURL != "" {
		config = config.BinaryRepositoryURL(r.RepositoryURL)
	}
	return config, nil
}

// freePort finds a loopback port that nobody listens on at this moment.
func freePort() (uint32, error) {
	const op = "embedded.freePort"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fault.Wrap(err, fault.Unavailable, op)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if port <= 0 || port > math.MaxUint16 {
		return 0, fault.New(fault.Internal, op, "not a port")
	}
	return uint32(port), fault.Wrap(listener.Close(), fault.Unavailable, op)
}

// waitLock waits for the lock of a file.
func waitLock(ctx context.Context, path string) (*fileLock, error) {
	for {
		lock, err := tryLock(path)
		if lock != nil || err != nil {
			return lock, err
		}
		if err := pause(ctx, 10*pollEvery); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "embedded.waitLock")
		}
	}
}
