package ministry

import (
	"crypto/sha256"
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Plan implements [gateway.Destination]. Everything that could hold the dossier
// back is looked at before a number is asked for. The plan ends where the next
// call needs what the portal has yet to issue.
func (d *Destination) Plan(wanted gateway.Wanted, known gateway.Known) ([]gateway.PlannedCall, error) {
	const op = "ministry.Plan"
	dossier, err := portal.Dossier(op, wanted)
	if err != nil {
		return nil, err
	}
	e := encoder{cfg: d.cfg, key: wanted.Key, given: known.Issued}
	if known.Exists && e.given.id() != "" {
		return d.planAfter(e, dossier, known)
	}
	if err := d.inTheWay(wanted.Key, known); err != nil {
		return nil, err
	}
	header := e.record(dossier)
	e.trail(dossier) // looked at now: a number is taken for what can be finished
	e.states(dossier)
	if err := portal.Held(op, e.problems); err != nil {
		return nil, err
	}
	if e.given.number() == "" {
		return []gateway.PlannedCall{{Operation: gateway.OpNumber, Key: wanted.Key}}, nil
	}
	uploads, err := planUploads(wanted.Key, dossier.Papers, e.given)
	if err != nil || len(uploads) > 0 {
		return uploads, fault.Wrap(err, fault.Internal, op)
	}
	payload, err := portal.Marshal(header)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op)
	}
	return []gateway.PlannedCall{{
		Operation: gateway.OpCreate, Key: wanted.Key, Payload: [][]byte{payload}, HeaderHash: sha256.Sum256(payload),
	}}, nil
}

// planAfter plans what the portal lacks of a dossier that it has. Its header and
// papers stand as they were created; no call of the contract changes them.
func (d *Destination) planAfter(e encoder, dossier *schema.Dossier, known gateway.Known) ([]gateway.PlannedCall, error) {
	const op = "ministry.Plan"
	steps, states := e.trail(dossier), e.states(dossier)
	if err := portal.Held(op, e.problems); err != nil {
		return nil, err
	}
	var calls []gateway.PlannedCall
	for _, c := range []struct {
		op   gateway.Operation
		plan func() (gateway.PlannedCall, error)
	}{
		{gateway.OpSteps, func() (gateway.PlannedCall, error) { return lacking(steps, known) }},
		{gateway.OpStatus, func() (gateway.PlannedCall, error) { return lacking(notBehind(states, known), known) }},
	} {
		call, err := c.plan()
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, op)
		}
		if len(call.Steps) > 0 {
			call.Operation, call.Key = c.op, e.key
			calls = append(calls, call)
		}
	}
	return calls, nil
}

// notBehind drops every state before the last, once the last was sent: results
// that come after the handing over would set the dossier back to 9.
func notBehind(states []keyed[state], known gateway.Known) []keyed[state] {
	if n := len(states); n > 1 && states[n-1].told(known) {
		return states[n-1:]
	}
	return states
}

// lacking plans what the portal lacks by key, not by wording.
func lacking[T any](all []keyed[T], known gateway.Known) (call gateway.PlannedCall, err error) {
	for _, one := range all {
		if one.told(known) {
			continue
		}
		payload, err := portal.Marshal(one.wire)
		if err != nil {
			return call, err
		}
		call.Payload, call.Steps = append(call.Payload, payload), append(call.Steps, one.key)
	}
	return call, nil
}

// planUploads plans one call for each file that the portal does not have.
func planUploads(key string, papers []schema.Paper, given issued) (calls []gateway.PlannedCall, err error) {
	planned := map[string]bool{}
	for _, p := range papers {
		if p.Deleted || planned[p.URL] || given.file(p.URL).id != "" {
			continue
		}
		planned[p.URL] = true
		payload, err := portal.Marshal(attachment{URL: p.URL, Name: portal.Clean(p.Name)})
		if err != nil {
			return nil, err
		}
		calls = append(calls, gateway.PlannedCall{Operation: gateway.OpUpload, Key: key, Payload: [][]byte{payload}})
	}
	return calls, nil
}

// inTheWay says what a person has to clear up at the portal before anything is sent.
func (d *Destination) inTheWay(key string, known gateway.Known) error {
	var p fault.Problem
	switch {
	case strings.HasPrefix(strings.ToUpper(key), strings.ToUpper(d.cfg.Unit)+"-"):
		p = fault.Problem{
			Pointer: "/number", Code: "number.foreign",
			Detail:   "Số hồ sơ do chính Cổng này cấp cho hệ thống khác; không lấy số thứ hai.",
			DetailEN: "The number was issued by this portal to another writer; no second one is taken.",
		}
	case known.Exists:
		p = fault.Problem{
			Pointer: "/number", Code: "id.unknown",
			Detail:   "Cổng đã có hồ sơ nhưng chưa cho biết idHoSo; cần hỏi đơn vị vận hành Cổng.",
			DetailEN: "The portal has the dossier and never told its idHoSo; its operator must be asked.",
		}
	default:
		return nil
	}
	return &fault.Error{Code: fault.Conflict, Op: "ministry.Plan", Problems: []fault.Problem{p}, Msg: "what the portal holds stands in the way"}
}
