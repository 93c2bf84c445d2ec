package pgtest

import (
	"os"
	"syscall"
)

// roomy reports whether a memory-backed folder takes a few clusters. Containers often have one of
// 64 MiB, which is the size of a single cluster.
func roomy(dir string) bool {
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		return false
	}
	const enough = 1 << 30
	if stat.Bavail*uint64(stat.Bsize) < enough {
		return false
	}
	probe, err := os.MkdirTemp(dir, "lienthong-probe-")
	if err != nil {
		return false
	}
	return os.Remove(probe) == nil
}
