package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/internal/fault"
)

// line leads to a gateway, by any of its processes.
type line struct {
	apis   []string
	keys   map[string]string // by source
	client *http.Client
}

func newLine(apis ...string) line {
	return line{apis: apis, keys: map[string]string{}, client: &http.Client{Timeout: 30 * time.Second}}
}

// insist repeats one push until it is answered: the line may be bad as well. An
// answer that no repetition would change is a fault with code Invalid.
func (l *line) insist(ctx context.Context, one push) ([]audit.Answered, error) {
	for try := 0; ; try++ {
		results, err := l.post(ctx, l.apis[(one.number+try)%len(l.apis)], one)
		switch {
		case err == nil:
			return results, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case fault.CodeOf(err) == fault.Invalid:
			return nil, err
		}
		select {
		case <-time.After(min(time.Duration(50<<min(try, 6))*time.Millisecond, 2*time.Second)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// post is one request. Answers that say "later" and lost answers are errors to repeat after.
func (l *line) post(ctx context.Context, api string, one push) ([]audit.Answered, error) {
	path, kind, body := "/v1/records:batch", "application/json", []byte(nil)
	switch {
	case one.alone:
		path, body = "/v1/records", one.messages[0].Body
	case len(one.messages)%2 == 0:
		body = joined(one.messages, '[', ',', ']')
	default:
		kind, body = "application/x-ndjson", joined(one.messages, 0, '\n', '\n')
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, api+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+l.keys[one.source])
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Idempotency-Key", `"`+one.id+`"`)
	response, err := l.client.Do(request)
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
