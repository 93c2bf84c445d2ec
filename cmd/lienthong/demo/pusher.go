package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/internal/fault"
)

// batchSize is the number of messages of a push; bad messages, and some others, go alone.
const (
	batchSize   = 50
	pushWorkers = 4
)

// push is one request: the same for the same world, so that a resumed run repeats it to the byte.
type push struct {
	id       string // its idempotency key
	source   string
	messages []world.Message
	alone    bool
}

// pusher sends a world to the gateway and writes down what it is answered.
type pusher struct {
	run      *run
	world    *world.World
	client   *http.Client
	keys     map[string]string
	log      *worldWriter
	answered map[string]bool
	left     chan struct{} // closed when everything is pushed
	mu       sync.Mutex
	pushed   int // dossiers
}

func newPusher(r *run, w *world.World) (*pusher, error) {
	p := &pusher{
		run: r, world: w, keys: map[string]string{}, left: make(chan struct{}),
		client: &http.Client{Timeout: 30 * time.Second},
	}
	for _, source := range []string{world.OneStop, world.Civil, world.Land, world.Business} {
		key, err := os.ReadFile(r.folder.path("keys/" + source))
		if err != nil {
			return nil, err
		}
		p.keys[source] = strings.TrimSpace(string(key))
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
		pushes := cut(block.Messages, &n)
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
		p.feed(ctx, queue, pushes, &began, pace)
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
func (p *pusher) feed(ctx context.Context, queue chan<- push, pushes []push, next *time.Time, pace time.Duration) {
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
		} else {
			*next = time.Now()
		}
		*next = next.Add(pace)
		select {
		case queue <- one:
		case <-ctx.Done():
			return
		}
		if i%8 == 0 {
			p.run.Progress.Pushed(p.pushed+i*500/len(pushes), p.run.Dossiers, p.run.watch.latest())
		}
	}
}

// cut makes pushes of messages: runs of one source, bad ones and every ninth alone.
func cut(messages []world.Message, n *int) []push {
	open := map[string]*push{}
	var out []push
	add := func(source string, alone bool, messages ...world.Message) {
		*n++
		out = append(out, push{id: fmt.Sprintf("demo-%06d", *n), source: source, messages: messages, alone: alone})
	}
	for i, m := range messages {
		if m.Class == world.Bad || i%9 == 0 {
			add(m.Source, true, m)
			continue
		}
		batch := open[m.Source]
		if batch == nil {
			batch = &push{source: m.Source}
			open[m.Source] = batch
		}
		if batch.messages = append(batch.messages, m); len(batch.messages) == batchSize {
			add(m.Source, false, batch.messages...)
			open[m.Source] = nil
		}
	}
	for _, source := range []string{world.OneStop, world.Civil, world.Land, world.Business} {
		if batch := open[source]; batch != nil {
			add(source, false, batch.messages...)
		}
	}
	return out
}

// send repeats one push until it is answered. The line to the gateway may be bad as well.
func (p *pusher) send(ctx context.Context, one push) error {
	if err := p.log.push(one); err != nil {
		return err
	}
	for try := 0; ; try++ {
		results, err := p.post(ctx, one)
		if err == nil {
			return p.log.answer(one.id, results)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if fault.CodeOf(err) == fault.Invalid {
			return err
		}
		select {
		case <-time.After(min(time.Duration(50<<min(try, 6))*time.Millisecond, 2*time.Second)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// post is one request. Answers that say "later" and lost answers are errors to repeat after.
func (p *pusher) post(ctx context.Context, one push) ([]audit.Answered, error) {
	path, kind, body := "/v1/records:batch", "application/json", []byte(nil)
	switch {
	case one.alone:
		path, body = "/v1/records", one.messages[0].Body
	case len(one.messages)%2 == 0:
		body = joined(one.messages, '[', ',', ']')
	default:
		kind, body = "application/x-ndjson", joined(one.messages, 0, '\n', '\n')
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.run.gateway.told["api"]+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.keys[one.source])
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Idempotency-Key", `"`+one.id+`"`)
	response, err := p.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return understand(one, response.StatusCode, answer)
}

// joined puts messages into one body; 0 means no byte. Messages hold no line breaks.
func joined(messages []world.Message, open, between, end byte) []byte {
	var b bytes.Buffer
	if open != 0 {
		b.WriteByte(open)
	}
	for i, m := range messages {
		if i > 0 {
			b.WriteByte(between)
		}
		b.Write(m.Body)
	}
	b.WriteByte(end)
	return b.Bytes()
}

// understand reads an answer: verdicts, or the problem of a single push that was refused and kept.
func understand(one push, status int, body []byte) ([]audit.Answered, error) {
	var answer struct {
		SubmissionID string `json:"submission_id"`
		Results      []struct {
			SubmissionID string                 `json:"submission_id"`
			Records      []audit.AnsweredRecord `json:"records"`
		} `json:"results"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, err
	}
	switch {
	case status == http.StatusOK && len(answer.Results) == len(one.messages):
		var results []audit.Answered
		for _, r := range answer.Results {
			results = append(results, audit.Answered{Submission: r.SubmissionID, Records: r.Records})
		}
		return results, nil
	case one.alone && answer.SubmissionID != "":
		return []audit.Answered{{Submission: answer.SubmissionID, Records: []audit.AnsweredRecord{{Verdict: "rejected"}}}}, nil
	case status == http.StatusConflict, status == http.StatusTooManyRequests, status >= 500:
		return nil, fault.New(fault.Unavailable, "demo", fmt.Sprint("the gateway answered ", status))
	}
	return nil, fault.New(fault.Invalid, "demo", fmt.Sprintf("the gateway answered %d to push %s of %s", status, one.id, one.source))
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
