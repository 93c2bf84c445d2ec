package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
)

// batchSize is the number of messages of a push; bad messages, and some others, go alone.
const batchSize = 50

// push is one request: the same for the same world, so that a resumed run repeats it to the byte.
type push struct {
	number   int    // from 1
	id       string // its idempotency key
	source   string
	messages []world.Message
	alone    bool
}

// cut makes pushes of messages: runs of one source, bad ones and every ninth alone.
func cut(messages []world.Message, n *int, size int) []push {
	open := map[string]*push{}
	var out []push
	add := func(source string, alone bool, messages ...world.Message) {
		*n++
		out = append(out, push{number: *n, id: fmt.Sprintf("demo-%06d", *n), source: source, messages: messages, alone: alone})
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
		if batch.messages = append(batch.messages, m); len(batch.messages) == size {
			add(m.Source, false, batch.messages...)
			open[m.Source] = nil
		}
	}
	for _, s := range sources {
		if batch := open[s.code]; batch != nil {
			add(s.code, false, batch.messages...)
		}
	}
	return out
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

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
