// Package archtest keeps the direction of imports that the design draws:
//
//	schema ← adapters ← gateway ← jobs ← cmd
//
// What stands further left knows nothing of what stands further right. The
// folders below gateway (httpapi, postgres, portal, …) do not know each other
// either: they meet through the interfaces of gateway, and cmd/lienthong joins
// them. The test of this package reads every import of the module and says, for
// each that goes the wrong way, why that is so and what to do instead.
package archtest

import (
	"slices"
	"strings"
)

// Module is the path that all packages of the project begin with.
const Module = "github.com/lienthong/lienthong"

// Package is one package as "go list -json" describes it. Imports of tests are not in it: tests may
// import what they need.
type Package struct {
	Name       string // "main" for a program, such as a generator of tables
	ImportPath string
	Imports    []string
}

// layers names the parts of the chain and the parts that each may import. A part may always import itself.
var layers = map[string][]string{
	"schema":     {"internal"},
	"adapters":   {"internal", "schema"},
	"gateway":    {"internal", "schema", "adapters"},
	"jobs":       {"internal", "schema", "adapters", "gateway", "migrations"},
	"cmd":        {"internal", "schema", "adapters", "gateway", "migrations", "jobs"},
	"migrations": {"internal"},
	"internal":   {},
}

const (
	audit     = "cmd/lienthong/audit"
	simulator = "gateway/portal/simulator"
	pgtest    = "internal/pgtest"
	faults    = "internal/fault"
)

// reserved names modules that few may use, the reason, and what others do.
var reserved = []struct {
	prefix, name, advice string
	users                []string
}{
	{
		"github.com/riverqueue/", "River",
		"Only jobs knows that there is a queue. Ask for what you need through a small interface in gateway, as gateway.Waker does.",
		[]string{"jobs", "migrations", "cmd", pgtest},
	},
	{
		"github.com/jackc/", "pgx",
		"Only gateway/postgres speaks SQL. Add a method to the store's interface in gateway and write the query there.",
		[]string{"gateway/postgres", "gateway/embedded", "jobs", "migrations", "cmd", pgtest},
	},
}

// outside names the ways to the world that the canonical model does without.
var outside = []string{"os", "os/exec", "net", "net/http", "database/sql", "log"}

// Violations returns one sentence for each import of the package that the design forbids.
func Violations(p Package) []string {
	from, ok := ours(p.ImportPath)
	if !ok {
		return nil
	}
	if _, known := layers[top(from)]; !known && from != "" {
		return []string{from + " belongs to no part of the design. Move it below one of " +
			strings.Join(parts(), ", ") + "; or draw it into the design first, then into internal/archtest."}
	}
	var found []string
	for _, path := range p.Imports {
		reason := foreign(p.Name, from, path)
		if to, ok := ours(path); ok {
			path, reason = to, own(from, to)
		}
		if reason != "" {
			found = append(found, from+" must not import "+path+". "+reason)
		}
	}
	return found
}

// own says why one package of the project must not import another; "" when it may.
func own(from, to string) string {
	switch {
	case from == faults:
		return "Every package may import internal/fault, so it can import none of them without a circle."
	case to == pgtest || to == "internal/archtest":
		return to + " is for tests; import it from files that end in _test.go."
	case to == faults || from == pgtest:
		return ""
	case within(from, audit) && !within(to, audit):
		return "The audit checks the others and must not believe their code: read the tables with SQL of its own."
	case within(from, simulator) && !within(to, simulator):
		return "The simulator stands for a portal that others wrote: it must not share our model of what it does."
	}
	a, b := top(from), top(to)
	if a != b {
		if slices.Contains(layers[a], b) {
			return ""
		}
		return "Imports point one way: schema ← adapters ← gateway ← jobs ← cmd, and " + a + " stands before " + b +
			" or beside it. Declare a small interface in " + a + " and let " + b + " implement it."
	}
	if a != "gateway" {
		return ""
	}
	child, sibling := second(from), second(to)
	switch {
	case child == sibling || sibling == "":
		return ""
	case child == "":
		return "gateway owns the interfaces; who implements them is joined to it in cmd/lienthong. Declare a small interface here instead."
	}
	return "The folders below gateway do not know each other. Put an interface or a type into gateway, " +
		"use it in both, and join the two in cmd/lienthong."
}

// foreign says why a package must not import a module of others or a part of the standard library; "" when it may.
func foreign(name, from, path string) string {
	for _, r := range reserved {
		if strings.HasPrefix(path, r.prefix) &&
			!slices.ContainsFunc(r.users, func(user string) bool { return within(from, user) }) {
			return r.name + " belongs to " + strings.Join(r.users, ", ") + " alone. " + r.advice
		}
	}
	switch {
	case top(from) == "schema" && name != "main" && slices.Contains(outside, path):
		return "The canonical model does no I/O: take bytes or values as arguments, and let the caller read them."
	case within(from, audit) && isModule(path) && !within(path, "github.com/jackc/pgx/v5"):
		return "The audit is independent: the standard library and pgx are all that it trusts."
	}
	return ""
}

// ours cuts the module's path off; false for packages of others.
func ours(path string) (string, bool) {
	if path == Module {
		return "", true
	}
	return strings.CutPrefix(path, Module+"/")
}

// within reports whether a package is a folder or lies below it.
func within(pkg, folder string) bool {
	return pkg == folder || strings.HasPrefix(pkg, folder+"/")
}

// isModule tells a package of others from the standard library, whose paths have no dot in front.
func isModule(path string) bool {
	return strings.Contains(top(path), ".")
}

func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}

// second returns the folder below the first, "" without one.
func second(path string) string {
	_, rest, _ := strings.Cut(path, "/")
	return top(rest)
}

func parts() []string {
	names := make([]string, 0, len(layers))
	for name := range layers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
