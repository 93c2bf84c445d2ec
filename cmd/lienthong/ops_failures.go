package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
)

type opsFailuresCmd struct {
	GroupBy     string `help:"cause, destination or commune." enum:"cause,destination,commune" default:"cause" name:"group-by"`
	Shelf       string `help:"Whose they are: source, gateway or destination." enum:",source,gateway,destination" default:"" placeholder:"SHELF"`
	Destination string `help:"Only this destination." placeholder:"CODE"`
	Limit       int    `help:"Most groups." default:"100"`
	storeFlags
}

// failureLine is one group as it is printed.
type failureLine struct {
	Destination string        `json:"destination"`
	Shelf       gateway.Shelf `json:"shelf"`
	Cause       string        `json:"cause,omitempty"`
	Commune     string        `json:"commune,omitempty"`
	Count       int           `json:"count"`
	Waiting     int           `json:"waiting"` // of them, those that are tried again by themselves
	FirstAt     time.Time     `json:"first_at"`
	LastAt      time.Time     `json:"last_at"`
	Samples     []string      `json:"samples,omitempty"`
	Sources     []string      `json:"sources,omitempty"` // of the samples
	Problem     string        `json:"problem,omitempty"` // of the oldest
	Class       string        `json:"class,omitempty"`
	What        string        `json:"what_to_do,omitempty"`
	WhatEN      string        `json:"what_to_do_en,omitempty"`
	ReplayFrom  string        `json:"replay_from,omitempty"`
	Contacts    []contactLine `json:"contacts,omitempty"`
}

func failureLineOf(f gateway.ReportedFailure) failureLine {
	l := failureLine{
		Destination: f.Destination, Shelf: f.Shelf, Cause: f.Cause, Commune: f.Unit, Count: f.Count, Waiting: f.Waiting,
		FirstAt: f.FirstAt, LastAt: f.LastAt, Samples: f.Samples, Sources: f.Sources, Problem: f.Problem,
	}
	if f.Cause != "" {
		l.Class, l.What, l.WhatEN, l.ReplayFrom = f.Remedy.Class, f.Remedy.VI, f.Remedy.EN, string(f.Remedy.From)
	}
	for _, c := range f.Contacts {
		l.Contacts = append(l.Contacts, contactLineOf(c))
	}
	return l
}

// Run shows failures as what causes them.
func (c *opsFailuresCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		q := gateway.FailureQuery{By: gateway.FailureGrouping(c.GroupBy), Shelf: gateway.Shelf(c.Shelf), Destination: c.Destination, Limit: c.Limit}
		groups, err := gateway.ReportFailures(ctx, store, store, q, time.Now())
		if err != nil {
			return err
		}
		lines := []failureLine{}
		for _, g := range groups {
			lines = append(lines, failureLineOf(g))
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(lines)
		}
		if len(lines) == 0 {
			return s.nothing("Không có hồ sơ nào bị lỗi.", "Nothing fails.")
		}
		if c.GroupBy != string(gateway.ByCause) {
			return failureTable(s.out, lines)
		}
		for _, l := range lines {
			if err := l.print(s.out); err != nil {
				return err
			}
		}
		return nil
	})
}

func failureTable(out io.Writer, lines []failureLine) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		if _, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Count, l.Shelf, l.Destination, l.Commune,
			onClock(l.FirstAt), onClock(l.LastAt), contactWords(l.Contacts)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// print writes a group as a paragraph: a fingerprint is too long for a table.
func (l failureLine) print(out io.Writer) error {
	waits := ""
	if l.Waiting > 0 {
		waits = fmt.Sprintf(", %d tự gửi lại / by themselves", l.Waiting)
	}
	_, err := fmt.Fprintf(out, "%d × [%s] %s: %s\n    từ / since %s, mới nhất / newest %s%s\n    %s\n    %s\n", l.Count, l.Shelf, l.Destination, l.Cause,
		onClock(l.FirstAt), onClock(l.LastAt), waits, l.What, l.WhatEN)
	if err == nil && len(l.Samples) > 0 {
		_, err = fmt.Fprintf(out, "    ví dụ / such as %s\n", strings.Join(l.Samples, " "))
	}
	if err == nil && l.Problem != "" {
		_, err = fmt.Fprintf(out, "    hồ sơ cũ nhất / the oldest: %s\n", l.Problem)
	}
	if words := contactWords(l.Contacts); err == nil && words != "" {
		_, err = fmt.Fprintf(out, "    liên hệ / contact %s\n", words)
	}
	if err == nil && l.ReplayFrom != "" && l.Waiting < l.Count {
		_, err = fmt.Fprintf(out, "    lienthong ops replay plan --destination %s --cause %s --from %s --reason …\n", l.Destination, shellWord(l.Cause), l.ReplayFrom)
	}
	return err
}

// shellWord quotes a cause, which may hold words of a destination.
func shellWord(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func contactWords(all []contactLine) string {
	words := make([]string, len(all))
	for i, c := range all {
		words[i] = strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s", c.Name, c.Unit, c.Phone, c.Email)), " ")
	}
	return strings.Join(words, "; ")
}
