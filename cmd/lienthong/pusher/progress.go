package pusher

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Progress is told how a push or a load goes.
type Progress interface {
	// Step says what was counted so far, and how many bytes of how many were read; size 0 is not known.
	Step(c Counts, taken, size int64)
	// Say tells a person something.
	Say(format string, args ...any)
	// Done ends it.
	Done()
}

// NewProgress returns a bar on a terminal and plain lines everywhere else.
func NewProgress(w io.Writer, terminal bool) Progress {
	l := &lines{w: w, began: time.Now(), told: time.Now()}
	if terminal {
		return &bar{lines: l}
	}
	return l
}

type silent struct{}

func (silent) Step(Counts, int64, int64) {}
func (silent) Say(string, ...any)        {}
func (silent) Done()                     {}

// lineEvery is how often a progress without a terminal says how it stands.
const lineEvery = 5 * time.Second

// lines says things line by line.
type lines struct {
	mu    sync.Mutex
	w     io.Writer
	began time.Time
	told  time.Time
}

// Say implements [Progress].
func (p *lines) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say(format, args...)
}

func (p *lines) say(format string, args ...any) {
	d := time.Since(p.began).Round(time.Second)
	_, _ = fmt.Fprintf(p.w, "%02d:%02d  %s\n", int(d.Minutes()), int(d.Seconds())%60, fmt.Sprintf(format, args...))
}

// Step implements [Progress].
func (p *lines) Step(c Counts, taken, size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.told) < lineEvery {
		return
	}
	p.told = time.Now()
	share := ""
	if size > 0 {
		share = fmt.Sprintf(", %d %% of the input", min(taken*100/size, 100))
	}
	p.say("%d messages, %d records rejected%s", c.Messages, c.Rejected, share)
}

// Done implements [Progress].
func (p *lines) Done() {}

// bar keeps a bar of bytes below what is said.
type bar struct {
	*lines
	bar *progressbar.ProgressBar
}

// Say implements [Progress].
func (p *bar) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	p.say(format, args...)
}

// Step implements [Progress].
func (p *bar) Step(c Counts, taken, size int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar == nil {
		if size == 0 {
			size = -1
		}
		p.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(p.w), progressbar.OptionSetWidth(30),
			progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond))
	}
	p.bar.Describe(fmt.Sprintf("%d messages, %d rejected", c.Messages, c.Rejected))
	_ = p.bar.Set64(taken)
}

// Done implements [Progress].
func (p *bar) Done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}
