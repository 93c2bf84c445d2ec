package embedded

import "syscall"

// deathSignal is what the kernel sends a child when the thread that started it is gone.
type deathSignal = syscall.Signal

const (
	dieFast = syscall.SIGINT  // PostgreSQL: roll back, write a checkpoint, exit
	dieNow  = syscall.SIGQUIT // PostgreSQL: exit, recover at the next start
)

func (a account) attributes(onParentDeath deathSignal) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onParentDeath}
	if a.drop {
		attr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	return attr
}
