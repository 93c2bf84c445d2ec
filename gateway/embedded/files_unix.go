//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package embedded

import (
	"errors"
	"os"
	"syscall"

	"github.com/lienthong/lienthong/internal/fault"
)

// fileLock is an exclusive lock that the kernel drops when its holder dies.
type fileLock struct{ file *os.File }

// tryLock takes the lock of path without waiting; nil means that somebody else holds it.
func tryLock(path string) (*fileLock, error) {
	const op = "embedded.tryLock"
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op)
	}
	// Fd() would put the file into blocking mode, which is no loss for a lock file.
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return &fileLock{file}, nil
	}
	_ = file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fault.Wrap(err, fault.Unavailable, op)
}

// lockFolder locks a folder, if it can.
func lockFolder(path string) *fileLock {
	folder, err := os.Open(path)
	if err != nil {
		return nil
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = folder.Close()
		return nil
	}
	return &fileLock{folder}
}

// release gives the lock back. The file stays: removing it would let two holders lock two files of one name.
func (l *fileLock) release() {
	if l != nil {
		_ = l.file.Close()
	}
}

func ownerOf(info os.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}

// signal asks a process to end; one that is gone already is no error.
func signal(pid int, sig syscall.Signal) { _ = syscall.Kill(pid, sig) }

// exists reports whether there is a process of that id, whoever owns it.
func exists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
