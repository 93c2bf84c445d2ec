package httpapi

import (
	"net/http"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// pushMany is POST /v1/records:batch: messages that are judged one by one and stored together.
func (a *API) pushMany(w *response, r *http.Request, c *call) error {
	if r.URL.RawQuery != "" { // such as dry_run, which must not be taken for a push
		return unknownParameter(nil)
	}
	in, err := a.receive(w, r, c, batchTakes, batchAccepts, a.opts.Limits.Batch)
	if err != nil {
		return err
	}
	defer in.body.free()
	if in.age != (age{}) {
		return badHeader(fault.Usage, versionHeader, fault.Problem{
			Code: "header.single_only", Detail: "Gateway-Source-Version và Gateway-Event-Time chỉ dùng khi gửi từng thông điệp; với lô hãy dùng " + pushMedia + ".",
			DetailEN: "Gateway-Source-Version and Gateway-Event-Time are for single pushes; in a batch use " + pushMedia + ".", Expected: pushMedia,
		})
	}
	ctx, cancel := a.commit(r.Context())
	defer cancel()
	messages, root, err := a.split(in.media, in.body.data)
	switch {
	case fault.CodeOf(err) == fault.TooLarge:
		return err
	case err != nil:
		return a.keep(ctx, c, in, err)
	}
	answer, err := a.opts.Ingestor.Ingest(ctx, gateway.Push{Source: c.source, Idempotency: in.key, Messages: messages})
	if err != nil {
		return err
	}
	if answer.Replayed {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	a.answer(w, c, answer, root)
	return nil
}

// split cuts a batch into its messages without copying. Pointers of each
// message's problems start at root, within the message.
func (a *API) split(media string, data []byte) (messages []gateway.Message, root string, err error) {
	parts, err := a.parts(media, data)
	switch {
	case err != nil && !strict.TooMany(err):
		return nil, "", err
	case err == nil && len(parts) == 0:
		return nil, "", badBody(fault.Malformed, fault.Problem{
			Code: "batch.empty", Detail: "Lô không có thông điệp nào.", DetailEN: "The batch has no messages.", Expected: "1 to 1000",
		})
	case err != nil, len(parts) > gateway.MaxMessages:
		return nil, "", badBody(fault.TooLarge, fault.Problem{
			Code: "batch.too_many", Detail: "Lô có quá nhiều thông điệp.", DetailEN: "The batch has too many messages.",
			Expected: "≤ " + itoa(gateway.MaxMessages),
		})
	}
	messages = make([]gateway.Message, len(parts))
	for i, p := range parts {
		if media != pushMedia {
			messages[i] = gateway.Message{ContentType: jsonMedia, Body: p.Data}
			continue
		}
		if messages[i], err = a.unwrap(p, age{}); err != nil {
			return nil, "", err
		}
	}
	if media == pushMedia {
		root = messageField
	}
	return messages, root, nil
}

// parts cuts at the outermost level: an array, or for NDJSON also a stream of values.
func (a *API) parts(media string, data []byte) ([]strict.Part, error) {
	if media == ndjsonMedia {
		values, err := strict.Split(data)
		if err != nil {
			return nil, a.located(media, data, err)
		}
		parts := make([]strict.Part, len(values))
		for i, v := range values {
			parts[i] = strict.Part{Data: v}
		}
		return parts, nil
	}
	whole := strict.Message(data)
	if kind := whole.Kind(); kind != '[' && kind != 0 {
		return nil, badBody(fault.Malformed, fault.Problem{
			Code: "batch.not_array", Detail: "Lô JSON phải là một mảng thông điệp; dòng NDJSON cần Content-Type " + ndjsonMedia + ".",
			DetailEN: "A JSON batch is an array of messages; lines of NDJSON want Content-Type " + ndjsonMedia + ".", Expected: "[…]",
		})
	}
	parts, err := strict.Elements(whole)
	if err != nil {
		return nil, a.located(media, data, err)
	}
	return parts, nil
}
