//go:build unix

package demo

import (
	"os/exec"
	"syscall"
)

// separate takes a child out of the terminal's group: Ctrl-C reaches the
// parent alone, which stops its children in order.
func separate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
