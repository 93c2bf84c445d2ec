package units

import "testing"

// The two costs of the first use: reading the tables, and the index of names.

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load()
	}
}

func BenchmarkIndexNames(b *testing.B) {
	t := load()
	for b.Loop() {
		indexNames(t)
	}
}
