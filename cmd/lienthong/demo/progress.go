package demo

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// NewProgress returns a bar on a terminal and plain lines everywhere else.
func NewProgress(w io.Writer, terminal bool) Progress {
	p := &lines{w: w, began: time.Now()}
	if terminal {
		return &bars{lines: p}
	}
	return p
}

// lines says things line by line.
type lines struct {
	mu    sync.Mutex
	w     io.Writer
	began time.Time
	told  time.Time
}

func (p *lines) stamp() string {
	d := time.Since(p.began).Round(100 * time.Millisecond)
	return fmt.Sprintf("%02d:%04.1f", int(d.Minutes()), (d % time.Minute).Seconds())
}

// Say implements [Progress].
func (p *lines) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = fmt.Fprintf(p.w, "%s  %s\n", p.stamp(), fmt.Sprintf(format, args...))
}

// Pushed implements [Progress]: at most a line in two seconds.
func (p *lines) Pushed(dossiers, of, outstanding int) {
	p.mu.Lock()
	due := time.Since(p.told) >= 2*time.Second
	if due {
		p.told = time.Now()
	}
	p.mu.Unlock()
	if due {
		p.Say("%d of %d dossiers pushed, %d waiting for the portal", min(dossiers, of), of, outstanding)
	}
}

// Done implements [Progress].
func (p *lines) Done() {}

// bars keeps a bar below what is said.
type bars struct {
	*lines
	bar *progressbar.ProgressBar
}

// Say implements [Progress].
func (p *bars) Say(format string, args ...any) {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	p.lines.Say(format, args...)
}

// Pushed implements [Progress].
func (p *bars) Pushed(dossiers, of, outstanding int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		p.bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(false))
	}
	p.bar.Describe(fmt.Sprintf("%6d waiting for the portal; dossiers pushed", outstanding))
	_ = p.bar.Set(min(dossiers, of))
}

// Done implements [Progress].
func (p *bars) Done() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
