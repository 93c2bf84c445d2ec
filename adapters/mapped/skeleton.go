package mapped

import (
	"fmt"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// Skeleton returns a mapping to begin with. It can be tried at once: it makes
// a progress step of each element as far as the names of fields tell what they
// are, and lists the fields of the sample, by what they look like and never by
// their values. A zero Sample gives the skeleton alone.
func Skeleton(name string, s Sample) []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# A mapping: which field of the source becomes which field of the canonical model.")
	line("# Try it:      lienthong adapters test mapping.yaml SAMPLE")
	line("# Its fields:  lienthong adapters doc mapped")
	line("name: %s", name)
	line("version: 1   # raise it when the same bytes give other records")
	line("summary: \"TODO: one sentence about the source.\"")
	line("")
	line("input:")
	line("  format: %s", s.Format)
	if s.Select != "" {
		line("  select: %s   # the list whose elements become records", quoted(s.Select))
	} else if s.Format != CSV {
		line("  # select: path.of.the.list   # when one message holds many")
	}
	if len(s.Around) > 0 {
		line("  envelope: [%s]   # beside the list, known and not wanted", quotedList(s.Around))
	}
	line("  # ignore: [a, b.c]      # fields of an element, known and not wanted; others that are not mapped are reported")
	line("  # time_zone: UTC        # of times without an offset; Asia/Ho_Chi_Minh unless said")
	line("")
	s.list(line)
	line("records:")
	line("  - kind: dossier_step      # %s", strings.Join(texts(schema.Kinds()...), ", "))
	line("    order: event_time       # event_time, version, version_then_arrival, arrival")
	line("    # when: trangThai != \"\" # a condition, where not every element is one")
	line("    fields:")
	line("      dossier: {from: %s, required: true}", s.guess("mahoso", "maHoSo"))
	line("      at: {from: %s, as: %s, required: true}", s.guess("thoi", "thoiDiem"), s.looksOf("thoi", "time"))
	line("      status: {from: %s, required: true, map: {\"1\": received, \"2\": in_progress, \"4\": completed}}   # TODO: the source's own codes", s.guess("trangthai", "trangThai"))
	line("      # officer: {from: …, as: name}")
	line("      # unit: {value: Sở Tư pháp}")
	line("      # text: coalesce(noiDung, ghiChu)      # a bare text is an expression")
	return []byte(b.String())
}

func (s Sample) list(line func(string, ...any)) {
	if len(s.Fields) == 0 {
		return
	}
	line("# Fields of the sample, and in how many of its %d elements they hold something:", s.Elements)
	width := 0
	for _, f := range s.Fields {
		width = max(width, len([]rune(f.Path)))
	}
	for _, f := range s.Fields {
		pad := strings.Repeat(" ", width-len([]rune(f.Path)))
		line("%s", strings.TrimRight(fmt.Sprintf("#   %s%s  %3d  %s", f.Path, pad, f.Filled, f.Looks), " "))
	}
	line("")
}

// find returns the first field whose name begins so, without case, marks and what is no letter.
func (s Sample) find(begin string) (SampleField, bool) {
	for _, f := range s.Fields {
		if !strings.Contains(f.Path, "[]") && strings.HasPrefix(strings.Join(strings.Fields(schema.Fold(f.Path)), ""), begin) {
			return f, true
		}
	}
	return SampleField{}, false
}

func (s Sample) guess(begin, otherwise string) string {
	if f, ok := s.find(begin); ok {
		return quoted(f.Path)
	}
	return otherwise
}

func (s Sample) looksOf(begin, otherwise string) string {
	if f, ok := s.find(begin); ok && strings.HasPrefix(f.Looks, "time(") {
		return f.Looks
	}
	return otherwise
}

func quotedList(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = quoted(name)
	}
	return strings.Join(all, ", ")
}
