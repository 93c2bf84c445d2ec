package postgres

import "github.com/lienthong/lienthong/gateway"

// phases are the operations of destinations as columns: which of them a
// delivery may need next, before the destination has its entity and after.
type phases struct {
	destinations, operations []string
	after                    []bool
}

func phasesOf(specs []gateway.DestinationSpec) (p phases) {
	for _, spec := range specs {
		before, after := spec.Phases()
		p.add(spec.Code, false, before)
		p.add(spec.Code, true, after)
	}
	return p
}

func (p *phases) add(code string, after bool, operations []gateway.Operation) {
	for _, op := range operations {
		p.destinations, p.operations = append(p.destinations, code), append(p.operations, string(op))
		p.after = append(p.after, after)
	}
}
