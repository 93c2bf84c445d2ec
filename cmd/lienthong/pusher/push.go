package pusher

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// Options of a [Push]. URL, Key and Input are needed.
type Options struct {
	URL      string // of the API: https://lienthong.example.gov.vn
	Key      string // of the source
	Input    InputOptions
	State    string        // state file of all inputs; "": one beside each, none for standard input
	Restart  bool          // forget what an earlier run has acknowledged
	Rejects  string        // file for what is rejected; "": none
	Language string        // of its details: vi or en; "" means vi
	Patience time.Duration // how long to try without any answer; 0: for ever
	Pause    time.Duration // before the second try; it doubles up to 30 s; 0: 500 ms
	Progress Progress      // nil: silent
	HTTP     *http.Client  // nil: one made for a bad line
}

// Result is what a push has done, earlier runs of it included.
type Result struct {
	Counts
	Resumed  bool    `json:"resumed"`  // an earlier run had begun it
	Replayed int64   `json:"replayed"` // requests of this run that the gateway had answered before: their answer had been lost
	Seconds  float64 `json:"seconds"`  // of this run
}

// Push sends every message of the input and returns when all are answered. An
// interrupted push goes on where it stopped: with the same options it repeats
// nothing but the request whose answer was lost, and that one under the same
// idempotency key.
func Push(ctx context.Context, o Options) (Result, error) {
	p, err := newPush(o)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = p.in.Close() }()
	defer p.state.release()
	began := time.Now()
	err = p.run(ctx)
	if closed := p.rejects.Close(); err == nil {
		err = closed
	}
	p.progress.Done()
	p.result.Seconds = time.Since(began).Seconds()
	if err == nil {
		err = p.state.forget()
	}
	if err != nil && ctx.Err() != nil {
		err = fault.New(fault.Unavailable, "push", fmt.Sprintf("stopped after %d messages; the same command goes on from there", p.result.Messages))
	}
	return p.result, err
}

// push is one run.
type push struct {
	client   *client
	in       *Input
	state    *state
	rejects  *Rejects
	progress Progress
	result   Result

	file string    // that is being read
	sum  hash.Hash // of its messages, as far as they are acknowledged
	seen int64     // of its messages
}

func newPush(o Options) (*push, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return nil, fault.New(fault.Usage, "push", "the URL of the gateway has to be http:// or https:// with a host, and no password or query")
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	if o.Progress == nil {
		o.Progress = silent{}
	}
	if o.HTTP == nil {
		o.HTTP = newHTTPClient()
	}
	if o.Pause <= 0 {
		o.Pause = firstWait
	}
	if o.Language == "" {
		o.Language = "vi"
	}
	p := &push{progress: o.Progress, client: &client{
		http: o.HTTP, url: o.URL, key: o.Key, language: o.Language, patience: o.Patience, pause: o.Pause, say: o.Progress.Say,
	}}
	if p.in, err = Open(o.Input); err != nil {
		return nil, err
	}
	if p.state, err = newState(o); err != nil {
		return nil, err
	}
	p.result.Resumed = p.state.resumes()
	if p.rejects, err = OpenRejects(o.Rejects, p.state.rejects()); err != nil {
		p.state.release()
		return nil, err
	}
	return p, nil
}

func (p *push) run(ctx context.Context) error {
	b := &batch{}
	for {
		m, err := p.in.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return p.turn(ctx, b, "")
		case fault.CodeOf(err) == fault.Malformed: // what was read of the file is good
			return errors.Join(err, p.send(ctx, b))
		case err != nil:
			return err
		case m.File != p.file:
			if err := p.turn(ctx, b, m.File); err != nil {
				return err
			}
			b = &batch{}
		}
		p.seen = m.Number
		if held := p.state.of(p.file); m.Number <= held.Messages {
			if err := p.skip(m, held); err != nil {
				return err
			}
			continue
		}
		if b.add(m) {
			continue
		}
		if err := p.send(ctx, b); err != nil {
			return err
		}
		b = &batch{}
		b.add(m)
	}
}

// turn ends the file that was read and begins the next, if there is one.
func (p *push) turn(ctx context.Context, b *batch, next string) error {
	if err := p.send(ctx, b); err != nil {
		return err
	}
	if p.file != "" && p.seen < p.state.of(p.file).Messages {
		return otherFile(p.file)
	}
	p.file, p.sum, p.seen = next, sha256.New(), 0
	if next != "" {
		p.result.add(p.state.of(next).Counts)
	}
	return nil
}

// skip passes over what was acknowledged before, if it is the same.
func (p *push) skip(m Message, held *progressOf) error {
	p.digest(m)
	if m.Number == held.Messages && hex.EncodeToString(p.sum.Sum(nil)) != held.Sum {
		return otherFile(p.file)
	}
	return nil
}

func (p *push) digest(m Message) {
	_, _ = fmt.Fprintf(p.sum, "%d\n", len(m.Body))
	p.sum.Write(m.Body)
}

func otherFile(name string) error {
	return fault.New(fault.Usage, "push", name+" is not what was pushed under this name before; --restart begins anew")
}

// send pushes a batch, writes down what became of it, then says that it is acknowledged.
func (p *push) send(ctx context.Context, b *batch) error {
	if len(b.items) == 0 {
		return nil
	}
	answers, err := p.deliver(ctx, b.readable(), b.alone)
	if err != nil {
		return err
	}
	held, fresh := p.state.of(p.file), Counts{Messages: int64(len(b.items))}
	for _, m := range b.items {
		a := answered{Code: codeOf(m.Unread)}
		if m.Unread == nil {
			a, answers = answers[0], answers[1:]
		} else {
			a.Errors = []problem{{Code: m.Unread.Code, Detail: m.Unread.Detail}}
		}
		if err := a.tally(m, &fresh, p.rejects); err != nil {
			return err
		}
		p.digest(m)
	}
	if held.Rejects, err = p.rejects.Flush(); err != nil {
		return err
	}
	held.Messages, held.Sum = b.items[len(b.items)-1].Number, hex.EncodeToString(p.sum.Sum(nil))
	held.Counts.add(fresh)
	p.result.add(fresh)
	size, taken := p.in.Size()
	p.progress.Step(p.result.Counts, taken, size)
	return p.state.save(p.file)
}

func codeOf(p *fault.Problem) string {
	if p == nil {
		return ""
	}
	return p.Code
}

// deliver returns one answer a message. A batch that is refused as a whole is
// halved until the message that spoils it is alone.
func (p *push) deliver(ctx context.Context, messages []Message, single bool) ([]answered, error) {
	if len(messages) == 0 {
		return nil, nil
	}
	r, err := p.client.post(ctx, newRequest(p.state.runOf(p.file), messages, single))
	if err != nil {
		return nil, err
	}
	if r.replayed {
		p.result.Replayed++
	}
	switch {
	case r.status == http.StatusOK:
		var told struct {
			Results []answered `json:"results"`
		}
		if json.Unmarshal(r.body, &told) != nil || len(told.Results) != len(messages) {
			return nil, fault.New(fault.Internal, "push", "the gateway's answer cannot be understood; is the URL that of the API?")
		}
		return told.Results, nil
	case !r.ofTheData():
		return nil, r.fatal()
	case single:
		return []answered{r.refusal()}, nil
	case len(messages) == 1:
		return p.deliver(ctx, messages, true)
	}
	half := len(messages) / 2
	first, err := p.deliver(ctx, messages[:half], false)
	if err != nil {
		return nil, err
	}
	second, err := p.deliver(ctx, messages[half:], false)
	return append(first, second...), err
}
