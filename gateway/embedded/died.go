package embedded

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// lookEvery is how often a server that is not our child is looked at.
const lookEvery = time.Second

// Died waits until the server ends without [Cluster.Stop] and returns a fault with code Unavailable
// that says how, with the last that its log says of it. It returns nil when the context ends or the
// cluster is stopped, and of one that does not run.
func (c *Cluster) Died(ctx context.Context) error {
	c.mu.Lock()
	running, child, data := c.running, c.process, c.state.data()
	c.mu.Unlock()
	if !running {
		return nil
	}
	how := "its process is gone"
	if child != nil {
		select {
		case <-child.done:
			how = child.cmd.ProcessState.String()
		case <-ctx.Done():
			return nil
		}
	} else if !awaitGone(ctx, data) {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.running {
		return nil
	}
	log := filepath.Join(c.opts.DataDir, logFile)
	said := strings.Join(lastOfEnd(c.tailOfLog(log)), "; ")
	if said == "" {
		said = "nothing about it"
	}
	return fault.New(fault.Unavailable, "embedded", "the private PostgreSQL ended ("+how+"); its log "+log+" says: "+said)
}

// awaitGone waits until the server that runs over a data folder is gone; false: the context ended first.
func awaitGone(ctx context.Context, data string) bool {
	for p, ok := readPostmaster(data); ok && p.alive(data); {
		if pause(ctx, lookEvery) != nil {
			return false
		}
	}
	return ctx.Err() == nil
}

// tailOfLog returns the end of what the server wrote: since its start where that was ours.
func (c *Cluster) tailOfLog(path string) []byte {
	const most = 64 << 10
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil
	}
	begin := max(c.logBegin, info.Size()-most)
	text, _ := io.ReadAll(io.NewSectionReader(file, begin, most))
	return text
}

// Words of the lines that tell of a server's end, checkpoints and starts being no news; and of those
// that come with every end: what each client gets, and what the server's helpers do.
var (
	ofTheEnd = []string{"shutdown request", "shutting down", "is shut down", "terminat", "exited", "abort", "could not"}
	ofAnyEnd = []string{"connection", "client", "the database system is", "background worker"}
)

// lastOfEnd returns the last lines that say how a server came to its end, from their level on. Their
// text is the server's own: neither statements nor values get into its log.
func lastOfEnd(log []byte) []string {
	const enough = 4
	var said []string
	for line := range bytes.Lines(log) {
		for _, level := range []string{"LOG:", "FATAL:", "PANIC:"} {
			_, text, ok := strings.Cut(string(line), " "+level+" ")
			if ok && !holds(text, ofAnyEnd) && (level != "LOG:" || holds(text, ofTheEnd)) {
				said = append(said, level+" "+strings.TrimSpace(text))
			}
		}
	}
	return said[max(0, len(said)-enough):]
}

func holds(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(text, word) })
}
