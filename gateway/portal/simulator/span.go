package simulator

import (
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/lienthong/lienthong/internal/fault"
)

// Span is a duration that is written as text in switches: "1.5s", "2m". The empty text is 0.
type Span time.Duration

// MarshalText implements encoding.TextMarshaler.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String is the duration as Go writes it; 0 is "0s".
func (s Span) String() string { return time.Duration(s).String() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Span) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	d, err := time.ParseDuration(string(text))
	if err != nil {
		return fault.New(fault.Usage, "simulator.Span", `a duration is text such as "1.5s"`)
	}
	*s = Span(d)
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler, so that a mistake has its line.
func (s *Span) UnmarshalYAML(node ast.Node) error { return located(node, s.UnmarshalText) }

// located reads a text of a YAML document and puts its place into the error.
func located(node ast.Node, read func([]byte) error) error {
	token := node.GetToken()
	if err := read([]byte(token.Value)); err != nil {
		return &yaml.SyntaxError{Message: err.Error(), Token: token}
	}
	return nil
}

// vietnam is the portal's clock. The country keeps one offset the whole year.
var vietnam = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// Window is a part of every day by the portal's clock, written "08:00-10:00".
// From belongs to it, To does not.
type Window struct {
	From, To time.Duration // since midnight
}

// MarshalText implements encoding.TextMarshaler.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// String is the window as it is written.
func (w Window) String() string { return clock(w.From) + "-" + clock(w.To) }

func clock(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (w *Window) UnmarshalText(text []byte) error {
	from, to, _ := strings.Cut(string(text), "-")
	begin, errFrom := time.Parse("15:04", strings.TrimSpace(from))
	end, errTo := time.Parse("15:04", strings.TrimSpace(to))
	if errFrom != nil || errTo != nil || !begin.Before(end) {
		return fault.New(fault.Usage, "simulator.Window", `a window is two times of one day such as "08:00-10:00"`)
	}
	midnight := begin.Truncate(24 * time.Hour)
	*w = Window{From: begin.Sub(midnight), To: end.Sub(midnight)}
	return nil
}

// UnmarshalYAML implements yaml.NodeUnmarshaler.
func (w *Window) UnmarshalYAML(node ast.Node) error { return located(node, w.UnmarshalText) }

func (w Window) holds(t time.Time) bool {
	local := t.In(vietnam)
	hour, minute, second := local.Clock()
	since := time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second
	return w.From <= since && since < w.To
}
