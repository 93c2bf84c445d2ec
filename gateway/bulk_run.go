package gateway

import (
	"context"
	"errors"
	"io"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/internal/fault"
)

// Windows of a load. What is in memory at a time is about three windows and
// what an adapter makes of them.
const (
	windowMessages = 4000
	windowBytes    = 6 << 20
	chunkMessages  = 64 // that one worker normalises at a time
)

// Loader takes the first load of a source: millions of messages from files,
// by the adapter and the rules of every push, in large transactions. One
// goroutine reads, all processors normalise, and the messages of each window
// are stored by a few transactions at a time, none of which shares a record or
// an identifier with another. So the result is that of taking them one by one.
//
// A load that was interrupted, however hard, goes on: where it stands is part
// of the same transactions.
type Loader struct {
	o LoaderOptions
}

// LoaderOptions are the parts of a [Loader].
type LoaderOptions struct {
	Source  Source
	Store   LoadStore
	Commits int              // transactions at a time; 0: 2 up to 4, by the number of processors
	Window  int              // messages of a window; 0: 4,000
	Now     func() time.Time // nil: time.Now
}

// NewLoader returns a loader.
func NewLoader(o LoaderOptions) *Loader {
	if o.Commits <= 0 {
		o.Commits = min(max(runtime.GOMAXPROCS(0), 2), 4)
	}
	if o.Window <= 0 {
		o.Window = windowMessages
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Loader{o: o}
}

// window is a run of messages and what became of them.
type window struct {
	first    int64 // number of its first message in the load, from 0
	messages []LoadMessage
	subs     []Submission // one a message; empty where there was none to read
}

func (w *window) end() int64 { return w.first + int64(len(w.messages)) }

// Run loads what in yields, or what an interrupted run of the order left, and
// ends the load. A load that was done before is returned untouched. After an
// error Run may be called again with the input from its beginning.
func (l *Loader) Run(ctx context.Context, order LoadOrder, in LoadInput, report LoadReport) (Load, error) {
	load, err := l.o.Store.BeginLoad(ctx, order)
	if err != nil || load.State != LoadRunning {
		return load, err
	}
	if err := report.Begin(load); err != nil {
		return load, err
	}
	read, prepared := make(chan *window), make(chan *window)
	g, working := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(read)
		return l.read(working, in, load.Position, read)
	})
	g.Go(func() error {
		defer close(prepared)
		return l.prepare(working, read, prepared)
	})
	g.Go(func() error {
		for w := range prepared {
			if err := l.store(working, &load, w, report); err != nil {
				return err
			}
		}
		return nil
	})
	if err := g.Wait(); err != nil {
		return load, err
	}
	if err := ctx.Err(); err != nil {
		return load, err
	}
	return l.o.Store.EndLoad(ctx, load, LoadDone)
}

// read passes over what is stored and cuts the rest into windows.
func (l *Loader) read(ctx context.Context, in LoadInput, skip int64, out chan<- *window) error {
	for n := int64(0); n < skip; n++ {
		if _, err := in.Next(ctx); err != nil {
			if errors.Is(err, io.EOF) {
				return fault.New(fault.Invalid, "gateway.Load", "the input is shorter than what was loaded of it before")
			}
			return err
		}
	}
	w, size := &window{first: skip}, 0
	for {
		m, err := in.Next(ctx)
		if err == nil {
			w.messages = append(w.messages, m)
			size += len(m.Body)
		} else if !errors.Is(err, io.EOF) {
			return err
		}
		full := len(w.messages) >= l.o.Window || size >= windowBytes
		if len(w.messages) > 0 && (err != nil || full) {
			select {
			case out <- w:
			case <-ctx.Done():
				return ctx.Err()
			}
			w, size = &window{first: w.end(), messages: make([]LoadMessage, 0, len(w.messages))}, 0
		}
		if err != nil {
			return nil
		}
	}
}

