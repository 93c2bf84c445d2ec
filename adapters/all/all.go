// Package all lists the adapters of this program. The list is explicit: what is
// not named here does not exist, and nothing registers itself.
package all

import (
	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/business"
	"github.com/lienthong/lienthong/adapters/civil"
	"github.com/lienthong/lienthong/adapters/land"
	"github.com/lienthong/lienthong/adapters/onestop"
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
