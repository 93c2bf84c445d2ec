package main

import (
	"bufio"
	"bytes"
	"context"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
)

type simulateWorldCmd struct {
	Dossiers int    `help:"Number of dossiers, of some four messages each." default:"2000"`
	Seed     uint64 `help:"The same seed makes the same province." default:"1"`
	Source   string `help:"Whose messages: motcua (one-stop system), hotich, datdai or dkkd." enum:"motcua,hotich,datdai,dkkd" default:"motcua"`
	Clean    bool   `help:"Leave out what is bad, repeated or late."`
}

// Run writes the messages of one source of a made-up province, a line each.
func (c *simulateWorldCmd) Run(ctx context.Context, s *streams) error {
	w := bufio.NewWriterSize(s.out, 1<<20)
	for block := range world.New(world.Options{Seed: c.Seed, Dossiers: c.Dossiers}).Blocks() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, m := range block.Messages {
			if m.Source != c.Source || c.Clean && m.Class != world.Good && m.Class != world.Doubtful {
				continue
			}
			if _, err := w.Write(bytes.ReplaceAll(m.Body, []byte("\n"), []byte(" "))); err != nil {
				return err
			}
			if err := w.WriteByte('\n'); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}
