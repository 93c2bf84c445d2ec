// Package world makes a repeatable province: dossiers with their whole lives,
// written down as the messages that one-stop system, civil registry, land
// office and business register would push, and the truth that the national
// portal should show in the end.
//
//	w := world.New(world.Options{Seed: 1, Dossiers: 2000})
//	for block := range w.Blocks() {
//		push(block.Messages)
//		remember(block.Truths)
//	}
//
// Every value is invented; names, communes and procedures come from the code
// tables of package schema. A tenth of the messages is sent twice, some come
// late and out of order, and some are bad in the ways of the field.
package world

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/units"
)

// Sources that push in a world, by code, with their adapters.
const (
	OneStop  = "motcua"
	Civil    = "hotich"
	Land     = "datdai"
	Business = "dkkd"
)

// Class says why a message is in the world.
type Class string

// Classes of messages.
const (
	Good     Class = "good"
	Repeat   Class = "repeat"   // sent before, byte for byte
	Late     Class = "late"     // after younger ones of the same dossier
	Bad      Class = "bad"      // to be rejected, or partly so
	Doubtful Class = "doubtful" // only a human can say
)

// Options of a world.
type Options struct {
	Seed     uint64
	Dossiers int
	Province string // in force since 01/07/2025; "24" if empty
	Files    string // what the addresses of papers are below; "https://files.example.vn" if empty
	Poison   int    // one in so many dossiers has a twin without an appointment; 0: none
}

// Message is one message of one source.
type Message struct {
	Source string
	Class  Class
	Form   string // "P3", "P6", "H1", …
	Body   []byte
	at     time.Time
}

// Truth is what the portal should show of one dossier in the end.
type Truth struct {
	Number string            `json:"number"`
	Header map[string]string `json:"header"` // fields of the stored record that are compared
	Steps  []string          `json:"steps"`  // "yyyyMMddHHmmss/status", in order
	Order  []string          `json:"order"`  // statuses in the source's own order

	Poison bool `json:"poison,omitempty"` // it has no appointment: a portal that demands one refuses it
}

// Block is a part of the world: some dossiers, and the messages of about their time.
type Block struct {
	Messages []Message
	Truths   []Truth
}

// World is one repeatable world.
type World struct {
	options  Options
	communes []units.Unit
	people   people
}

// blockSize is the number of dossiers of a block.
const blockSize = 500

// New returns the world of its options.
func New(o Options) *World {
	if o.Province == "" {
		o.Province = "24"
	}
	if o.Files == "" {
		o.Files = "https://files.example.vn"
	}
	return &World{options: o, communes: units.Communes(o.Province), people: newPeople()}
}

// Blocks yields the world in blocks, always the same for the same options.
func (w *World) Blocks() iter.Seq[Block] {
	return func(yield func(Block) bool) {
		var late []Message
		for from := 0; from < w.options.Dossiers; from += blockSize {
			var b Block
			b.Messages, late = late, nil
			for i := from; i < min(from+blockSize, w.options.Dossiers); i++ {
				own, truths := w.dossier(i)
				b.Truths = append(b.Truths, truths...)
				b.Messages = append(b.Messages, own...)
			}
			last := from+blockSize >= w.options.Dossiers
			b.Messages, late = w.disorder(uint64(from), b.Messages, last)
			if !yield(b) {
				return
			}
		}
	}
}

// disorder sorts a block by time, then lets some messages come late and sends a tenth of them twice.
func (w *World) disorder(block uint64, messages []Message, last bool) (now, late []Message) {
	r := rand.New(rand.NewPCG(w.options.Seed, block|1<<40))
	slices.SortStableFunc(messages, func(a, b Message) int { return a.at.Compare(b.at) })
	for _, m := range messages {
		switch chance := r.IntN(100); {
		case m.Class == Good && chance < 3 && !last:
			m.Class = Late
			late = append(late, m)
			continue
		case m.Class == Good && chance < 5:
			m.Class = Late
			at := len(now) - r.IntN(min(len(now), 40)+1)
			now = slices.Insert(now, at, m) // before its elders
			continue
		case m.Class != Bad && chance >= 90:
			again := m
			again.Class = Repeat
			if last || r.IntN(2) == 0 {
				now = append(now, m)
				m = again
			} else {
				late = append(late, again)
			}
		}
		now = append(now, m)
	}
	return now, late
}

// random returns the dossier's own source of chance.
func (w *World) random(i int) *rand.Rand {
	return rand.New(rand.NewPCG(w.options.Seed, uint64(i)))
}

// number returns a dossier number: 5,000 dossiers a day.
func (w *World) number(i, commune int, day time.Time) string {
	return fmt.Sprintf("H05.%02d-%s-%04d", 10+commune, day.Format("060102"), i%10000)
}

// firstDay is the first working day of every world.
var firstDay = time.Date(2025, time.November, 3, 0, 0, 0, 0, schema.VietNam())

func gen1(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("20060102150405")
}
