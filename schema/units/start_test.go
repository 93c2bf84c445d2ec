package units

import "testing"

// The costs of the first use: reading the tables, the index of names, that of address lines.

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load()
	}
}

func BenchmarkGazetteer(b *testing.B) {
	t := load()
	for b.Loop() {
		newGazetteer(t)
	}
}

func BenchmarkIndexNames(b *testing.B) {
	t := load()
	for b.Loop() {
		indexNames(t)
	}
}
