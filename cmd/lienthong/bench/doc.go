// Package bench measures the gateway from the line to the disk: a real server
// on loopback, the adapters of the sources, and a PostgreSQL that keeps what it
// was told (fsync on). Each benchmark measures in the same run what the
// database could do at best for the same rows over as many connections, and
// reports the share of it that the gateway reaches as "ratio":
//
//	go test -run - -bench . ./cmd/lienthong/bench
//
// What follows the store is measured with the built program in a process of its own,
// beside a portal that can be shut and throttled: how fast a backlog drains
// against a bare client with the same calls, and what waiting costs
// (BenchmarkBacklog), the way of a dossier on a healthy day (BenchmarkHealthy), a
// morning's backlog against the best possible (BenchmarkMorning), and missed
// deadlines against an oracle (BenchmarkDeadlines). They take minutes each:
//
//	go test -run - -bench 'Backlog|Healthy|Morning|Deadlines' -benchtime 1x -timeout 60m ./cmd/lienthong/bench -backlog.dossiers 100000
//
// Lists of operators are measured against their promise, and what their counts cost who writes
// (BenchmarkOpsLists, BenchmarkCounts):
//
//	go test -v -run - -bench OpsLists -benchtime 1x -timeout 30m ./cmd/lienthong/bench -ops.deliveries 1000000 -ops.limit 200ms
//
// Absolute figures move by a factor of two from run to run on a shared machine;
// the ratios do not.
package bench
