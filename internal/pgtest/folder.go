package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	keepPrepared   = 48 * time.Hour // how long a prepared folder stays that no test binary asked for
	leaveToJanitor = time.Minute    // how long the folder of a test binary that ended is its janitor's
)

// workFolder returns the folder of all test clusters of this user: in memory where the machine has
// room for it, else in the temp folder. Others may pass through it, since PostgreSQL may run as
// another user than the tests, but not write to it.
func workFolder() (string, error) {
	parent := os.TempDir()
	if roomy("/dev/shm") {
		parent = "/dev/shm"
	}
	dir := filepath.Join(parent, "lienthong-pgtest-"+strconv.Itoa(os.Geteuid()))
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return "", fmt.Errorf("the folder %s belongs to somebody else; remove it", dir)
	}
	return dir, nil
}

// run is a folder for one cluster of this test binary. As long as its files are open the folder is in
// use: the kernel closes them when this program ends, however it ends.
type run struct {
	dir  string
	lock *os.File // tells sweep, in other test binaries, to keep away
	pipe *os.File // tells the janitor that we are alive
}

// newRun makes the folder and starts a small shell that waits for the end of this program, stops a
// server that still runs, and removes the folder.
func newRun(root string) (*run, error) {
	dir, err := os.MkdirTemp(root, "run-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, err
	}
	r := &run{dir: dir}
	if r.lock, err = lock(filepath.Join(dir, "owner.lock")); err != nil {
		return nil, err
	}
	if r.pipe, err = janitor(dir); err != nil {
		return nil, err
	}
	return r, nil
}

// close ends the use of the folder; the janitor removes it, unless it has another name by now.
func (r *run) close() {
	_ = r.lock.Close()
	_ = r.pipe.Close()
}

// janitorScript reads until the pipe to the test binary closes. The server's first line of
// postmaster.pid is its process id; the server removes the file when it ends.
const janitorScript = `
read -r _
pidfile="$1/cluster/data/postmaster.pid"
pid=$(head -n 1 "$pidfile" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -QUIT "$pid" 2>/dev/null
	n=0
	while [ -e "$pidfile" ] && kill -0 "$pid" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.05; n=$((n+1)); done
fi
socket=$(sed -n 's/^ *"socket": "\(.*\)",*$/\1/p' "$1/cluster.json" 2>/dev/null)
rm -rf -- "$1"
case "$socket" in */lienthong-*) rm -rf -- "$socket";; esac
`

// janitor starts the shell and returns the other end of its pipe, which nobody writes to. The shell
// has a session of its own, so that Ctrl-C on the terminal does not end it.
func janitor(dir string) (*os.File, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/bin/sh", "-c", janitorScript, "pgtest-janitor", dir)
	cmd.Stdin = reader
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, reader.Close(), writer.Close())
	}
	return writer, reader.Close()
}

// sweep removes what test binaries left whose shell did not live to do it (the machine went down in
// between), and prepared folders that nobody needs any more.
func sweep(root string) {
	runs, _ := filepath.Glob(filepath.Join(root, "run-*")) // fails only on a bad pattern
	for _, dir := range runs {
		if olderThan(dir, leaveToJanitor) {
			removeUnlocked(dir, filepath.Join(dir, "owner.lock"))
		}
	}
	prepared, _ := filepath.Glob(filepath.Join(root, "prepared-*.lock"))
	for _, file := range prepared {
		dir := strings.TrimSuffix(file, ".lock")
		if olderThan(dir, keepPrepared) {
			removeUnlocked(dir, file)
		}
	}
}

func olderThan(path string, age time.Duration) bool {
	info, err := os.Stat(path)
	return err == nil && time.Since(info.ModTime()) > age
}

// removeUnlocked removes a folder that nobody uses. The lock of a prepared folder stays: removing it
// would let two test binaries lock two files of one name.
func removeUnlocked(dir, lockFile string) {
	if held := tryLock(lockFile); held != nil {
		_ = os.RemoveAll(dir)
		_ = held.Close()
	}
}

// lock waits for the lock of a file; closing the file gives it back.
func lock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// tryLock takes the lock of a file; nil means that somebody holds it or is just making it.
func tryLock(path string) *os.File {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil
	}
	return file
}
