// Command build makes the embedded tables of package units from a folder of CSV
// tables (communes, provinces, old_units, commune_mapping, former_units,
// name_variants, unit_changes). It is run by hand when the state publishes a
// new list; the tables that it writes are committed.
//
//	go run ./schema/units/internal/build -in DIR
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

func main() {
	in := flag.String("in", "", "folder of the CSV tables")
	out := flag.String("out", "schema/units/data", "folder to write to")
	flag.Parse()
	if err := build(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func build(in, out string) error {
	for _, table := range []struct {
		file string
		make func(in string) ([]string, error)
	}{
		{"provinces.tsv", provinces},
		{"communes.tsv", communes},
		{"old_provinces.tsv", oldProvinces},
		{"old_districts.tsv", oldDistricts},
		{"old_communes.tsv", oldCommunes},
		{"former.tsv", former},
		{"renamed.tsv", renamed},
		{"variants.tsv", variants},
		{"changes.tsv", changes},
	} {
		lines, err := table.make(in)
		if err != nil {
			return fmt.Errorf("%s: %w", table.file, err)
		}
		slices.Sort(lines)
		text := strings.Join(lines, "\n") + "\n"
		if err := os.WriteFile(filepath.Join(out, table.file), []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Printf("%-18s %6d lines %8d bytes\n", table.file, len(lines), len(text))
	}
	return nil
}

// row is one line of a CSV table by column name.
type row map[string]string

// read returns the lines of a table, in NFC.
func read(dir, name string) ([]row, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, record := range records[1:] {
		r := make(row, len(record))
		for i, column := range records[0] {
			r[column] = norm.NFC.String(strings.TrimSpace(record[i]))
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// line joins fields; the order of lines is by the first field, the code.
func line(fields ...string) string { return strings.Join(fields, "\t") }

// each makes a line of each row of a table that keep takes; an empty line is left out.
func each(dir, name string, makeLine func(row) string) ([]string, error) {
	rows, err := read(dir, name)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, r := range rows {
		if l := makeLine(r); l != "" {
			lines = append(lines, l)
		}
	}
	return lines, nil
}
