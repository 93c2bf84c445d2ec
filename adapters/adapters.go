// Package adapters is the SDK for source adapters: bytes in, records out.
//
// An [Adapter] has one mandatory method. It is pure: no clock, no I/O, no map
// order; the same bytes give the same records. One message may hold many
// records and some of them may be bad: Normalize returns the good ones and an
// error that joins the problems of the others, each with its pointer into the
// message (read them with fault.ProblemsOf).
//
//	a, err := civil.New(adapters.Config{})
//	records, err := a.Normalize(ctx, adapters.Raw{ContentType: "application/json", Body: body})
//
// Beside the constructor each adapter has a [Spec]: its name, version, the
// kinds it yields and how their revisions are ordered. [Registry] holds an
// explicit list of specs; adapters/all has the one of this program. Each
// adapter passes adaptertest.Run.
package adapters

import (
	"context"
	"sort"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Raw is one message as received.
type Raw struct {
	ContentType string // media type without parameters; "" means JSON
	Body        []byte // not to be changed
}

// Adapter turns one message of a source into canonical records.
//
// A message that is not of any form the adapter knows gives a *fault.Error
// with code fault.UnknownForm; bytes that are not well-formed give
// fault.Malformed; bad records give fault.Invalid with Problems, beside the
// good records.
type Adapter interface {
	Normalize(ctx context.Context, raw Raw) ([]schema.Record, error)
}

// Order says how revisions of one record follow each other.
type Order string

// Orders of revisions; design: what the source itself can say about age.
const (
	ByVersion            Order = "version"              // a lower or equal version is old
	ByVersionThenArrival Order = "version_then_arrival" // equal version with other content is a new revision
	ByEventTime          Order = "event_time"           // an earlier event time is old; equal: by arrival
	ByArrival            Order = "arrival"              // what comes later is newer
)

// KindSpec is one kind of record that an adapter yields.
type KindSpec struct {
	Kind  schema.Kind
	Order Order
}

// Spec describes an adapter.
type Spec struct {
	Name    string     // "civil"; what a source's configuration names
	Version int        // raised when the same bytes give other records
	Summary string     // one sentence
	Kinds   []KindSpec //
	Forms   []string   // the message forms it knows, for people
	Example string     // one message that it takes, invented values
	New     func(Config) (Adapter, error)
}

// Config is what an adapter is built from.
type Config struct {
	Province string // code of the province in force since 01/07/2025, "24"; decides ambiguous commune codes
}

// Order returns the order of a kind, ByArrival when the spec does not name the kind.
func (s Spec) Order(k schema.Kind) Order {
	for _, ks := range s.Kinds {
		if ks.Kind == k {
			return ks.Order
		}
	}
	return ByArrival
}

// Registry is a fixed set of specs by name.
type Registry map[string]Spec

// NewRegistry returns a registry of the given specs; a name given twice is a programming error.
func NewRegistry(specs ...Spec) Registry {
	r := make(Registry, len(specs))
	for _, s := range specs {
		if _, twice := r[s.Name]; twice {
			panic("adapters: two specs named " + s.Name)
		}
		r[s.Name] = s
	}
	return r
}

// Get returns the spec of a name; an unknown one is a fault that lists those known.
func (r Registry) Get(name string) (Spec, error) {
	s, ok := r[name]
	if !ok {
		return Spec{}, fault.New(fault.NotFound, "adapters.Get", "no adapter of that name; known: "+strings.Join(r.Names(), ", "))
	}
	return s, nil
}

// Names returns the names in order.
func (r Registry) Names() []string {
	names := make([]string, 0, len(r))
	for n := range r {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}
