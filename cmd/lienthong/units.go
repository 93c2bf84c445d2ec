package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

type unitsCmd struct {
	Resolve unitsResolveCmd `cmd:"" help:"Find the administrative units in addresses, one a line; prints a line of JSON for each."`
}

type unitsResolveCmd struct {
	File string `arg:"" optional:"" default:"-" help:"Addresses in UTF-8, one a line; - is standard input." placeholder:"FILE"`
	AsOf string `help:"The day of whose list the lines speak; before 2025-07-01 that is the old list. Without it a district or an old province tells." placeholder:"YYYY-MM-DD"`
}

// maxLine is the longest line, in bytes; a longer one is no address.
const maxLine = 1 << 20

// Run reads addresses until the input ends.
func (c *unitsResolveCmd) Run(ctx context.Context, s *streams) error {
	var asOf schema.Date
	if c.AsOf != "" {
		day, err := schema.ParseDate(c.AsOf, schema.DateISO)
		if err != nil {
			return fault.New(fault.Usage, "units resolve", "--as-of is no date of the form YYYY-MM-DD")
		}
		asOf = day
	}
	in := s.in
	if c.File != "-" {
		file, err := os.Open(c.File)
		if err != nil {
			return fault.New(fault.Usage, "units resolve", err.Error())
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	return resolveLines(ctx, in, s.out, asOf)
}

func resolveLines(ctx context.Context, in io.Reader, to io.Writer, asOf schema.Date) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	out := bufio.NewWriterSize(to, 64<<10)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, out.Flush())
		}
		line := strings.TrimPrefix(lines.Text(), "\ufeff")
		if err := encoder.Encode(newResolvedLine(units.ReadLine(line, asOf))); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return errors.Join(fault.New(fault.TooLarge, "units resolve", "a line has more than 1 MiB"), out.Flush())
	}
	return errors.Join(lines.Err(), out.Flush())
}

// resolvedLine is one line of the output. Every code is there, "" where it is not known.
type resolvedLine struct {
	Input      string              `json:"input"`
	Street     string              `json:"street"`
	Old        oldPlace            `json:"old"`
	New        newPlace            `json:"new"`
	Confidence float64             `json:"confidence"` // 0 to 1
	Candidates []resolvedCandidate `json:"candidates"` // likeliest first; empty unless ambiguous
	Ambiguous  bool                `json:"ambiguous"`
}

type resolvedCandidate struct {
	Old        oldPlace `json:"old"`
	New        newPlace `json:"new"`
	Confidence float64  `json:"confidence"`
}

// oldPlace is in the list until 30/06/2025.
type oldPlace struct {
	ProvinceCode string `json:"province_code"`
	DistrictCode string `json:"district_code"`
	CommuneCode  string `json:"commune_code"`
	Province     string `json:"province"`
	District     string `json:"district"`
	Commune      string `json:"commune"`
}

// newPlace is in the list since 01/07/2025.
type newPlace struct {
	ProvinceCode string `json:"province_code"`
	CommuneCode  string `json:"commune_code"`
	Province     string `json:"province"`
	Commune      string `json:"commune"`
}

func newResolvedLine(r units.Reading) resolvedLine {
	line := resolvedLine{
		Input: r.Text, Street: r.Street, Old: oldPlaceOf(r.Old), New: newPlaceOf(r.New),
		Confidence: rounded(r.Confidence), Candidates: []resolvedCandidate{}, Ambiguous: r.Ambiguous,
	}
	for _, c := range r.Candidates {
		line.Candidates = append(line.Candidates, resolvedCandidate{oldPlaceOf(c.Old), newPlaceOf(c.New), rounded(c.Confidence)})
	}
	return line
}

func oldPlaceOf(p units.Place) oldPlace {
	return oldPlace{p.ProvinceCode, p.DistrictCode, p.CommuneCode, p.Province, p.District, p.Commune}
}

func newPlaceOf(p units.Place) newPlace {
	return newPlace{p.ProvinceCode, p.CommuneCode, p.Province, p.Commune}
}

func rounded(x float64) float64 { return float64(int(x*1000+0.5)) / 1000 }
