// Package catalogue holds code lists of the state that more than one part of
// the gateway needs: administrative procedures with their result codes, the
// statuses of a dossier, ethnic groups, types of enterprises, lines of business,
// and parts of personal names for sample data.
//
//	p, ok := catalogue.ProcedureByCode("1.001193") // "Thủ tục đăng ký khai sinh", field Hộ tịch
//	catalogue.StatusLabel(schema.Received)         // "Được tiếp nhận"
//
// The lists are embedded and parsed at the first use. They state facts as of
// July 2026 and are not complete: PROVENANCE.md says what is missing.
package catalogue

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed data/*.tsv
var data embed.FS

// rows yields the fields of each line of a table. The data is part of the
// program, so a mistake in it panics; the tests read every table.
func rows(name string, fields int) func(yield func([]string) bool) {
	text, err := data.ReadFile("data/" + name + ".tsv")
	if err != nil {
		panic(err)
	}
	return func(yield func([]string) bool) {
		for line := range strings.Lines(string(text)) {
			f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(f) != fields {
				panic(fmt.Sprintf("catalogue: %s: %d fields in a line", name, len(f)))
			}
			if !yield(f) {
				return
			}
		}
	}
}

// list splits a field that holds several values.
func list(s, sep string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, sep)
}
