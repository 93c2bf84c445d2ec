package gateway

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Owner is who writes an entity to a destination. There is one, since two who
// write the same dossier repeat each other's steps.
type Owner string

// Owners.
const (
	OwnerGateway  Owner = "gateway"  // we send
	OwnerOneStop  Owner = "onestop"  // the one-stop system of the province does; we plan and compare
	OwnerMinistry Owner = "ministry" // a ministry's central system does; we plan and compare
)

// Scope is what an order about owners speaks of.
type Scope struct {
	Destination string
	Agency      string    // that received the dossier; "": any
	Procedure   string    // national code; "": any
	From        time.Time // first day of reception in Vietnam; zero: whenever, of what was never received too
}

// about says what is in the scope, after a first word.
func (s Scope) about(first string) string {
	words := []string{first}
	if s.Agency != "" {
		words = append(words, "agency "+s.Agency)
	}
	if s.Procedure != "" {
		words = append(words, "procedure "+s.Procedure)
	}
	if !s.From.IsZero() {
		words = append(words, "from "+s.From.In(vietnam).Format(time.DateOnly))
	}
	return strings.Join(words, ", ")
}

// OwnerRule says who writes what is in a scope.
type OwnerRule struct {
	Scope
	Owner     Owner
	Actor     string
	Reason    string
	UpdatedAt time.Time
}

// Check refuses what is no rule, as a fault with code Invalid.
func (r OwnerRule) Check() error {
	switch {
	case r.Destination == "":
		return fault.New(fault.Invalid, "gateway.OwnerRule", "a destination is missing")
	case !slices.Contains([]Owner{OwnerGateway, OwnerOneStop, OwnerMinistry}, r.Owner):
		return fault.New(fault.Invalid, "gateway.OwnerRule", "an owner is gateway, onestop or ministry")
	}
	return nil
}

// ownerRules are the rules of one destination, the most specific first.
type ownerRules struct {
	rules []OwnerRule
	deep  bool // some rule asks for what only the body tells
}

// vietnam is where days of reception are counted. It has had no other offset since 1975.
var vietnam = time.FixedZone("ICT", 7*60*60)

func newOwnerRules(rules []OwnerRule) ownerRules {
	o := ownerRules{rules: slices.Clone(rules)}
	slices.SortFunc(o.rules, func(a, b OwnerRule) int {
		return cmp.Or(b.weight()-a.weight(), b.From.Compare(a.From))
	})
	for _, r := range rules {
		o.deep = o.deep || r.weight() > 0 || !r.From.IsZero()
	}
	return o
}

// weight orders rules: an agency with a procedure, a procedure, an agency, neither.
func (s Scope) weight() int {
	weight := 0
	if s.Procedure != "" {
		weight += 2
	}
	if s.Agency != "" {
		weight++
	}
	return weight
}

// owner returns who writes an entity: what the most specific rule says that
// holds for it, of several days the latest; without one it is us.
func (o ownerRules) owner(w Wanted) Owner {
	if len(o.rules) == 0 {
		return OwnerGateway
	}
	var d struct {
		Procedure schema.ProcedureRef `json:"procedure"`
		Agency    string              `json:"receiving_agency"`
		Received  schema.Time         `json:"received_at"`
	}
	switch {
	case !o.deep || w.Kind != schema.KindDossier:
	case w.Body == nil: // it is gone, and nothing tells whose it was: nothing leaves for it while anybody else may write
		for _, r := range o.rules {
			if r.Owner != OwnerGateway {
				return r.Owner
			}
		}
	default:
		_ = json.Unmarshal(w.Body, &d) // what cannot be read is planned by nobody
	}
	for _, r := range o.rules {
		if r.Agency != "" && r.Agency != d.Agency || r.Procedure != "" && r.Procedure != d.Procedure.Code {
			continue
		}
		if r.From.IsZero() || !d.Received.IsZero() && !d.Received.Std().Before(r.From) {
			return r.Owner
		}
	}
	return OwnerGateway
}

// DayInVietnam is the beginning of a day as [Scope] counts it.
func DayInVietnam(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, vietnam)
}
