package demo

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lienthong/lienthong/gateway/config"
)

// member is one gateway process that is started again whenever it ends, as a
// service manager would, at the same address.
type member struct {
	name  string
	api   string
	start func(ctx context.Context, listen string) (*child, error)

	mu     sync.Mutex
	child  *child
	rest   time.Duration // before the next start
	killed bool          // the last end was wanted
	falls  int           // ends that nobody wanted
}

// usualRest is how long a service manager waits before it starts again.
const usualRest = 500 * time.Millisecond

// startGateways starts every member.
func (x *chaos) startGateways(ctx context.Context) error {
	settings := x.folder.settings(x.portalURL())
	settings.Destinations = append(settings.Destinations, x.folder.beside(baseOf(x.portalURL()), x.papers.address)...)
	for i := range settings.Destinations { // a breaker that is open most of the time would shield it from the rest of the mixture
		settings.Destinations[i].Breaker.OpenFor, settings.Destinations[i].Breaker.MinCalls = config.Duration(time.Second), 10
	}
	settings.DatabaseURL = x.databaseURL
	for i := range chaosGateways {
		m := &member{name: fmt.Sprint("gateway-", i+1), rest: usualRest}
		m.start = func(ctx context.Context, listen string) (*child, error) {
			own := settings
			own.Listen = listen
			return startNamed(ctx, m.name, x.Program, x.folder, own, false)
		}
		c, err := m.start(ctx, anyPort)
		if err != nil {
			return err
		}
		m.child, m.api = c, c.told["api"]
		x.gateways = append(x.gateways, m)
	}
	return nil
}

func (x *chaos) stopGateways() {
	for _, m := range x.gateways {
		m.child.stop()
	}
}

// keep starts the member again and again until the context ends, and stops it then.
func (m *member) keep(ctx context.Context) {
	for {
		m.mu.Lock()
		c := m.child
		m.mu.Unlock()
		select {
		case <-ctx.Done():
			c.stop()
			return
		case <-c.ended:
		}
		m.mu.Lock()
		rest := m.rest
		if !m.killed {
			m.falls++
		}
		m.killed, m.rest = false, usualRest
		m.mu.Unlock()
		if c = m.again(ctx, rest); c == nil {
			return
		}
		m.mu.Lock()
		m.child = c
		m.mu.Unlock()
	}
}

// again starts the member until that succeeds: the database may be away. nil: the context has ended.
func (m *member) again(ctx context.Context, rest time.Duration) *child {
	for {
		if !pauseFor(ctx, rest) {
			return nil
		}
		c, err := m.start(ctx, strings.TrimPrefix(m.api, "http://"))
		if err == nil {
			return c
		}
		rest = usualRest
	}
}

// kill ends the process at once, if it is there, and lets it rest before its next start.
func (m *member) kill(rest time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.child.ended:
		return false
	default:
	}
	if m.killed {
		return false
	}
	m.killed, m.rest = true, rest
	return m.child.cmd.Process.Kill() == nil
}

// freeze stops the process where it stands and returns what lets it go on. One that is gone is not frozen.
func (m *member) freeze() (goOn func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	process := m.child.cmd.Process
	if freeze(process) != nil {
		return func() {}
	}
	return func() { _ = thaw(process) } // it may have been killed meanwhile
}

func (m *member) fallen() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.falls
}

// pauseFor waits; false when the context ended first.
func pauseFor(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
