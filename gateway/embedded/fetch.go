package embedded

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// Fetch says how to obtain the server's binaries where none are installed. They are downloaded once
// by a child of this program that has dropped its privileges, and kept.
type Fetch struct {
	// Command are the arguments with which this program, run again, does nothing but call [FetchChild].
	Command []string

	// CacheDir keeps archive and binaries. Empty: below the user's cache folder; for root, below
	// /var/tmp, since the user that the server runs as cannot enter root's home.
	CacheDir string

	// RepositoryURL is a mirror of Maven Central, where the archives are published. It may hold
	// credentials; they are shown nowhere. Empty: Maven Central.
	RepositoryURL string
}

// request is what the child reads from its standard input: an argument would be visible to everybody.
type request struct {
	CacheDir      string `json:"cache_dir"`
	RepositoryURL string `json:"repository_url"`
	Major         int    `json:"major"`
}

// target is the folder of the unpacked binaries.
func (r request) target() string {
	return filepath.Join(r.CacheDir, "postgresql-"+strconv.Itoa(r.Major))
}

// defaultMajor is downloaded when no data folder asks for another version.
const defaultMajor = 17

// obtain returns the downloaded binaries, after downloading them if need be.
func (f *Fetch) obtain(ctx context.Context, who account, major int, log *slog.Logger) (Binaries, error) {
	const op = "embedded.Fetch"
	if major == 0 {
		major = defaultMajor
	}
	dir, err := f.cache(who)
	if err != nil {
		return Binaries{}, err
	}
	r := request{CacheDir: dir, RepositoryURL: f.RepositoryURL, Major: major}
	bin := filepath.Join(r.target(), "bin")
	if b, err := inspect(ctx, bin); err == nil {
		return b, nil
	}
	log.Info("no PostgreSQL installed; downloading one", "major", major, "cache_dir", dir)
	if err := f.child(ctx, who, r); err != nil {
		return Binaries{}, err
	}
	b, err := inspect(ctx, bin)
	return b, fault.Wrap(err, fault.Unavailable, op)
}

// cache returns the cache folder and makes sure that nobody but us and the server's user can put
// programs into it.
func (f *Fetch) cache(who account) (string, error) {
	const op = "embedded.Fetch.cache"
	dir := f.CacheDir
	switch {
	case dir != "":
	case who.drop:
		dir = filepath.Join(variableTmp, "lienthong-postgresql-"+strconv.Itoa(who.uid))
	default:
		base, err := os.UserCacheDir()
		if err != nil {
			return "", fault.Wrap(err, fault.Unavailable, op)
		}
		dir = filepath.Join(base, "lienthong")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, op)
	}
	if _, err := os.Lstat(dir); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return "", fault.Wrap(err, fault.Unavailable, op)
		}
		if err := who.own(dir); err != nil {
			return "", fault.Wrap(err, fault.Unavailable, op)
		}
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	if !info.IsDir() || !who.owns(dir) || info.Mode().Perm()&0o022 != 0 {
		return "", fault.New(fault.Unavailable, op, "the cache folder "+dir+" must belong to the user that the server runs as, and to nobody else")
	}
	return dir, nil
}

// child runs this program again, as the server's user, to download and unpack.
func (f *Fetch) child(ctx context.Context, who account, r request) error {
	const op = "embedded.Fetch.child"
	program, err := os.Executable()
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	if runtime.GOOS == "linux" {
		// The program may stand where the server's user cannot go ("go run" builds into a folder of
		// the caller alone); this link leads to it all the same.
		program = "/proc/self/exe"
	}
	input, err := json.Marshal(r)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := who.command(ctx, dieNow, program, f.Command...)
	for _, key := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"} {
		if value, ok := os.LookupEnv(key); ok {
			cmd.Env = append(cmd.Env, key+"="+value)
		}
	}
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &out, &out
	if err := cmd.Run(); err != nil {
		return &fault.Error{
			Code: fault.Unavailable, Op: op, Err: err,
			Msg: "PostgreSQL could not be downloaded: " + lastLines(hideURL(out.String(), r.RepositoryURL), 3) +
				"; install it with: " + installLine(runtime.GOOS, 0),
		}
	}
	return nil
}

// hideURL takes a repository's address, which may hold credentials, out of a message.
func hideURL(text, address string) string {
	if address == "" {
		return text
	}
	shown := "the repository"
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		shown = u.Host
	}
	return strings.ReplaceAll(text, address, shown)
}
