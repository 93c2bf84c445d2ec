package embedded

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// oldestMajor is the oldest PostgreSQL that the project's SQL runs on.
const oldestMajor = 14

// Binaries are the programs of one installed PostgreSQL.
type Binaries struct {
	Dir     string // folder that holds initdb and postgres
	Version string // as the server prints it, e.g. "postgres (PostgreSQL) 15.18"
	Major   int    // e.g. 15
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// FindBinaries looks for a server in PG_BINDIR, in PATH and in the platform's usual folders, newest
// first, and takes the first that is new enough. A PG_BINDIR that holds none is an error, since
// somebody meant it. A major other than zero accepts that version alone: a data folder belongs to one.
func FindBinaries(ctx context.Context, getenv func(string) string, major int) (Binaries, error) {
	const op = "embedded.FindBinaries"
	if dir := getenv("PG_BINDIR"); dir != "" {
		b, err := inspect(ctx, dir)
		if err != nil {
			return Binaries{}, &fault.Error{
				Code: fault.Unavailable, Op: op,
				Msg: "PG_BINDIR names a folder without a PostgreSQL server: " + dir, Err: err,
			}
		}
		if major != 0 && b.Major != major {
			return Binaries{}, fault.New(fault.Unavailable, op, "the data folder needs PostgreSQL "+
				strconv.Itoa(major)+", PG_BINDIR holds "+strconv.Itoa(b.Major))
		}
		return b, nil
	}
	for _, dir := range append(filepath.SplitList(getenv("PATH")), usualFolders(runtime.GOOS, "/")...) {
		b, err := inspect(ctx, dir)
		if err == nil && b.Major >= oldestMajor && (major == 0 || b.Major == major) {
			return b, nil
		}
		if ctx.Err() != nil {
			return Binaries{}, fault.Wrap(ctx.Err(), fault.Unavailable, op)
		}
	}
	wanted := "PostgreSQL"
	if major != 0 {
		wanted += " " + strconv.Itoa(major)
	}
	return Binaries{}, fault.New(fault.Unavailable, op,
		"no "+wanted+" in PG_BINDIR, PATH or the usual folders; install it with: "+installLine(runtime.GOOS, major))
}

// installLine is the one command that helps a newcomer.
func installLine(goos string, major int) string {
	if goos == "darwin" {
		return "brew install postgresql@" + strconv.Itoa(cmp.Or(major, 17))
	}
	if major != 0 {
		return "apt-get install postgresql-" + strconv.Itoa(major)
	}
	return "apt-get install postgresql"
}

// inspect asks the server in dir for its version.
func inspect(ctx context.Context, dir string) (Binaries, error) {
	const op = "embedded.inspect"
	if !filepath.IsAbs(dir) { // children start in "/", where a relative name means something else
		return Binaries{}, fault.New(fault.NotFound, op, "not an absolute path")
	}
	server := filepath.Join(dir, "postgres")
	for _, program := range []string{server, filepath.Join(dir, "initdb")} {
		if _, err := os.Stat(program); err != nil {
			return Binaries{}, fault.Wrap(err, fault.NotFound, op)
		}
	}
	// PATH often holds links to a few of the programs; the rest stand beside the original.
	if real, err := filepath.EvalSymlinks(server); err == nil && hasInitdb(filepath.Dir(real)) {
		server, dir = real, filepath.Dir(real)
	}
	out, err := exec.CommandContext(ctx, server, "--version").Output()
	if err != nil {
		return Binaries{}, fault.Wrap(err, fault.NotFound, op)
	}
	version := strings.TrimSpace(string(out))
	match := versionPattern.FindStringSubmatch(version)
	if match == nil {
		return Binaries{}, fault.New(fault.NotFound, op, "not a PostgreSQL server")
	}
	major, _ := strconv.Atoi(match[1])
	return Binaries{Dir: dir, Version: version, Major: major}, nil
}

func hasInitdb(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "initdb"))
	return err == nil
}

var numberPattern = regexp.MustCompile(`\d+`)

// usualFolders lists where packages of the platform put the server, newest version first.
func usualFolders(goos, root string) []string {
	patterns := []string{
		"usr/lib/postgresql/*/bin",      // Debian, Ubuntu
		"usr/pgsql-*/bin",               // PGDG on Red Hat
		"usr/lib*/postgresql-*/bin",     // Gentoo
		"usr/lib/postgresql[0-9]*/bin",  // SUSE
		"usr/libexec/postgresql[0-9]*/", // Alpine
		"usr/local/pgsql/bin",           // from source
		"usr/bin", "usr/local/bin",
	}
	if goos == "darwin" {
		patterns = []string{
			"opt/homebrew/opt/postgresql@*/bin", "usr/local/opt/postgresql@*/bin",
			"Applications/Postgres.app/Contents/Versions/[0-9]*/bin", "Library/PostgreSQL/*/bin",
			"opt/local/lib/postgresql*/bin", "opt/homebrew/bin", "usr/local/bin",
		}
	}
	var dirs []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(filepath.Join(root, pattern)) // fails only on a bad pattern
		slices.SortStableFunc(found, func(a, b string) int { return versionIn(b, root) - versionIn(a, root) })
		dirs = append(dirs, found...)
	}
	return dirs
}

// versionIn returns the first number of a path below root, 0 without one.
func versionIn(path, root string) int {
	n, _ := strconv.Atoi(numberPattern.FindString(strings.TrimPrefix(path, root)))
	return n
}
