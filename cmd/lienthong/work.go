package main

import "context"

type workCmd struct{ nodeFlags }

// Run works on deliveries, without an API, until the context ends.
func (c *workCmd) Run(ctx context.Context, s *streams) error {
	return c.run(ctx, s, nodeOptions{work: true, noAPI: true, loopback: c.Loopback})
}
