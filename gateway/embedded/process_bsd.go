//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package embedded

import "syscall"

// deathSignal is ignored where the kernel has no such thing; the next Start adopts an orphan.
type deathSignal = syscall.Signal

const (
	dieFast = syscall.SIGINT
	dieNow  = syscall.SIGQUIT
)

func (a account) attributes(deathSignal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}
