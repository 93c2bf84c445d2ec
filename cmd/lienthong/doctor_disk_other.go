//go:build !(linux || darwin || freebsd)

package main

func diskSpace(string) (free, total uint64, err error) { return 0, 0, errNoDisk }
