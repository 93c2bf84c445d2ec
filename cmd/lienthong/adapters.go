package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema/units"
)

type adaptersCmd struct {
	List      adaptersListCmd      `cmd:"" help:"List the adapters."`
	Doc       adaptersDocCmd       `cmd:"" help:"Print the page of an adapter: its forms, kinds, an example, its problems."`
	Normalize adaptersNormalizeCmd `cmd:"" help:"Read a message and print what would be stored, as JSON lines. Ends with 3 when something of it is refused."`
	New       adaptersNewCmd       `cmd:"" help:"Write a mapping to begin with, for a source that no adapter knows."`
	Test      adaptersTestCmd      `cmd:"" help:"Try a mapping on a message: what would be stored, and the problems beside it."`
}

type adaptersListCmd struct {
	JSON bool `help:"Print as JSON." name:"json"`
}

// listedAdapter is one adapter as list prints it.
type listedAdapter struct {
	Name    string       `json:"name"`
	Version int          `json:"version,omitempty"` // mapped has none of its own
	Summary string       `json:"summary"`
	Kinds   []listedKind `json:"kinds"`
	Forms   []string     `json:"forms"`
}

type listedKind struct {
	Kind  string `json:"kind"`
	Order string `json:"order"`
}

// Run prints the adapters in the order of their names.
func (c *adaptersListCmd) Run(s *streams) error {
	listed := listAdapters()
	if c.JSON {
		return json.NewEncoder(s.out).Encode(listed)
	}
	table := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "NAME\tVERSION\tKINDS\tFORMS")
	for _, a := range listed {
		var kinds []string
		for _, k := range a.Kinds {
			kinds = append(kinds, k.Kind)
		}
		version := fmt.Sprint(a.Version)
		if a.Version == 0 {
			version, kinds = "-", []string{"as its mapping says"}
		}
		for i := range max(len(kinds), len(a.Forms)) {
			name, kind, form := "", at(kinds, i), at(a.Forms, i)
			if i == 0 {
				name = a.Name
			} else {
				version = ""
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", name, version, kind, form)
		}
	}
	return table.Flush()
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

func listAdapters() []listedAdapter {
	listed := []listedAdapter{{
		Name: mapped.Name, Kinds: []listedKind{},
		Summary: "Any source that a mapping file describes; see lienthong adapters doc mapped.",
		Forms:   []string{"JSON, XML or CSV, as its mapping says"},
	}}
	for _, spec := range all.Registry() {
		listed = append(listed, listedOf(spec))
	}
	slices.SortFunc(listed, func(a, b listedAdapter) int { return strings.Compare(a.Name, b.Name) })
	return listed
}

func listedOf(spec adapters.Spec) listedAdapter {
	a := listedAdapter{Name: spec.Name, Version: spec.Version, Summary: spec.Summary, Kinds: []listedKind{}, Forms: spec.Forms}
	for _, k := range spec.Kinds {
		a.Kinds = append(a.Kinds, listedKind{string(k.Kind), string(k.Order)})
	}
	return a
}

// maxMessage bounds a file that the commands read as one message, as the API does.
const maxMessage = 64 << 20

// readMessage reads a file, or standard input for "-".
func readMessage(file string, s *streams) ([]byte, error) {
	in := s.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fault.New(fault.Usage, "adapters", err.Error())
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	body, err := io.ReadAll(io.LimitReader(in, maxMessage+1))
	if err == nil && len(body) > maxMessage {
		return nil, fault.New(fault.TooLarge, "adapters", "the message has more than 64 MiB")
	}
	return body, err
}

// mediaTypes are the content types of files by their ends.
var mediaTypes = map[string]string{".json": "application/json", ".xml": "application/xml", ".csv": "text/csv", ".tsv": "text/tab-separated-values"}

// mediaOf returns the content type of a file, by its end or else by its first character.
func mediaOf(file string, body []byte) string {
	if media, ok := mediaTypes[strings.ToLower(filepath.Ext(file))]; ok {
		return media
	}
	if strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(string(body), "\ufeff")), "<") {
		return mediaTypes[".xml"]
	}
	return mediaTypes[".json"]
}

// knownProvince refuses a code that no province has.
func knownProvince(code string) error {
	if _, ok := units.Province(code); !ok {
		return fault.New(fault.Usage, "adapters", "no province has the code "+code+" since 01/07/2025")
	}
	return nil
}
