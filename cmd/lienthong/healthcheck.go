package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// healthCmd asks a running process whether it is alive. An image made
// from scratch has no other program that could.
type healthCmd struct {
	URL     string        `arg:"" optional:"" help:"What to ask; 2xx is good." default:"http://127.0.0.1:8080/livez"`
	Timeout time.Duration `help:"How long it may take." default:"3s"`
}

// Run ends with exit code 0 or, when there is no good answer, that of Unavailable.
func (c *healthCmd) Run(ctx context.Context) error {
	const op = "healthcheck"
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, http.NoBody)
	if err != nil {
		return &fault.Error{Code: fault.Usage, Op: op, Msg: "this is no URL", Err: err}
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy: it asks its own machine
	response, err := client.Do(request)
	if err != nil {
		return &fault.Error{Code: fault.Unavailable, Op: op, Msg: "no answer", Err: err}
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	if response.StatusCode/100 != 2 {
		return fault.New(fault.Unavailable, op, fmt.Sprintf("the answer is %d", response.StatusCode))
	}
	return nil
}
