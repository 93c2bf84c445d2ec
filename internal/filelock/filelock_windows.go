package filelock

import (
	"errors"
	"os"
	"syscall"
)

// Of the Windows API; package syscall does not name them.
const (
	errorSharingViolation = syscall.Errno(32)
	deleteOnClose         = 0x04000000
)

// Try takes the lock at path, a file of its own, without waiting. Nil without
// an error means that somebody else holds it. The file is shared with nobody
// and removed when it is closed, also by the end of the program.
func Try(path string) (*Lock, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL|deleteOnClose, 0)
	if errors.Is(err, errorSharingViolation) {
		return nil, nil
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return &Lock{os.NewFile(uintptr(handle), path)}, nil
}

// Release gives the lock back.
func (l *Lock) Release() {
	if l != nil {
		_ = l.file.Close()
	}
}
