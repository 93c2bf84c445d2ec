package httpapi

import (
	"context"
	"net/http"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// operation is a plain handler: it has answered, or returns why not.
type operation func(w *response, r *http.Request, c *call) error

// plain makes a handler of an operation.
func (a *API) plain(op operation) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w, is := rw.(*response)
		if !is { // the mux hands on what it got
			w = newResponse(rw, a.opts.Limits.Progress)
		}
		c := callOf(r.Context())
		if err := op(w, r, c); err != nil {
			a.fail(w, c, err)
		}
	}
}

// received is a push as it came over the line.
type received struct {
	media string
	age   age
	key   gateway.Idempotency
	body  *body
}

// receive reads what both push operations have in common. The caller frees the body.
func (a *API) receive(w *response, r *http.Request, c *call, takes func(string) bool, accept string, limit int64) (in received, err error) {
	if in.media, err = mediaOf(r.Header, takes, accept); err != nil {
		return in, err
	}
	if in.age, err = ageOf(r.Header); err != nil {
		return in, err
	}
	if in.key, err = idempotencyOf(r, c.source); err != nil {
		return in, err
	}
	if in.body, err = a.intake.read(w, r, limit); err != nil {
		return in, err
	}
	if in.key.Key != "" {
		in.key.Fingerprint = fingerprint(r, in.body.data)
	}
	return in, nil
}

// commit is the time that a push has to become durable. What has arrived as a
// whole is not dropped because its sender's line broke: it will be asked for again.
func (a *API) commit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), a.opts.Limits.Commit)
}

// pushOne is POST /v1/records: one message, judged as a whole.
func (a *API) pushOne(w *response, r *http.Request, c *call) error {
	dry, err := dryRun(r)
	if err != nil {
		return err
	}
	in, err := a.receive(w, r, c, singleTakes, singleAccepts, a.opts.Limits.Single)
	if err != nil {
		return err
	}
	defer in.body.free()
	ctx, cancel := a.commit(r.Context())
	defer cancel()
	message, root := gateway.Message{ContentType: in.media, Body: in.body.data, SourceVersion: in.age.version, EventTime: in.age.time}, ""
	if in.media == pushMedia {
		if message, err = a.unwrap(strict.Message(in.body.data), in.age); err != nil && dry {
			return err
		} else if err != nil {
			return a.keep(ctx, c, in, err)
		}
		root = messageField
	}
	if dry {
		return a.rehearse(ctx, w, c, message, root)
	}
	answer, err := a.opts.Committer.Ingest(ctx, gateway.Push{Source: c.source, Idempotency: in.key, Messages: []gateway.Message{message}})
	if err != nil {
		return err
	}
	if answer.Replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	if len(answer.Results) != 1 {
		return fault.New(fault.Internal, "httpapi.pushOne", "one message has not got one result")
	}
	if code := refusal(answer.Results[0]); code != "" {
		return refused(code, answer.Results[0], root)
	}
	a.answer(w, c, answer, root)
	return nil
}

// keep stores a body that could not be split into messages, and returns its refusal.
func (a *API) keep(ctx context.Context, c *call, in received, cause error) error {
	id, err := a.opts.Ingestor.Refuse(ctx, c.source, in.media, in.body.data, cause)
	if err != nil {
		return err // what is not kept has not been answered: the caller comes again
	}
	return &failure{cause: cause, submission: id}
}

// refusal returns the code by which a message was refused as a whole, "" when anything of it was taken.
func refusal(m gateway.MessageResult) fault.Code {
	if m.Code != "" || len(m.Records) == 0 {
		return m.Code
	}
	for _, r := range m.Records {
		if r.Verdict != gateway.Rejected {
			return ""
		}
	}
	return fault.Invalid
}

// refused is the failure of a refused message; its pointers start at root.
func refused(code fault.Code, m gateway.MessageResult, root string) error {
	f := &failure{cause: fault.New(code, "httpapi.push", "the message was refused"), submission: m.SubmissionID}
	found := m.Errors
	if len(found) == 0 {
		for _, r := range m.Records {
			found = append(found, r.Errors...)
		}
	}
	for _, p := range found {
		p.Pointer = root + p.Pointer
		f.items = append(f.items, item{Problem: p})
	}
	return f
}

// answer writes what became of a push.
func (a *API) answer(w *response, c *call, answer gateway.Answer, root string) {
	buf, _ := a.buffers.Get().(*[]byte)
	if buf == nil {
		buf = new([]byte)
	}
	*buf = appendAnswer((*buf)[:0], answer, c.lang, root)
	w.Header().Set("Content-Language", string(c.lang))
	send(w, http.StatusOK, jsonMedia, *buf)
	if cap(*buf) <= maxPooled {
		a.buffers.Put(buf)
	}
}

// maxPooled keeps one huge answer from holding its memory for good.
const maxPooled = 1 << 20
