package demo

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
)

const pushWorkers = 4

// pusher sends a world to the gateway and writes down what it is answered.
type pusher struct {
	line
	run      *run
	world    *world.World
	log      *worldWriter
	answered map[string]bool
	left     chan struct{} // closed when everything is pushed
	catchUp  bool          // time lost while nobody answered is made up for
	mu       sync.Mutex
	pushed   int // dossiers
}

func newPusher(r *run, w *world.World, apis ...string) (*pusher, error) {
	p := &pusher{line: newLine(apis...), run: r, world: w, left: make(chan struct{})}
	for _, s := range sources {
		key, err := os.ReadFile(r.folder.path("keys/" + s.code))
		if err != nil {
			return nil, err
		}
		p.keys[s.code] = strings.TrimSpace(string(key))
	}
	var err error
	p.log, p.answered, err = openWorldLog(r.folder.path(worldLog))
	return p, err
}

func (p *pusher) close() { _ = p.log.close() }

// push sends every block; what was answered in an earlier run is not sent again.
func (p *pusher) push(ctx context.Context) error {
	defer close(p.left)
	began, blocks := time.Now(), (p.run.Dossiers+499)/500
	n := 0
	for block := range p.world.Blocks() {
		if err := p.log.truths(block.Truths); err != nil {
			return err
		}
		pushes := cut(block.Messages, &n, batchSize)
		pace := p.run.Spread / time.Duration(blocks*max(len(pushes), 1))
		queue := make(chan push)
		g, ctx := errgroup.WithContext(ctx)
		for range pushWorkers {
			g.Go(func() error {
				for one := range queue {
					if err := p.send(ctx, one); err != nil {
						return err
					}
				}
				return nil
			})
		}
		p.feed(ctx, queue, pushes, len(block.Truths), &began, pace)
		if err := g.Wait(); err != nil {
			return err
		}
		p.mu.Lock()
		p.pushed += len(block.Truths)
		p.mu.Unlock()
	}
	return ctx.Err()
}

// feed hands pushes out at their pace. Time that nothing is to be sent in (a resumed run) is not waited for.
func (p *pusher) feed(ctx context.Context, queue chan<- push, pushes []push, dossiers int, next *time.Time, pace time.Duration) {
	defer close(queue)
	for i, one := range pushes {
		if p.answered[one.id] {
			continue
		}
		if wait := time.Until(*next); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return
			}
		} else if !p.catchUp {
			*next = time.Now()
		}
		*next = next.Add(pace)
		select {
		case queue <- one:
		case <-ctx.Done():
			return
		}
		if i%8 == 0 {
			p.run.Progress.Pushed(p.pushed+i*dossiers/len(pushes), p.run.Dossiers, p.run.watch.latest())
		}
	}
}

// send writes a push down, repeats it until it is answered, and writes the answer down.
func (p *pusher) send(ctx context.Context, one push) error {
	if err := p.log.push(one); err != nil {
		return err
	}
	results, err := p.insist(ctx, one)
	if err != nil {
		return err
	}
	return p.log.answer(one.id, results)
}
