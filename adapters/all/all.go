// Package all lists the adapters of this program. The list is explicit: what is
// not named here does not exist, and nothing registers itself.
//
//	spec, err := all.Open("civil", "")
//	spec, err := all.Open("mapped", "lltp.yaml") // an adapter that a mapping describes
package all

import (
	"slices"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/business"
	"github.com/lienthong/lienthong/adapters/civil"
	"github.com/lienthong/lienthong/adapters/land"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/adapters/onestop"
	"github.com/lienthong/lienthong/internal/fault"
)

// Registry returns every adapter by name.
func Registry() adapters.Registry {
	return adapters.NewRegistry(
		business.Spec(),
		civil.Spec(),
		land.Spec(),
		onestop.Spec(),
	)
}

// Names returns what a source's configuration can name: the adapters of
// [Registry], and mapped for one that a file describes.
func Names() []string {
	names := append(Registry().Names(), mapped.Name)
	slices.Sort(names)
	return names
}

// Open returns the adapter of a source by its name and, for mapped and no
// other, its mapping file. Mistakes in the file come as mapped.Mistakes.
func Open(name, mapping string) (adapters.Spec, error) {
	registry := Registry()
	if name != mapped.Name {
		if mapping != "" {
			return adapters.Spec{}, fault.New(fault.Usage, "all.Open", "a mapping belongs to the adapter "+mapped.Name+" alone")
		}
		return registry.Get(name)
	}
	if mapping == "" {
		return adapters.Spec{}, fault.New(fault.Usage, "all.Open", "the adapter "+mapped.Name+" needs a mapping")
	}
	m, err := mapped.Load(mapping)
	if err != nil {
		return adapters.Spec{}, err
	}
	if _, taken := registry[m.Name]; taken || m.Name == mapped.Name {
		return adapters.Spec{}, fault.New(fault.Usage, "all.Open", "the mapping is named "+m.Name+", as an adapter of this program is")
	}
	return m.Spec(), nil
}
