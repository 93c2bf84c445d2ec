//go:build unix

package demo

import (
	"os"
	"os/exec"
	"syscall"
)

// separate takes a child out of the terminal's group: Ctrl-C reaches the
// parent alone, which stops its children in order.
func separate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// freeze stops a process where it stands, as a machine does that pauses; thaw lets it go on.
func freeze(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }

func thaw(p *os.Process) error { return p.Signal(syscall.SIGCONT) }
