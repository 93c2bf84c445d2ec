//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package embedded

import (
	"os"
	"syscall"

	"github.com/lienthong/lienthong/internal/fault"
)

// Elsewhere New fails, and what stands below only lets the rest compile.

type account struct {
	uid, gid int
	drop     bool
}

type deathSignal = syscall.Signal

const (
	dieFast = deathSignal(2)
	dieNow  = deathSignal(3)
)

func serverAccount() (account, error) {
	return account{}, fault.New(fault.Unavailable, "embedded.New",
		"the private PostgreSQL runs on Linux, macOS and the BSDs; connect to a server of your own")
}

func (a account) own(string) error                            { return nil }
func (a account) owns(string) bool                            { return false }
func (a account) attributes(deathSignal) *syscall.SysProcAttr { return nil }

type fileLock struct{}

func tryLock(string) (*fileLock, error) { return nil, os.ErrInvalid }
func lockFolder(string) *fileLock       { return nil }
func (l *fileLock) release()            {}
func signal(int, deathSignal)           {}
func exists(int) bool                   { return false }
