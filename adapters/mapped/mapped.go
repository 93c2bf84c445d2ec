// Package mapped is the adapter for sources that nobody wrote Go for: a file
// says in YAML which field of the source becomes which field of the canonical
// model, and the package makes an adapter of it that behaves as the others do.
//
//	m, err := mapped.Load("lltp.yaml") // err wraps Mistakes: all of them, with line and column
//	a, err := m.Spec().New(adapters.Config{Province: "24"})
//	records, err := a.Normalize(ctx, adapters.Raw{Body: body})
//
// A mapping has an input (json, xml or csv, and the path of the element that
// repeats) and records, each with its kind, its order of revisions and its
// fields:
//
//	records:
//	  - kind: dossier_step
//	    order: event_time
//	    when: trangThai != ""
//	    fields:
//	      dossier: {from: maHoSoMCDT, required: true}
//	      at:      {from: thoiGian, as: time(dd/MM/yyyy HH:mm:ss), required: true}
//	      status:  {from: trangThai, map: {"1": received, "4": completed}}
//	      text:    coalesce(noiDung, ghiChu)
//
// A field is named as in the JSON of package schema, dotted below the top. Its
// value is a field of the source ("from"), a constant ("value") or an
// expression ("expr", or a bare text), is translated by "map" and read by "as"
// through the readers of package field, so that repairs, problems and their
// pointers are those of every adapter. Expressions (expr-lang/expr) see texts,
// never numbers, have no clock and no way out, and a bounded number of steps.
//
// The files: document.go, compile*.go and rewriter.go read a mapping; target.go,
// choice.go and reading.go know the canonical side; node.go, path.go and
// shape.go the message; normalize.go, elements.go, record.go and value.go join the two. guide.go and
// sample.go help people to write mappings.
package mapped

import (
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Name is what a source's configuration calls this adapter; the adapter itself has its mapping's name.
const Name = "mapped"

// Format is what the messages of a source are.
type Format string

// Formats. XML and CSV are read as JSON; what is kept of each record is JSON,
// which an adapter of any format takes too.
const (
	JSON Format = "json"
	XML  Format = "xml"
	CSV  Format = "csv"
)

// MediaType returns the content type of a format.
func (f Format) MediaType() string {
	switch f {
	case XML:
		return "application/xml"
	case CSV:
		return "text/csv"
	}
	return "application/json"
}

// Mapping is a mapping that has been checked.
type Mapping struct {
	Name    string
	Version int
	Summary string
	Format  Format
	Example string // one message, for people

	sel      path
	envelope map[string]bool // pointers of keys around the elements that are known and not wanted
	records  []*record
	shape    *shape
}

// Load reads a mapping. The error is a fault with code Usage; for mistakes in
// the file it wraps [Mistakes].
func Load(file string) (*Mapping, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &fault.Error{Code: fault.Usage, Op: "mapped.Load", Msg: "the mapping cannot be read", Err: err}
	}
	return Parse(data)
}

// Parse is [Load] without the file.
func Parse(data []byte) (*Mapping, error) {
	c := &compiler{Mapping: &Mapping{shape: new(shape)}}
	if root := c.document(data); root != nil {
		c.mapping(entry{at: start(root), value: root})
	}
	if len(c.found) > 0 {
		return nil, &fault.Error{Code: fault.Usage, Op: "mapped.Parse", Err: c.found.sorted()}
	}
	return c.Mapping, nil
}

// compiler makes a mapping of its file and notes what is wrong with it.
type compiler struct {
	*Mapping
	found Mistakes
	zone  *time.Location
}

// Spec returns the mapping as an adapter.
func (m *Mapping) Spec() adapters.Spec {
	spec := adapters.Spec{
		Name: m.Name, Version: m.Version, Summary: m.Summary, Example: m.Example, Forms: []string{m.form()},
		New: func(cfg adapters.Config) (adapters.Adapter, error) {
			return &adapter{Mapping: m, province: cfg.Province, dec: strict.New(strict.Options{})}, nil
		},
	}
	seen := map[schema.Kind]bool{}
	for _, r := range m.records {
		if !seen[r.kind] {
			spec.Kinds = append(spec.Kinds, adapters.KindSpec{Kind: r.kind, Order: r.order})
		}
		seen[r.kind] = true
	}
	return spec
}

func (m *Mapping) form() string {
	what := "element"
	if m.Format == CSV {
		what = "row"
	}
	form := strings.ToUpper(string(m.Format)) + ": one " + what + ", or a list of them"
	if len(m.sel) > 0 {
		form += " at " + string(jsontext.Pointer(m.sel.pointer()))
	}
	return form + "; what is kept of one is JSON"
}
