package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/schema"
)

type adaptersDocCmd struct {
	Name    string `arg:"" help:"Name of the adapter." placeholder:"NAME"`
	Mapping string `help:"Mapping file, for the page of what it describes." placeholder:"FILE"`
}

// problemsSeen has, for each adapter, the problems that its golden cases show;
// the test of the pages writes it.
//
//go:embed adapters_problems.json
var problemsSeen []byte

// seenProblem is one kind of problem that an adapter reports.
type seenProblem struct {
	Code     string   `json:"code"`
	Levels   []string `json:"levels"`
	Detail   string   `json:"detail"`
	DetailEN string   `json:"detail_en"`
}

// Run prints the page.
func (c *adaptersDocCmd) Run(ctx context.Context, s *streams) error {
	if c.Name == mapped.Name && c.Mapping == "" {
		_, err := s.out.Write([]byte(mappedPage()))
		return err
	}
	spec, err := openAdapter(c.Name, c.Mapping)
	if err != nil {
		return err
	}
	page, err := adapterPage(ctx, spec)
	if err != nil {
		return err
	}
	_, err = s.out.Write([]byte(page))
	return err
}

// generated heads every page.
const generated = "<!-- Written by lienthong adapters doc; go test ./cmd/lienthong -run TestAdapterPages -update writes it anew. -->\n"

// meanings of the orders of revisions, for people.
var meanings = map[adapters.Order]string{
	adapters.ByVersion:            "a lower or equal version is old",
	adapters.ByVersionThenArrival: "a lower version is old; the same with other content: what comes later is newer",
	adapters.ByEventTime:          "an earlier event time is old; the same with other content: what comes later is newer",
	adapters.ByArrival:            "what comes later is newer",
}

// adapterPage is the page of one adapter in Markdown.
func adapterPage(ctx context.Context, spec adapters.Spec) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# Adapter %s\n\n%s\n\nVersion %d. It is raised when the same bytes give other records.\n", generated, spec.Name, spec.Summary, spec.Version)
	b.WriteString("\n## Forms\n\n")
	for _, form := range spec.Forms {
		fmt.Fprintf(&b, "* %s\n", form)
	}
	b.WriteString("\n## Records\n\n| Kind | Order of revisions | Which means |\n|---|---|---|\n")
	for _, k := range spec.Kinds {
		fmt.Fprintf(&b, "| [%s](../schema/%s.md) | `%s` | %s |\n", k.Kind, k.Kind, k.Order, meanings[k.Order])
	}
	if spec.Example != "" {
		if err := exampleOf(ctx, &b, spec); err != nil {
			return "", err
		}
	}
	seen := map[string][]seenProblem{}
	if err := json.Unmarshal(problemsSeen, &seen); err != nil {
		return "", err
	}
	if problems := seen[spec.Name]; len(problems) > 0 {
		b.WriteString("\n## Problems\n\nThose that its golden cases show. `refused` keeps a record out, `warning` takes it with a doubt, `repaired` after a change.\n\n")
		b.WriteString("| Code | Level | Meaning |\n|---|---|---|\n")
		for _, p := range problems {
			fmt.Fprintf(&b, "| `%s` | %s | %s<br>%s |\n", p.Code, strings.Join(p.Levels, ", "), p.Detail, p.DetailEN)
		}
	}
	return b.String(), nil
}

// exampleOf writes the example and what kinds of records come of it.
func exampleOf(ctx context.Context, b *strings.Builder, spec adapters.Spec) error {
	adapter, err := spec.New(adapters.Config{Province: "24"})
	if err != nil {
		return err
	}
	body := []byte(spec.Example)
	records, _ := adapter.Normalize(ctx, adapters.Raw{ContentType: mediaOf("", body), Body: body})
	counts := map[schema.Kind]int{}
	for _, rec := range records {
		counts[rec.Kind]++
	}
	var gives []string
	for _, k := range spec.Kinds {
		if n := counts[k.Kind]; n > 0 {
			gives = append(gives, fmt.Sprintf("%d %s", n, k.Kind))
		}
	}
	fmt.Fprintf(b, "\n## Example\n\nInvented values. It gives: %s.\n\n```\n%s\n```\n", strings.Join(gives, ", "), strings.TrimSpace(spec.Example))
	return nil
}

