package simulator

import (
	"sync"
	"time"
)

// lateWrites are the calls whose connection was cut and that are handled later.
// Each waits on a timer; stop drops the waiting ones and waits for those at work.
type lateWrites struct {
	mu      sync.Mutex
	stopped bool
	waiting map[*lateWrite]struct{}
	working sync.WaitGroup
}

type lateWrite struct {
	timer *time.Timer
	delay time.Duration
}

func newLateWrites() *lateWrites { return &lateWrites{waiting: map[*lateWrite]struct{}{}} }

// after runs work once d has passed. An error of work has no hearer: the log is
// then broken, and every later call says so.
func (l *lateWrites) after(d time.Duration, work func() error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return
	}
	one := &lateWrite{delay: d}
	one.timer = time.AfterFunc(d, func() {
		if l.begin(one) {
			defer l.working.Done()
			_ = work()
		}
	})
	l.waiting[one] = struct{}{}
}

func (l *lateWrites) begin(one *lateWrite) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return false
	}
	delete(l.waiting, one)
	l.working.Add(1)
	return true
}

func (l *lateWrites) pending() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}

// longest is the longest delay of the writes that wait; 0 when none does.
func (l *lateWrites) longest() (d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for one := range l.waiting {
		d = max(d, one.delay)
	}
	return d
}

func (l *lateWrites) stop() {
	l.mu.Lock()
	l.stopped = true
	for one := range l.waiting {
		one.timer.Stop()
	}
	clear(l.waiting)
	l.mu.Unlock()
	l.working.Wait()
}
