package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

type opsScoreCmd struct {
	Commune string `help:"Only what this commune received: agency code, else name of the unit." placeholder:"CODE"`
	Month   string `help:"Of reception; default this month, by the clock of Việt Nam." placeholder:"2026-11"`
	Rules   bool   `help:"List indicators and rules instead, with what happens to a dossier that breaks one."`
	storeFlags
}

type opsReleaseCmd struct {
	Number      string `arg:"" help:"Number of the dossier (MaHoSo)."`
	Destination string `help:"Only this destination." placeholder:"CODE"`
	opsOrder
}

// scoreLine is one indicator of one commune.
type scoreLine struct {
	Commune   string   `json:"commune"`
	Indicator string   `json:"indicator"`
	Name      string   `json:"name"`
	Good      int      `json:"good"`
	Of        int      `json:"of"`
	Percent   *float64 `json:"percent,omitempty"`   // absent: nothing to count, or not known
	NotKnown  string   `json:"not_known,omitempty"` // why our own data do not say
}

// scorePage is a preview as it is printed.
type scorePage struct {
	Month   string      `json:"month"`
	Version string      `json:"version"` // of the table of indicators
	Source  string      `json:"source"`
	Lines   []scoreLine `json:"lines"`
}

// Run previews.
func (c *opsScoreCmd) Run(ctx context.Context, s *streams) error {
	if c.Rules {
		return printRules(s, c.JSON)
	}
	month := c.Month
	if month == "" {
		month = time.Now().In(schema.VietNam()).Format(gateway.ScoreMonth)
	}
	if _, err := time.Parse(gateway.ScoreMonth, month); err != nil {
		return fault.New(fault.Usage, "ops", "a month is written like 2026-11")
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		counts, err := store.ScoreCounts(ctx, month, c.Commune)
		if err != nil {
			return err
		}
		page := scorePage{Month: month, Version: score.Version, Source: score.Source, Lines: []scoreLine{}}
		for _, count := range counts {
			page.Lines = append(page.Lines, lineOfScore(count))
		}
		return page.print(s, c.JSON)
	})
}

func lineOfScore(c gateway.ScoreCount) scoreLine {
	l := scoreLine{Commune: c.Commune, Indicator: c.Indicator, Good: c.Good, Of: c.Of}
	for _, i := range score.Indicators() {
		if i.Code == c.Indicator {
			l.Name = i.VI
		}
	}
	if vi, en := score.NotKnown(c.Indicator); vi != "" {
		l.NotKnown = vi + " (" + en + ")"
	}
	l.Percent = c.Percent()
	return l
}

func (p scorePage) print(s *streams, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(s.out).Encode(p)
	}
	if _, err := fmt.Fprintf(s.out, "%s; bảng %s, %s\nTính từ dữ liệu của tỉnh, không phải điểm Cổng công bố. (From our own data; not what the portal publishes.)\n",
		p.Month, p.Version, p.Source); err != nil {
		return err
	}
	if len(p.Lines) == 0 {
		return s.nothing("Tháng này chưa có hồ sơ nào được tính.", "No dossier counts in this month yet.")
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, l := range p.Lines {
		figure := "-"
		switch {
		case l.NotKnown != "":
			figure = "not_known: " + l.NotKnown
		case l.Percent != nil:
			figure = fmt.Sprintf("%.1f %% (%d/%d)", *l.Percent, l.Good, l.Of)
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Commune, l.Indicator, l.Name, figure); err != nil {
			return err
		}
	}
	return w.Flush()
}

func printRules(s *streams, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(s.out).Encode(score.Rules())
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, r := range score.Rules() {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Indicator, r.Code, r.Policy, r.VI); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Run lets a dossier go.
func (c *opsReleaseCmd) Run(ctx context.Context, s *streams) error {
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	id, problems := schema.ParseDossierNumber(c.Number)
	if len(problems) > 0 {
		return fault.New(fault.Usage, "ops", "that is no number of a dossier")
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		due, err := store.ReleaseHeld(ctx, gateway.Release{Number: id.Value, Destination: c.Destination, Actor: actor, Reason: c.Reason})
		var wrong *fault.Error
		if errors.As(err, &wrong) && wrong.Code == fault.Invalid {
			return fault.New(fault.Usage, "ops", wrong.Msg)
		}
		if err != nil {
			return err
		}
		codes := []string{}
		for _, k := range due {
			codes = append(codes, k.Destination)
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(map[string]any{"number": id.Value, "released": codes, "changed": len(codes) > 0})
		}
		if len(codes) == 0 {
			_, err = fmt.Fprintf(s.out, "%s: %s\n", id.Value, stood)
			return err
		}
		_, err = fmt.Fprintf(s.out, "%s leaves for %v; what changes after this is judged again\n", id.Value, codes)
		return err
	})
}