// mappedPage is the reference of mapping files.
func mappedPage() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s", generated, mappedIntroduction)
	b.WriteString("\n## Ways of reading (`as`)\n\n| `as` | Reads | Formats |\n|---|---|---|\n")
	for _, w := range mapped.Ways() {
		formats := make([]string, len(w.Formats))
		for i, f := range w.Formats {
			formats[i] = "`" + w.Name + "(" + f + ")`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", w.Name, w.Note, strings.Join(formats, " "))
	}
	fmt.Fprintf(&b, "\n## Functions of expressions\n\n`%s`\n", strings.Join(mapped.Functions(), "`, `"))
	b.WriteString("\n`coalesce` gives the first text that is not empty, `clean` a text in Unicode NFC without superfluous space, `fold` a text without case and diacritics.\n")
	b.WriteString("\n## Canonical fields\n\nThe usual way of reading stands first; it need not be said. A text can also be read as `text`, `name`, `code`, `phone`, `dossier`, `identity` or `tax_code`.\n")
	for _, kind := range schema.Kinds() {
		fmt.Fprintf(&b, "\n### %s\n\n| Field | `as` | Values |\n|---|---|---|\n", kind)
		for _, f := range mapped.Fields(kind) {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, strings.Join(f.Ways, ", "), strings.Join(f.Few, ", "))
		}
	}
	return b.String()
}

const mappedIntroduction = `# Adapter mapped

A source that no adapter knows needs a file, not a program. [The guide](../guide/new-source.md) walks from a sample to a running source;
this page is the reference.

` + "```yaml" + `
name: lltp              # of the adapter that the file describes; the source's configuration says adapter: mapped, mapping: FILE
version: 1              # raise it when the same bytes give other records
summary: One sentence.
input:
  format: json          # json, xml or csv; what is kept of an element is JSON, which is always taken too
  select: value         # path of the element that repeats; a.b, or /a/b where names hold dots. XML begins with its root
  envelope: [status]    # keys beside that list, known and not wanted
  ignore: [maTinh]      # fields of an element, known and not wanted; others that no record reads are reported (field.unknown)
  time_zone: UTC        # of times without an offset; Asia/Ho_Chi_Minh unless said
records:
  - kind: dossier_step  # an element may give several records
    order: event_time   # event_time, version, version_then_arrival or arrival
    when: soHoSo != ""  # expression; without it every element gives the record
    id: {from: ma}      # the source's own id; dossiers, steps and notes have theirs
    event_time: {from: luc}
    version: {from: lan}
    fields:
      dossier: {from: soHoSo, required: true}             # a field of the source
      unit: {value: Sở Tư pháp}                           # a constant
      text: coalesce(noiDung, ghiChu)                     # an expression
      status: {from: trangThai, map: {"1": received, "*": in_progress}}
      at: {expr: ngay + " " + gio, as: time(dd/MM/yyyy HH:mm:ss)}
      other_numbers: [{from: so1}, {from: so2}]           # a list: of values,
      results:                                            # or of what repeats below the element
        each: ketQua
        fields: {name: {from: ten}, url: {from: link, as: code}}
example: |
  one message, for people
` + "```" + `

* Fields of XML: an attribute is ` + "`@name`" + `, text beside children ` + "`#text`" + `. Columns of CSV are fields; rows are elements.
* ` + "`required: true`" + ` keeps the record out when the field is empty or cannot be read; else what cannot be read is dropped with a warning.
* ` + "`map`" + ` translates before ` + "`as`" + ` reads, whatever the case; ` + "`*`" + ` is for all that the table lacks. Without it a code that is not in the table is a problem.
* Expressions see text, also where the source writes numbers: compare with ` + "`\"1\"`" + `, or write ` + "`int(x)`" + `. What a message lacks is ` + "`\"\"`" + `.
  A field whose name is no word is ` + "`$env[\"Họ tên\"]`" + `. No clock, no loop inside a loop, at most 2,000 characters and 200 parts; a
  field longer than 16 KiB or a list of more than 1,000 is not for them. One with a colon stands in quotes or after ` + "`>-`" + `.
* Anything wrong with the file is said at once, with line and column, by ` + "`lienthong check`" + ` and ` + "`lienthong adapters test`" + `.
`

// pagesIndex is docs/adapters/README.md.
func pagesIndex() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# Adapters\n\nWhat sources can send as they are. `lienthong adapters list` shows the same, `lienthong adapters normalize FILE --adapter NAME` what would be stored.\n\n", generated)
	b.WriteString("| Adapter | For |\n|---|---|\n")
	for _, name := range all.Names() {
		for _, a := range listAdapters() {
			if a.Name == name {
				fmt.Fprintf(&b, "| [%s](%s.md) | %s |\n", name, name, a.Summary)
			}
		}
	}
	return b.String()
}
