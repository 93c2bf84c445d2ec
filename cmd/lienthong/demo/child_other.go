//go:build !unix

package demo

import (
	"errors"
	"os"
	"os/exec"
)

func separate(*exec.Cmd) {}

func freeze(*os.Process) error { return errors.ErrUnsupported }

func thaw(*os.Process) error { return errors.ErrUnsupported }
