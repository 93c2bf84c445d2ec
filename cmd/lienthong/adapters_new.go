package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
)

type adaptersNewCmd struct {
	Name   string `arg:"" help:"Name of the adapter: lower-case letters and digits, with single - or _ between them." placeholder:"NAME"`
	Format string `help:"What the source sends: json, xml or csv. Default: by the sample's name, else json." enum:",json,xml,csv" default:""`
	Sample string `help:"A message of the source; the mapping lists its fields, never their values." placeholder:"FILE"`
	Out    string `help:"File to write; one that is there is left alone. - is standard output." default:"mapping.yaml" placeholder:"FILE"`
}

// Run writes the skeleton.
func (c *adaptersNewCmd) Run(s *streams) error {
	if _, err := all.Registry().Get(c.Name); err == nil || c.Name == mapped.Name {
		return fault.New(fault.Usage, "adapters new", "there is an adapter named "+c.Name)
	}
	sample := mapped.Sample{Format: c.format()}
	if c.Sample != "" {
		body, err := readMessage(c.Sample, s)
		if err != nil {
			return err
		}
		if sample, err = mapped.ReadSample(sample.Format, body); err != nil {
			return err
		}
	}
	text := mapped.Skeleton(c.Name, sample)
	if _, err := mapped.Parse(text); err != nil { // the name, or field names of no other use
		return fault.New(fault.Usage, "adapters new", "no mapping can begin like this: "+err.Error())
	}
	if c.Out == "-" {
		_, err := s.out.Write(text)
		return err
	}
	file, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Usage, "adapters new", c.Out+" is there already; name another with --out")
	}
	if err != nil {
		return fault.New(fault.Usage, "adapters new", err.Error())
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s written; fill it in and try it: lienthong adapters test %s SAMPLE\n", c.Out, c.Out)
	return err
}

func (c *adaptersNewCmd) format() mapped.Format {
	if c.Format != "" {
		return mapped.Format(c.Format)
	}
	switch strings.ToLower(filepath.Ext(c.Sample)) {
	case ".xml":
		return mapped.XML
	case ".csv", ".tsv":
		return mapped.CSV
	}
	return mapped.JSON
}

// namedMistakes puts the file's name before each mistake of a mapping.
func namedMistakes(file string, err error) error {
	var mistakes mapped.Mistakes
	if !errors.As(err, &mistakes) {
		return err
	}
	lines := make([]string, len(mistakes))
	for i, m := range mistakes {
		lines[i] = file + ":" + m.String()
	}
	return fault.New(fault.Usage, "the mapping has mistakes", "\n"+strings.Join(lines, "\n"))
}
