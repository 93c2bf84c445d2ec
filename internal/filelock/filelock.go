// Package filelock keeps a second program out of what one program works on. A
// lock is a file; the kernel gives it back when its holder dies, however that
// happens, so a kill leaves nothing to clean up by hand.
//
//	lock, err := filelock.Try(path + ".lock")
//	if err == nil && lock == nil {
//		// somebody else holds it
//	}
//	defer lock.Release()
package filelock

import "os"

// Lock is a lock that is held. Nil is none, and may be released.
type Lock struct{ file *os.File }
