// Command build makes the embedded tables of package catalogue from a folder of
// CSV tables (procedures, ethnic_groups, enterprise_types, vsic, names). It is
// run by hand when a list changes; the tables that it writes are committed.
//
//	go run ./schema/catalogue/internal/build -in DIR
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

func main() {
	in := flag.String("in", "", "folder of the CSV tables")
	out := flag.String("out", "schema/catalogue/data", "folder to write to")
	flag.Parse()
	if err := build(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

func build(in, out string) error {
	for _, table := range []struct {
		csv, file string
		line      func(row) []string
	}{
		{"procedures.csv", "procedures.tsv", procedure},
		{"ethnic_groups.csv", "ethnic_groups.tsv", ethnicGroup},
		{"enterprise_types.csv", "enterprise_types.tsv", enterpriseType},
		{"vsic.csv", "vsic2025.tsv", industry},
		{"names.csv", "names.tsv", namePart},
		{"land_use_types.csv", "land_use_types.tsv", landUse},
		{"land_origin_types.csv", "land_origin_types.tsv", landOrigin},
	} {
		rows, err := read(filepath.Join(in, table.csv))
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, r := range rows {
			if fields := table.line(r); fields != nil {
				b.WriteString(strings.Join(fields, "\t") + "\n")
			}
		}
		if err := os.WriteFile(filepath.Join(out, table.file), []byte(b.String()), 0o644); err != nil {
			return err
		}
		fmt.Printf("%-22s %8d bytes\n", table.file, b.Len())
	}
	return nil
}

// row is one line of a CSV table by column name.
type row map[string]string

// read returns the lines of a table as clean text.
func read(path string) ([]row, error) {
	f, err := os.Open(path)
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
			r[column], _ = schema.CleanText(record[i])
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func procedure(r row) []string {
	levels := strings.NewReplacer("Cấp bộ", "ministry", "Cấp tỉnh", "province", "Cấp xã", "commune", "Cơ quan khác", "other", ", ", ",").
		Replace(r["levels"])
	return []string{r["code"], r["field"], levels, strings.ReplaceAll(r["result_codes"], ";", ","), r["name"]}
}

func ethnicGroup(r row) []string {
	return []string{r["code"], r["name"], r["other_names"]}
}

func enterpriseType(r row) []string {
	return []string{r["code"], r["kind"], r["name"], r["abbreviations"]}
}

func industry(r row) []string {
	if r["version"] != "2025" || r["level"] != "4" {
		return nil
	}
	return []string{r["code"], r["name"]}
}
