package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

type adaptersNormalizeCmd struct {
	File     string `arg:"" help:"One message (.json, .xml, .csv), or one a line (.ndjson); - is standard input." placeholder:"FILE"`
	Adapter  string `help:"Adapter that reads it." required:"" placeholder:"NAME"`
	Mapping  string `help:"Mapping file, for the adapter mapped." placeholder:"FILE"`
	Province string `help:"Code of the province; decides commune codes that two lists have." default:"24" placeholder:"CODE"`
}

// normalizedLine is one record, or one refusal, as it is printed.
type normalizedLine struct {
	Kind      schema.Kind     `json:"kind,omitempty"`
	ID        string          `json:"id,omitempty"`
	Version   int64           `json:"version,omitempty"`
	EventTime string          `json:"event_time,omitempty"`
	Body      json.RawMessage `json:"body,omitempty"`
	Problems  []fault.Problem `json:"problems,omitempty"`
	Refused   *fault.Problem  `json:"refused,omitempty"`
	Noted     *fault.Problem  `json:"noted,omitempty"`   // a doubt or a repair in what was refused for another reason
	Message   int             `json:"message,omitempty"` // line of an NDJSON file
}

// Run prints the good records, then what was refused.
func (c *adaptersNormalizeCmd) Run(ctx context.Context, s *streams) error {
	if err := knownProvince(c.Province); err != nil {
		return err
	}
	spec, err := openAdapter(c.Adapter, c.Mapping)
	if err != nil {
		return err
	}
	body, err := readMessage(c.File, s)
	if err != nil {
		return err
	}
	if strings.ToLower(filepath.Ext(c.File)) != ".ndjson" {
		return c.message(ctx, s, spec, adapters.Raw{ContentType: mediaOf(c.File, body), Body: body}, 0)
	}
	line, worst := 0, error(nil)
	for raw := range bytes.Lines(body) {
		line++
		if raw = bytes.TrimSpace(raw); len(raw) == 0 {
			continue
		}
		err := c.message(ctx, s, spec, adapters.Raw{ContentType: mediaTypes[".json"], Body: raw}, line)
		if err != nil && !errors.Is(err, errSilent) {
			return err
		}
		if worst == nil {
			worst = err
		}
	}
	return worst
}

func (c *adaptersNormalizeCmd) message(ctx context.Context, s *streams, spec adapters.Spec, raw adapters.Raw, number int) error {
	lines, refusal, err := normalize(ctx, spec, c.Province, raw)
	if err != nil {
		return err
	}
	out := json.NewEncoder(s.out)
	out.SetEscapeHTML(false)
	for _, line := range lines {
		line.Message = number
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return refusal
}

// openAdapter opens an adapter; each mistake of a mapping gets its file's name.
func openAdapter(name, mapping string) (adapters.Spec, error) {
	spec, err := all.Open(name, mapping)
	if err != nil {
		err = namedMistakes(mapping, err)
	}
	return spec, err
}

// normalize returns records and refusals as lines. refusal ends the command
// with its exit code when something was refused; err is a failure of ours.
func normalize(ctx context.Context, spec adapters.Spec, province string, raw adapters.Raw) (lines []normalizedLine, refusal, err error) {
	adapter, err := spec.New(adapters.Config{Province: province})
	if err != nil {
		return nil, nil, err
	}
	records, wrong := adapter.Normalize(ctx, raw)
	for _, rec := range records {
		line, err := lineOf(rec)
		if err != nil {
			return nil, nil, err
		}
		lines = append(lines, line)
	}
	if wrong == nil {
		return lines, nil, nil
	}
	problems := fault.ProblemsOf(wrong)
	if len(problems) == 0 {
		problems = []fault.Problem{{Code: string(fault.CodeOf(wrong)), DetailEN: messageOf(wrong)}}
	}
	for _, p := range problems {
		if p.IsRefusal() {
			lines = append(lines, normalizedLine{Refused: &p})
		} else {
			lines = append(lines, normalizedLine{Noted: &p})
		}
	}
	return lines, &fault.Error{Code: fault.CodeOf(wrong), Op: "adapters", Err: errSilent}, nil
}

func messageOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Msg != "" {
		return f.Msg
	}
	return "the message cannot be read"
}

func lineOf(rec schema.Record) (normalizedLine, error) {
	sealed, err := rec.Seal()
	if err != nil {
		return normalizedLine{}, fmt.Errorf("a record that does not seal: %w", err)
	}
	line := normalizedLine{Kind: rec.Kind, ID: rec.ID, Version: rec.Version, Body: sealed.JSON, Problems: rec.Problems}
	if !rec.EventTime.IsZero() {
		line.EventTime = rec.EventTime.String()
	}
	return line, nil
}
