package bench_test

import (
	"bytes"
	"hash/fnv"
	"iter"
	"regexp"
	"slices"

	"github.com/lienthong/lienthong/cmd/lienthong/world"
)

// batchSize is the number of messages of a push.
const batchSize = 500

// batch is one push of one source.
type batch struct {
	source   string
	messages int
	body     []byte // a JSON array
}

// traffic is what each client pushes, in order.
type traffic [clients][]batch

func (t traffic) messages() (n int) {
	for _, own := range t {
		for _, b := range own {
			n += b.messages
		}
	}
	return n
}

// collector fills batches. What belongs to one dossier goes through one
// client, as from one source, so that it arrives in order.
type collector struct {
	traffic traffic
	open    [clients]map[string][][]byte
}

var dossierNumber = regexp.MustCompile(`H05\.\d\d-\d{6}-\d{4}`)

func (c *collector) add(m world.Message) {
	h := fnv.New32a()
	_, _ = h.Write(dossierNumber.Find(m.Body))
	client := int(h.Sum32()>>8) % clients
	if c.open[client] == nil {
		c.open[client] = map[string][][]byte{}
	}
	c.open[client][m.Source] = append(c.open[client][m.Source], m.Body)
	if len(c.open[client][m.Source]) == batchSize {
		c.close(client, m.Source)
	}
}

func (c *collector) close(client int, source string) {
	bodies := c.open[client][source]
	if len(bodies) == 0 {
		return
	}
	body := append([]byte{'['}, bytes.Join(bodies, []byte{','})...)
	c.traffic[client] = append(c.traffic[client], batch{source: source, messages: len(bodies), body: append(body, ']')})
	delete(c.open[client], source)
}

func (c *collector) done() traffic {
	for client := range clients {
		for _, source := range sources() {
			c.close(client, source)
		}
	}
	return c.traffic
}

func sources() []string { return []string{world.OneStop, world.Civil, world.Land, world.Business} }

// newDossiers returns the first message of each of n dossiers: every one is a
// new record with a new dossier and mostly a new person.
func newDossiers(n int) traffic { return collect(n, isFirst) }

func isFirst(m world.Message, seen map[string]bool) bool {
	number := string(dossierNumber.Find(m.Body))
	first := m.Form == "P3" && !seen[number]
	seen[number] = seen[number] || first
	return first
}

// lives returns the whole lives of n dossiers in all four sources, each message once.
func lives(n int) traffic {
	return collect(n, func(m world.Message, _ map[string]bool) bool { return m.Class != world.Repeat && m.Class != world.Bad })
}

func collect(n int, keep func(world.Message, map[string]bool) bool) traffic {
	var c collector
	for m := range messages(n, keep) {
		c.add(m)
	}
	return c.done()
}

// singles is the traffic of new dossiers with one message a push.
func singles(n int) (t traffic) {
	i := 0
	for m := range messages(n, isFirst) {
		t[i%clients] = append(t[i%clients], batch{source: m.Source, messages: 1, body: slices.Concat([]byte{'['}, m.Body, []byte{']'})})
		i++
	}
	return t
}

func messages(n int, keep func(world.Message, map[string]bool) bool) iter.Seq[world.Message] {
	return func(yield func(world.Message) bool) {
		seen := map[string]bool{}
		for block := range world.New(world.Options{Seed: 1, Dossiers: n}).Blocks() {
			for _, m := range block.Messages {
				if keep(m, seen) && !yield(m) {
					return
				}
			}
		}
	}
}

// split takes batches away until they hold n messages or more.
func (t traffic) split(n int) (first, rest traffic) {
	for client, own := range t {
		for _, one := range own {
			if first.messages() < n {
				first[client] = append(first[client], one)
			} else {
				rest[client] = append(rest[client], one)
			}
		}
	}
	return first, rest
}
