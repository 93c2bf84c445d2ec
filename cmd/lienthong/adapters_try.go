package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
)

type adaptersTestCmd struct {
	Mapping  string `arg:"" help:"Mapping file." placeholder:"MAPPING"`
	File     string `arg:"" help:"A message of the source; - is standard input." placeholder:"SAMPLE"`
	Province string `help:"Code of the province; decides commune codes that two lists have." default:"24" placeholder:"CODE"`
	Width    int    `help:"Columns to print in. Default: the terminal's; two columns from 120 on." placeholder:"N"`
	JSON     bool   `help:"Print as JSON." name:"json"`
}

// trial is what test prints as JSON.
type trial struct {
	OK      bool             `json:"ok"` // nothing refused
	Records []normalizedLine `json:"records"`
	Refused []fault.Problem  `json:"refused"`
	Noted   []fault.Problem  `json:"noted,omitempty"` // doubts and repairs in what was refused
}

// Run prints what a mapping makes of a message.
func (c *adaptersTestCmd) Run(ctx context.Context, s *streams) error {
	if err := knownProvince(c.Province); err != nil {
		return err
	}
	spec, err := openAdapter(mapped.Name, c.Mapping)
	if err != nil {
		return err
	}
	body, err := readMessage(c.File, s)
	if err != nil {
		return err
	}
	lines, refusal, err := normalize(ctx, spec, c.Province, adapters.Raw{ContentType: c.media(spec, body), Body: body})
	if err != nil {
		return err
	}
	result := trial{OK: refusal == nil, Records: []normalizedLine{}, Refused: []fault.Problem{}}
	for _, line := range lines {
		switch {
		case line.Refused != nil:
			result.Refused = append(result.Refused, *line.Refused)
		case line.Noted != nil:
			result.Noted = append(result.Noted, *line.Noted)
		default:
			result.Records = append(result.Records, line)
		}
	}
	if c.JSON {
		out := json.NewEncoder(s.out)
		out.SetEscapeHTML(false)
		err = out.Encode(result)
	} else {
		_, err = s.out.Write(result.text(c.width(s)))
	}
	if err != nil {
		return err
	}
	return refusal
}

// media returns the content type of the sample: that of its end, else the mapping's own.
func (c *adaptersTestCmd) media(spec adapters.Spec, body []byte) string {
	if m, err := mapped.Load(c.Mapping); err == nil && c.File == "-" && m.Format == mapped.CSV {
		return m.Format.MediaType()
	}
	return mediaOf(c.File, body)
}

// twoColumns is the width from which result and problems stand side by side.
const twoColumns = 120

func (c *adaptersTestCmd) width(s *streams) int {
	if c.Width > 0 {
		return c.Width
	}
	if f, ok := s.out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 80
}

// text lays the trial out for people.
func (t trial) text(width int) []byte {
	var b bytes.Buffer
	for i, rec := range t.Records {
		fmt.Fprintf(&b, "%d. %s %s", i+1, rec.Kind, rec.ID)
		if rec.EventTime != "" {
			fmt.Fprintf(&b, "  (%s)", rec.EventTime)
		}
		b.WriteByte('\n')
		var pretty bytes.Buffer
		_ = json.Indent(&pretty, rec.Body, "", "  ") // sealed JSON is sound
		beside(&b, strings.Split(pretty.String(), "\n"), problemLines(rec.Problems), width)
		b.WriteByte('\n')
	}
	if len(t.Refused) > 0 {
		b.WriteString("Refused:\n")
		for _, line := range problemLines(append(t.Refused, t.Noted...)) {
			b.WriteString("  " + line + "\n")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%s, %s\n", counted(len(t.Records), "record"), counted(len(t.Refused), "refusal"))
	return b.Bytes()
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}

// problemLines says each problem in two lines; fields that the mapping does not know stand together.
func problemLines(problems []fault.Problem) []string {
	var lines, unknown []string
	for _, p := range problems {
		if p.Code == "field.unknown" {
			unknown = append(unknown, "    "+p.Pointer)
			continue
		}
		level := p.Level
		if level == "" {
			level = fault.Refused
		}
		at := p.Pointer
		if at == "" {
			at = "(the whole message)"
		}
		detail := p.DetailEN
		if p.Expected != "" {
			detail += " Expected: " + p.Expected
		}
		lines = append(lines, fmt.Sprintf("%s  %s  %s", level, at, p.Code), "    "+detail)
	}
	if len(unknown) > 0 {
		lines = append(lines, fmt.Sprintf("%s  field.unknown  %d fields that the mapping does not read:", fault.Warning, len(unknown)))
	}
	return append(lines, unknown...)
}

// beside writes two texts in columns, or one under the other where the width does not do.
func beside(b *bytes.Buffer, left, right []string, width int) {
	if width < twoColumns || len(right) == 0 {
		for _, line := range left {
			b.WriteString("  " + line + "\n")
		}
		for _, line := range right {
			b.WriteString("  ! " + line + "\n")
		}
		return
	}
	column := width/2 - 4
	left, right = wrap(left, column), wrap(right, column)
	for i := range max(len(left), len(right)) {
		l := at(left, i)
		line := "  " + l + strings.Repeat(" ", column-utf8.RuneCountInString(l)) + " │ " + at(right, i)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// wrap cuts lines to a width in characters, between words where it can, and keeps their indent.
func wrap(lines []string, width int) []string {
	var out []string
	for _, line := range lines {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		runes := []rune(line)
		for len(runes) > width {
			cut := width
			if space := strings.LastIndexByte(string(runes[:width]), ' '); space > indent+width/2 {
				cut = utf8.RuneCountInString(string(runes[:width])[:space])
			}
			out = append(out, string(runes[:cut]))
			rest := strings.TrimLeft(string(runes[cut:]), " ")
			runes = []rune(strings.Repeat(" ", min(indent+2, width/2)) + rest)
		}
		out = append(out, string(runes))
	}
	return out
}
