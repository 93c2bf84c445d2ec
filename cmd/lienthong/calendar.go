package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/calendar"
)

// calendarCmd asks the table of working days.
type calendarCmd struct {
	Due   calendarDueCmd   `cmd:"" help:"When a dossier is due, and why."`
	Day   calendarDayCmd   `cmd:"" help:"What holds on a day."`
	Check calendarCheckCmd `cmd:"" help:"Everything that is wrong with a calendar.yaml."`
}

type calendarFlags struct {
	Calendar string `help:"The province's own calendar.yaml, laid over the one shipped." type:"path" placeholder:"FILE"`
	Province string `help:"Province in force since 01/07/2025, two digits." placeholder:"CODE"`
	Counter  string `help:"Agency code of the counter, for hours and closures of its own." placeholder:"CODE"`
	JSON     bool   `help:"Print JSON." name:"json"`
}

type calendarDueCmd struct {
	calendarFlags
	Received string `help:"Valid reception, as 2026-02-13T14:30 in Viet Nam's time, or with an offset." required:"" placeholder:"WHEN"`
	Term     string `help:"3d working days, 10cd calendar days, 8h office hours, same-day." required:"" placeholder:"TERM"`
	Claimed  string `help:"What the source has promised, to be compared." placeholder:"WHEN"`
}

type calendarDayCmd struct {
	calendarFlags
	Date string `arg:"" help:"Day, as 2026-02-16."`
}

type calendarCheckCmd struct {
	File string `arg:"" help:"File to check." type:"path"`
}

// table returns the calendar in force.
func (f calendarFlags) table() (*calendar.Table, error) {
	if f.Calendar == "" {
		return calendar.Shipped(), nil
	}
	return extended(f.Calendar)
}

func extended(path string) (*calendar.Table, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Usage, "calendar", "the file cannot be read: "+filepath.Base(path))
	}
	return calendar.Shipped().Extend(filepath.Base(path), data)
}

// Run prints the due time with its reasons.
func (c *calendarDueCmd) Run(s *streams) error {
	table, err := c.table()
	if err != nil {
		return err
	}
	in := calendar.Input{Province: c.Province, Counter: c.Counter}
	if in.Received, err = momentOf("--received", c.Received); err != nil {
		return err
	}
	if in.Term, err = termOf(c.Term); err != nil {
		return err
	}
	answer := struct {
		calendar.Result
		Finding *calendar.Finding `json:"claimed,omitempty"`
	}{Result: table.Due(in)}
	if c.Claimed != "" {
		claimed, err := momentOf("--claimed", c.Claimed)
		if err != nil {
			return err
		}
		found := table.Compare(answer.Result, claimed)
		answer.Finding = &found
	}
	if c.JSON {
		return json.NewEncoder(s.out).Encode(answer)
	}
	if err := printDue(s.out, answer.Result); err != nil || answer.Finding == nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "claimed %s: %s (%d working days)\n", answer.Finding.Claimed, answer.Finding.Verdict, answer.Finding.WorkingDays)
	return err
}

func printDue(w io.Writer, r calendar.Result) error {
	due := "no due time"
	if !r.Due.IsZero() {
		due = r.Due.String()
	}
	if r.Provisional {
		due += " (provisional)"
	}
	if _, err := fmt.Fprintln(w, due); err != nil {
		return err
	}
	for _, why := range r.Reasons {
		source := ""
		if why.Source != "" {
			source = " [" + why.Source + "]"
		}
		if _, err := fmt.Fprintf(w, "  %s%s\n", why.VI, source); err != nil {
			return err
		}
	}
	return nil
}

// momentOf reads an instant; without an offset it is of Viet Nam.
func momentOf(flag, text string) (schema.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return schema.TimeOf(t), nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, schema.VietNam()); err == nil {
			return schema.TimeOf(t), nil
		}
	}
	return schema.Time{}, fault.New(fault.Usage, "calendar", flag+" is an instant like 2026-02-13T14:30 or 2026-02-13T14:30:00+07:00")
}

// termOf reads 3d, 10cd, 8h or same-day.
func termOf(text string) (calendar.Term, error) {
	if text == "same-day" {
		return calendar.Term{Unit: calendar.SameDay}, nil
	}
	for _, u := range []struct {
		suffix string
		unit   calendar.Unit
	}{{"cd", calendar.CalendarDays}, {"d", calendar.WorkingDays}, {"h", calendar.Hours}} {
		digits, found := strings.CutSuffix(text, u.suffix)
		if n, err := strconv.Atoi(digits); found && err == nil && n > 0 {
			return calendar.Term{N: n, Unit: u.unit}, nil
		}
	}
	return calendar.Term{}, fault.New(fault.Usage, "calendar", "--term is 3d, 10cd, 8h or same-day")
}

// Run prints what the table says of one day.
func (c *calendarDayCmd) Run(s *streams) error {
	table, err := c.table()
	if err != nil {
		return err
	}
	t, err := time.Parse(time.DateOnly, c.Date)
	if err != nil {
		return fault.New(fault.Usage, "calendar", "a day is written 2026-02-16")
	}
	date, err := schema.NewDate(t.Year(), int(t.Month()), t.Day())
	if err != nil {
		return err
	}
	day := table.Day(date, c.Province, c.Counter)
	if c.JSON {
		return json.NewEncoder(s.out).Encode(day)
	}
	words := map[bool]string{true: "working", false: "free"}[day.Working]
	if !day.Announced {
		words += ", not decided"
	}
	_, err = fmt.Fprintln(s.out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", day.Date, words, day.NameVI, day.Source)))
	return err
}

// Run says nothing for a good file.
func (c *calendarCheckCmd) Run(s *streams) error {
	_, err := extended(c.File) // its error has a line for each mistake
	return err
}
