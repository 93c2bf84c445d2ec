// Package gateway holds the ports and use cases of Liên Thông: what happens
// to a record between the source that pushed it and the portal that shows it.
//
//	source ──push──▶ Ingestor ──▶ record ──▶ entity ──▶ delivery ──▶ Lane ──▶ Destination
//	                    │                       │
//	                submission               change ──▶ feed
//
// [Ingestor] turns messages into verdicts: it lets the source's adapter
// normalise them and hands everything to an [IngestStore] in one transaction.
// The rules are pure functions beside it: [Decide] (is a record new, repeated,
// old?), [Derive] (the golden body of an entity from what its sources say) and
// [Rank] (which delivery goes first). A [Destination] is one system that shows
// our entities; [Lane] brings it up to date. [Feed] is what portal
// integrators read.
//
// Stores, HTTP, destinations and River live in packages that import this one;
// they do not know each other.
package gateway
