package demo

import (
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/internal/fault"
)

// traffic pushes an endless world, one push after the other. The number of the
// first push that is not acknowledged is kept: the next start sends it again,
// to the byte and with the same idempotency key.
type traffic struct {
	line
	dev    *dev
	pushed atomic.Int64 // messages, since this start
}

// trickle is the number of messages of a push.
const trickle = 5

func (d *dev) newTraffic(api string) (*traffic, error) {
	t := &traffic{line: newLine(api), dev: d}
	for _, s := range sources {
		at := slices.IndexFunc(d.settings.Sources, func(c config.Source) bool { return c.Adapter == s.adapter })
		if at < 0 {
			continue
		}
		own := d.settings.Sources[at]
		key, err := config.Secret(own.KeyFile, own.KeyEnv, os.Getenv)
		if err != nil {
			return nil, err
		}
		t.keys[s.code] = key
	}
	return t, nil
}

// run pushes at the rate until the context ends.
func (t *traffic) run(ctx context.Context) error {
	n, next := 0, time.Now()
	w := world.New(world.Options{Seed: t.dev.state.Seed, Dossiers: math.MaxInt32, Province: t.dev.settings.Province})
	for block := range w.Blocks() {
		for _, one := range cut(block.Messages, &n, trickle) {
			if one.number < t.dev.state.Next || t.keys[one.source] == "" {
				continue
			}
			select {
			case <-time.After(time.Until(next)):
			case <-ctx.Done():
				return nil
			}
			next = time.Now().Add(time.Duration(float64(len(one.messages)) / t.dev.Rate * float64(time.Second)))
			if err := t.push(ctx, one); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
	return nil
}

// push sends one push until it is answered and notes that it was.
func (t *traffic) push(ctx context.Context, one push) error {
	one.id = fmt.Sprintf("dev-%d-%06d", t.dev.state.Seed, one.number)
	_, err := t.insist(ctx, one)
	switch {
	case ctx.Err() != nil:
		return nil // whether it was taken is not known: the next start asks again
	case fault.CodeOf(err) == fault.Invalid:
		t.dev.Progress.Say("a generated push was refused: %v", err)
	case err != nil:
		return err
	}
	t.pushed.Add(int64(len(one.messages)))
	t.dev.state.Next = one.number + 1
	return t.dev.folder.save(t.dev.state)
}
