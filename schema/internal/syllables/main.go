// Command syllables makes the list of common syllables that package schema
// weighs encodings by. It counts the names of procedures, trades and units and
// the parts of personal names in the embedded tables and writes three lines:
// frequent, usual, rare. It is run by hand when those tables change.
//
//	go run ./schema/internal/syllables
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/lienthong/lienthong/schema"
)

// tables are the files below the folder schema, the column that is text, and its weight.
var tables = []struct {
	file   string
	column int
	weight int
}{
	{"catalogue/data/procedures.tsv", 4, 1},
	{"catalogue/data/procedures.tsv", 1, 1},
	{"catalogue/data/vsic2025.tsv", 1, 1},
	{"catalogue/data/enterprise_types.tsv", 2, 5},
	{"catalogue/data/names.tsv", 4, 6},
	{"units/data/communes.tsv", 1, 1},
	{"units/data/communes.tsv", 2, 2},
	{"units/data/old_communes.tsv", 2, 1},
	{"units/data/old_districts.tsv", 2, 1},
	{"units/data/old_provinces.tsv", 2, 5},
}

// bands are the numbers of syllables in the first two lines.
var bands = [2]int{500, 900}

func main() {
	folder := flag.String("schema", "schema", "folder of package schema")
	flag.Parse()
	if err := build(*folder); err != nil {
		fmt.Fprintln(os.Stderr, "syllables:", err)
		os.Exit(1)
	}
}

func build(folder string) error {
	count := map[string]int{}
	for _, t := range tables {
		data, err := os.ReadFile(filepath.Join(folder, t.file))
		if err != nil {
			return err
		}
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			if f := strings.Split(line, "\t"); t.column < len(f) {
				add(count, f[t.column], t.weight)
			}
		}
	}
	words := make([]string, 0, len(count))
	for w := range count {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		if count[a] != count[b] {
			return count[b] - count[a]
		}
		return strings.Compare(a, b)
	})
	var lines []string
	for _, n := range []int{bands[0], bands[1], len(words)} {
		n = min(n, len(words))
		band := slices.Sorted(slices.Values(words[:n]))
		words = words[n:]
		lines = append(lines, strings.Join(band, " "))
	}
	return os.WriteFile(filepath.Join(folder, "data", "syllables.txt"), []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// add counts the words of a text that are written with Vietnamese letters alone.
func add(count map[string]int, text string, weight int) {
	for _, w := range strings.FieldsFunc(strings.ToLower(schema.NFC(text)), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if schema.IsSyllable(w) {
			count[schema.UnifyTones(w)] += weight
		}
	}
}
