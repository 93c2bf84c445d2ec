package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// When the disk of the data folder is worth a word.
const (
	diskWarn      = 5 << 30
	diskFail      = 500 << 20
	diskWarnShare = 10 // per cent of the whole
)

// errNoDisk says that this system does not tell.
var errNoDisk = errors.New("free space is not known on this system")

// diskCheck looks at the folder, or where it is yet to be made at the nearest one above.
func diskCheck(dir string) gateway.Check {
	check := gateway.Check{Name: "disk:data_dir", Component: "system", Status: gateway.CheckPass, Unit: "MiB free", At: time.Now()}
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	free, total, err := diskSpace(dir)
	check.Observed = int64(free >> 20)
	switch {
	case errors.Is(err, errNoDisk):
		check.Unit, check.Output = "", errNoDisk.Error()
	case err != nil:
		check.Status, check.Output = gateway.CheckWarn, "the folder cannot be examined"
	case free < diskFail:
		check.Status, check.Output = gateway.CheckFail, "the disk is full"
	case free < diskWarn || free < total/100*diskWarnShare:
		check.Status, check.Output = gateway.CheckWarn, fmt.Sprintf("%d per cent of the disk are free", free/max(total/100, 1))
	}
	return check
}
