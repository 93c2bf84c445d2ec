//go:build !linux

package pgtest

// roomy is false where there is no folder in memory that every user may write to.
func roomy(string) bool { return false }
