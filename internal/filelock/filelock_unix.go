//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package filelock

import (
	"errors"
	"os"
	"syscall"
)

// Try takes the lock at path, a file of its own, without waiting. Nil without
// an error means that somebody else holds it.
func Try(path string) (*Lock, error) {
	for {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
			_ = file.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, nil
			}
			return nil, err
		}
		if stands(file, path) {
			return &Lock{file}, nil
		}
		_ = file.Close() // its holder removed it between our opening and our locking
	}
}

// stands reports whether the file is still the one of that name.
func stands(file *os.File, path string) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(ours, there)
}

// Release gives the lock back and removes its file.
func (l *Lock) Release() {
	if l != nil {
		_ = os.Remove(l.file.Name()) // while it is held: afterwards it may be another's
		_ = l.file.Close()
	}
}
