// Package bench measures the gateway from the line to the disk: a real server
// on loopback, the adapters of the sources, and a PostgreSQL that keeps what it
// was told (fsync on). Each benchmark measures in the same run what the
// database could do at best for the same rows over as many connections, and
// reports the share of it that the gateway reaches as "ratio":
//
//	go test -run - -bench . ./cmd/lienthong/bench
//
// Absolute figures move by a factor of two from run to run on a shared machine;
// the ratios do not.
package bench