// prepare lets the adapter work on all processors; windows leave in order.
func (l *Loader) prepare(ctx context.Context, in <-chan *window, out chan<- *window) error {
	for w := range in {
		w.subs = make([]Submission, len(w.messages))
		g, working := errgroup.WithContext(ctx)
		g.SetLimit(runtime.GOMAXPROCS(0))
		for from := 0; from < len(w.messages); from += chunkMessages {
			g.Go(func() error {
				for i := from; i < min(from+chunkMessages, len(w.messages)); i++ {
					if err := l.prepareOne(working, &w.messages[i], &w.subs[i]); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		select {
		case out <- w:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (l *Loader) prepareOne(ctx context.Context, m *LoadMessage, sub *Submission) error {
	if m.Unread != nil {
		return nil
	}
	var err error
	if *sub, err = l.o.Source.prepare(ctx, m.Message, l.o.Now()); err != nil {
		return err
	}
	if len(sub.Records) > MaxRecords {
		sub.Code, sub.Records = fault.TooLarge, nil
		sub.Rejected = []RecordResult{{Verdict: Rejected, Errors: []fault.Problem{{
			Code: "message.too_many_records", Detail: "Thông điệp có quá nhiều bản ghi.",
			DetailEN: "The message holds too many records.", Expected: "≤ 5000",
		}}}}
		sub.Errors = sub.Rejected[0].Errors
	}
	return nil
}

// store commits a window, as far as an earlier run has not, and says so.
func (l *Loader) store(ctx context.Context, load *Load, w *window, report LoadReport) error {
	var fresh LoadTally
	g, working := errgroup.WithContext(ctx)
	parts := l.parts(load, w)
	for i := range parts {
		g.Go(func() (err error) {
			parts[i].Tally, err = l.o.Store.CommitPart(working, *load, parts[i])
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i := range parts {
		fresh.Add(parts[i].Tally)
	}
	return l.advance(ctx, load, w, fresh, report)
}

// parts deals what of a window is not stored yet.
func (l *Loader) parts(load *Load, w *window) []LoadPart {
	var subs []*Submission
	var numbers []int64
	for i := range w.subs {
		if n := w.first + int64(i); w.messages[i].Unread == nil && !load.holds(n) {
			subs, numbers = append(subs, &w.subs[i]), append(numbers, n)
		}
	}
	dealt := deal(subs, l.o.Commits)
	parts := make([]LoadPart, len(dealt))
	for p, indexes := range dealt {
		part := &parts[p]
		part.First, part.Last = w.first, w.end()
		part.Messages = make([]byte, (len(w.messages)+7)/8)
		part.Tally.Messages = int64(len(indexes))
		part.Submissions = make([]Submission, 0, len(indexes))
		for _, i := range indexes {
			part.Submissions = append(part.Submissions, *subs[i])
			part.hold(numbers[i])
		}
	}
	return parts
}

func (l *Load) holds(message int64) bool {
	for i := range l.Parts {
		if l.Parts[i].Holds(message) {
			return true
		}
	}
	return false
}

// advance counts a window and remembers that it is stored.
func (l *Loader) advance(ctx context.Context, load *Load, w *window, fresh LoadTally, report LoadReport) error {
	load.Position = w.end()
	load.Tally.Add(fresh)
	rest := load.Parts[:0:0]
	for _, p := range load.Parts {
		if p.Last <= load.Position {
			load.Tally.Add(p.Tally)
		} else {
			rest = append(rest, p)
		}
	}
	load.Parts = rest
	for i := range w.messages {
		m, sub := w.messages[i], &w.subs[i]
		refused := sub.Rejected
		if m.Unread != nil {
			load.Tally.Messages++
			load.Tally.Summary.Rejected++
			refused = []RecordResult{{Verdict: Rejected, Errors: []fault.Problem{*m.Unread}}}
		}
		if len(refused) > 0 {
			if err := report.Rejected(m, refused); err != nil {
				return err
			}
		}
	}
	rejects, err := report.Advanced(*load)
	if err != nil {
		return err
	}
	load.Rejects = rejects
	return l.o.Store.AdvanceLoad(ctx, *load)
}
