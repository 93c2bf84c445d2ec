package dvcqg

import (
	"slices"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
)

// Plan implements [gateway.Destination]. First the header, unless the portal
// shows it already; then, in chunks, the steps that it lacks. A header that
// the portal has but does not show is sent once more: an equal update does no harm.
// A procedure that nobody here knows is asked for first.
// Of a dossier that was born at the portal, under its number and ours, only states go back.
func (d *Destination) Plan(wanted gateway.Wanted, known gateway.Known) ([]gateway.PlannedCall, error) {
	const op = "dvcqg.Plan"
	dossier, err := portal.Dossier(op, wanted)
	if err != nil {
		return nil, err
	}
	e := encoder{key: wanted.Key, household: d.cfg.Household, procedures: d.procedures}
	if d.cfg.asksCatalogue() {
		e.portal = d.portalSays
	}
	if born := d.cfg.bornAs(dossier, wanted.Key); born != "" && !known.Exists {
		reports := e.reported(dossier, born)
		if err := portal.Held(op, e.problems); err != nil {
			return nil, err
		}
		calls, err := planReports(wanted.Key, reports, known)
		return calls, fault.Wrap(err, fault.Internal, op)
	}
	header, steps := e.header(dossier), e.trail(dossier)
	if call, needed := e.planCatalogue(wanted.Key); needed {
		return []gateway.PlannedCall{call}, nil
	}
	if err := portal.Held(op, e.problems); err != nil {
		return nil, err
	}
	var calls []gateway.PlannedCall
	call, needed, err := planHeader(wanted.Key, header, known)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op)
	}
	if needed {
		calls = append(calls, call)
	}
	trail, err := planSteps(wanted.Key, steps, known, d.cfg.Chunk)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op)
	}
	return append(calls, trail...), nil
}

func planHeader(key string, header record, known gateway.Known) (gateway.PlannedCall, bool, error) {
	hash, err := headerHash(header)
	if err != nil {
		return gateway.PlannedCall{}, false, err
	}
	call := gateway.PlannedCall{Operation: gateway.OpCreate, Key: key, HeaderHash: hash}
	if known.Exists {
		if known.HeaderHash == hash {
			return gateway.PlannedCall{}, false, nil
		}
		call.Operation = gateway.OpUpdate
	}
	payload, err := portal.Marshal(header)
	call.Payload = [][]byte{payload}
	return call, true, err
}

// planSteps plans what the portal lacks by key, not by wording: a step 5 that
// it has never leaves again, since a second one makes the dossier late. A call
// carries at most a chunk of a dossier's steps, the oldest first, so that a long
// trail whose answer is lost leaves doubt about a part of it only.
func planSteps(key string, steps []keyedStep, known gateway.Known, chunk int) (calls []gateway.PlannedCall, err error) {
	lacking := slices.DeleteFunc(slices.Clone(steps), func(s keyedStep) bool { return slices.Contains(known.Steps, s.key) })
	for part := range slices.Chunk(lacking, chunk) {
		call := gateway.PlannedCall{Operation: gateway.OpSteps, Key: key}
		for _, s := range part {
			payload, err := portal.Marshal(s.wire)
			if err != nil {
				return nil, err
			}
			call.Payload, call.Steps = append(call.Payload, payload), append(call.Steps, s.key)
		}
		calls = append(calls, call)
	}
	return calls, nil
}
