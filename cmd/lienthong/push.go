package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/lienthong/lienthong/cmd/lienthong/pusher"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

type pushCmd struct {
	Files []string `arg:"" optional:"" name:"file" help:"Files of messages, gzip or not; - is standard input."`

	Format    string `help:"How messages stand in the files: auto; ndjson: a message a line; json: the elements of an array, or values; whole: the file is one message of JSON; xml: the file is one message; csv: each row becomes a JSON object, named by the first row, all values text." enum:"auto,ndjson,json,whole,xml,csv" default:"auto"`
	Delimiter string `help:"What stands between the fields of CSV; default: the most frequent of , ; tab and | in the first row." placeholder:"CHARACTER"`
	Rejects   string `help:"Write what is rejected there, a line of JSON for each problem: place, code and what would be right, never the value." type:"path" placeholder:"FILE"`
	Strict    bool   `help:"End with 3 when anything was rejected."`
	JSON      bool   `help:"Print the result as JSON." name:"json"`

	URL      string        `help:"The API to push to." name:"url" default:"http://127.0.0.1:8080" env:"LIENTHONG_URL" group:"To a running API"`
	KeyFile  string        `help:"File with the API key of the source; else the environment variable LIENTHONG_KEY." type:"path" placeholder:"FILE" group:"To a running API"`
	State    string        `help:"Remember there what was acknowledged; default: beside each file, FILE.push.json." type:"path" placeholder:"FILE" group:"To a running API"`
	Restart  bool          `help:"Forget what an interrupted push had acknowledged, and begin anew." group:"To a running API"`
	Patience time.Duration `help:"Give up when nothing answers for so long; 0: never." default:"15m" group:"To a running API"`
	Language string        `help:"Of the details of rejects: vi or en." enum:"vi,en" default:"vi" group:"To a running API"`

	Bulk    bool   `help:"Load straight into the database, for the first load of a register: nothing is sent to portals, and the feed gets one mark for each kind instead of a line for each entity." group:"First load"`
	Config  string `help:"Configuration of the node: database, source, adapter." type:"path" placeholder:"FILE" group:"First load"`
	Source  string `help:"Source that the files are of." placeholder:"CODE" group:"First load"`
	Again   bool   `help:"Load once more what was loaded to its end." group:"First load"`
	Abandon bool   `help:"End the interrupted load of these files as it stands, with its mark in the feed; without files the oldest of the source." group:"First load"`
}

// Run pushes files.
func (c *pushCmd) Run(ctx context.Context, s *streams) error {
	input, err := c.input(s.in)
	if err != nil {
		return err
	}
	progress := pusher.NewProgress(s.err, isTerminal(s.err))
	if c.Bulk {
		return c.bulk(ctx, s, input, progress)
	}
	if c.Config != "" || c.Source != "" || c.Again || c.Abandon {
		return fault.New(fault.Usage, "push", "--config, --source, --again and --abandon go with --bulk")
	}
	key, err := c.key(s.getenv)
	if err != nil {
		return err
	}
	result, err := pusher.Push(ctx, pusher.Options{
		URL: c.URL, Key: key, Input: input, State: c.State, Restart: c.Restart, Rejects: c.Rejects,
		Language: c.Language, Patience: c.Patience, Progress: progress,
	})
	if err != nil {
		return err
	}
	if err := c.print(s.out, result); err != nil {
		return err
	}
	return c.verdict(result.Rejected)
}

func (c *pushCmd) input(stdin io.Reader) (pusher.InputOptions, error) {
	if len(c.Files) == 0 && !(c.Bulk && c.Abandon) {
		return pusher.InputOptions{}, fault.New(fault.Usage, "push", "no file is named; - is standard input")
	}
	input := pusher.InputOptions{Files: c.Files, Format: pusher.Format(c.Format), Stdin: stdin}
	if c.Delimiter == "" {
		return input, nil
	}
	d, size := utf8.DecodeRuneInString(c.Delimiter)
	if c.Delimiter == `\t` {
		d, size = '\t', len(c.Delimiter)
	}
	if size != len(c.Delimiter) || d == '"' || d == '\r' || d == '\n' || d == utf8.RuneError {
		return input, fault.New(fault.Usage, "push", "--delimiter is one character, or \\t")
	}
	input.Delimiter = d
	return input, nil
}

func (c *pushCmd) key(getenv func(string) string) (string, error) {
	if c.KeyFile != "" {
		return config.Secret(c.KeyFile, "", getenv)
	}
	if getenv("LIENTHONG_KEY") == "" {
		return "", fault.New(fault.Usage, "push", "no API key: give --key-file, or the environment variable LIENTHONG_KEY")
	}
	return config.Secret("", "LIENTHONG_KEY", getenv)
}

// verdict makes rejects an error where that is asked for.
func (c *pushCmd) verdict(rejected int64) error {
	if !c.Strict || rejected == 0 {
		return nil
	}
	return fault.New(fault.Invalid, "push", fmt.Sprintf("%d records were rejected", rejected))
}

func (c *pushCmd) print(w io.Writer, r pusher.Result) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(r)
	}
	text := fmt.Sprintf("%d messages pushed in %s\n%s", r.Messages, seconds(r.Seconds), countsText(r.Counts, c.Rejects))
	if r.Replayed > 0 {
		text += fmt.Sprintf("%12d requests had been taken before; their saved answers are counted\n", r.Replayed)
	}
	_, err := io.WriteString(w, text)
	return err
}

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(100 * time.Millisecond)
}

// countsText says verdicts on records, one a line.
func countsText(c pusher.Counts, rejects string) string {
	text := fmt.Sprintf("%12d accepted\n%12d unchanged\n%12d superseded\n%12d need review\n%12d rejected", c.Accepted, c.Unchanged, c.Superseded, c.NeedsReview, c.Rejected)
	if c.Rejected > 0 && rejects != "" {
		text += ": " + rejects
	}
	return text + "\n"
}
