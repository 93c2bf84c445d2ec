package ministry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
)

// upload fetches one file and hands it on. Its bytes are held for this call
// alone; what is kept is the portal's handle, so that a replay needs no bytes
// and a second upload never happens for a URL that is known.
func (d *Destination) upload(ctx context.Context, payload []byte, personal hidden) gateway.Outcome {
	var what attachment
	if err := json.Unmarshal(payload, &what); err != nil {
		return ours("request.invalid", err)
	}
	content, failed := d.fetch(ctx, what.URL)
	if failed.Kind != "" {
		return failed
	}
	contentType, body, err := form(what.Name, content)
	if err != nil {
		return ours("request.invalid", err)
	}
	a, out := d.call(ctx, gateway.OpUpload, message{path: d.cfg.UploadPath, contentType: contentType, body: body}, personal)
	if out.Kind != gateway.Delivered {
		return out
	}
	h := uploaded(a)
	switch {
	case !plausible(h.id) || h.hash != "" && !plausible(h.hash):
		return withoutWhatWasAsked(out, "upload.without_id")
	case differs(h.hash, content):
		return withoutWhatWasAsked(out, "upload.hash_differs")
	}
	out.Issued = map[string]string{fileName(what.URL): strings.TrimSpace(h.id + " " + h.hash)}
	return out
}

// fetch reads a paper's file. A store that is away is none of the portal's
// failures and must not open its breaker: such an outcome is ours. A file that
// is not there is a fault of the data.
func (d *Destination) fetch(ctx context.Context, address string) ([]byte, gateway.Outcome) {
	refused := func(cause string) gateway.Outcome {
		return gateway.Outcome{Kind: gateway.RefusedData, Shelf: gateway.ShelfSource, Cause: cause, Err: errors.New("the paper's file cannot be used: " + cause)}
	}
	if wrong := d.cfg.fetchable(address); wrong != "" { // planned under other settings
		return nil, refused(wrong)
	}
	got, err := d.files.Post(ctx, portal.Request{Method: http.MethodGet, URL: address, Read: true})
	var call *portal.CallError
	switch {
	case errors.As(err, &call) && call.Reason == "answer.too_large":
		return nil, refused("file.too_large")
	case errors.As(err, &call):
		return nil, ours("file."+call.Reason, err)
	case err != nil:
		return nil, ours("file.failed", err)
	}
	cause := "file.http." + strconv.Itoa(got.Status)
	switch {
	case got.Status == http.StatusOK && len(got.Body) == 0:
		return nil, refused("file.empty")
	case got.Status == http.StatusOK:
		return got.Body, gateway.Outcome{}
	case got.Status >= 400 && got.Status < 500 && got.Status != http.StatusTooManyRequests && got.Status != http.StatusRequestTimeout:
		return nil, refused(cause)
	}
	return nil, ours(cause, errors.New("the store of files did not give the file"))
}

// form writes a multipart body with one part, "files".
func form(name string, content []byte) (contentType string, body []byte, err error) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	if name == "" {
		name = "tep"
	}
	part, err := w.CreateFormFile("files", name)
	if err != nil {
		return "", nil, err
	}
	if _, err := part.Write(content); err != nil {
		return "", nil, err
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	return w.FormDataContentType(), buf.Bytes(), nil
}

// differs reports whether a hash that can be compared is not that of the content.
func differs(hash string, content []byte) bool {
	digits, ok := strings.CutPrefix(strings.ToLower(hash), "sha256:")
	if !ok || len(digits) != 2*sha256.Size {
		return false
	}
	sum := sha256.Sum256(content)
	return digits != hex.EncodeToString(sum[:])
}
