package sink

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// Content types of CloudEvents 1.0 in structured mode.
const (
	typeEvent = "application/cloudevents+json; charset=utf-8"
	typeBatch = "application/cloudevents-batch+json; charset=utf-8"
)

// envelope is one call as it leaves, in every attempt alike but for time and signature.
type envelope struct {
	id   string // of the event; of a batch one that is made of theirs
	body []byte
	kind string // content type
	ids  []string
}

// Send implements [gateway.Destination]. The answer is for the whole call.
func (d *Destination) Send(ctx context.Context, op gateway.Operation, calls []gateway.PlannedCall) []gateway.Outcome {
	if len(calls) == 0 {
		return nil
	}
	e, err := pack(op, calls)
	if err != nil {
		return portal.Whole(gateway.Outcome{
			Kind: gateway.Unavailable, Shelf: gateway.ShelfGateway, Cause: d.cfg.Code + ".request.invalid", Err: err,
		}, len(calls))
	}
	if len(e.body) > d.cfg.MaxBytes { // the lanes halve what is refused as a whole
		return portal.Whole(gateway.Outcome{
			Kind: gateway.RefusedData, Shelf: gateway.ShelfGateway, Cause: d.cfg.Code + ".request.too_large",
			Err: errors.New("the body is over the limit of " + strconv.Itoa(d.cfg.MaxBytes) + " bytes"),
		}, len(calls))
	}
	return portal.Whole(d.call(ctx, e), len(calls))
}

func pack(op gateway.Operation, calls []gateway.PlannedCall) (envelope, error) {
	if !slices.Contains(writes(), op) {
		return envelope{}, errors.New("not a writing operation of this destination")
	}
	var e envelope
	all := sha256.New()
	for i := range calls {
		if calls[i].Operation != op || len(calls[i].Payload) != 1 {
			return envelope{}, errors.New("a planned call of another operation")
		}
		var named struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(calls[i].Payload[0], &named); err != nil || named.ID == "" {
			return envelope{}, errors.New("a planned call that is no event")
		}
		e.ids = append(e.ids, named.ID)
		_, _ = all.Write([]byte(named.ID + "\n")) // never fails
	}
	if len(calls) == 1 {
		e.id, e.body, e.kind = e.ids[0], calls[0].Payload[0], typeEvent
		return e, nil
	}
	var b bytes.Buffer
	for i := range calls {
		b.WriteByte("[,"[min(i, 1)])
		b.Write(calls[i].Payload[0])
	}
	b.WriteByte(']')
	e.id, e.body, e.kind = uuid.NewHash(sha256.New(), namespace, all.Sum(nil), 8).String(), b.Bytes(), typeBatch
	return e, nil
}

// call posts within the time of one call. A refused token is read anew once: the
// refusal proves that nothing was taken, so that the call is made again.
func (d *Destination) call(ctx context.Context, e envelope) gateway.Outcome {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	for again := false; ; again = true {
		token := d.bearer()
		h := http.Header{"Content-Type": {e.kind}, "Idempotency-Key": {strconv.Quote(e.id)}}
		d.authorise(h, token)
		if d.key != nil {
			sign(h, d.key, e.id, d.now(), e.body)
		}
		got, err := d.client.Post(ctx, portal.Request{URL: d.cfg.URL, Header: h, Body: e.body})
		if err != nil {
			return d.unanswered(err)
		}
		if got.Status == http.StatusUnauthorized && !again && d.renew(token) {
			continue
		}
		return d.judge(got, e)
	}
}
