package postgres

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/journal"
)

// callLine says what was sent to a destination for one entity, and what it
// answered; nil for a change that came of no call. It is written with the
// answer: what was sent and never answered is noted by who takes the lane next.
func callLine(l *gateway.LaneLease, call *gateway.CallRecord, c *gateway.DeliveryUpdate) *string {
	o := c.Outcome
	if o == nil {
		return nil
	}
	line := journal.NewLine(journal.Call, call.Ended, call.Attempt).
		Text("destination", l.Destination).ID("entity", c.Delivery.Wanted.EntityID).Int("revision", c.Delivery.Wanted.Revision).
		Text("operation", string(c.Called)).Time("started", call.Started).Hex("sent", c.Sent.SHA256).
		Text("outcome", string(o.Kind)).Text("shelf", string(o.Shelf)).Text("cause", rule(o.Cause)).Int("http_status", int64(o.HTTPStatus)).
		Text("node", l.Node).String()
	return &line
}

// guardLine says that the score guard held a delivery back; nil for every other change.
func guardLine(l *gateway.LaneLease, c *gateway.DeliveryUpdate) *string {
	if !gateway.HeldByGuard(c.Delivery.Cause) {
		return nil
	}
	line := journal.NewLine(journal.Decision, time.Now(), uuid.New()).Text("decision", "held").
		Text("destination", l.Destination).ID("entity", c.Delivery.Wanted.EntityID).Int("revision", c.Delivery.Wanted.Revision).
		Text("cause", clean(c.Delivery.Cause)).Text("node", l.Node).String()
	return &line
}

// driftLine says that a look found something else than the look before it, or that the gateway repairs it by itself.
func driftLine(decision, destination string, entity uuid.UUID, revision int64, was, is gateway.DriftClass) string {
	return journal.NewLine(journal.Decision, time.Now(), uuid.New()).Text("decision", decision).
		Text("destination", destination).ID("entity", entity).Int("revision", revision).
		Text("was", string(was)).Text("class", string(is)).String()
}

// rule is the part of a cause that is a code of ours. What follows are words of
// the destination, masked by guesses, and what enters the journal never leaves it.
func rule(cause string) string {
	code, _, _ := strings.Cut(clean(cause), ":")
	return code
}

// orphanLine is the line of a call whose worker was lost, made by the server,
// in the spelling of [journal.Line].
const orphanLine = `format('{"kind":"call","at":"%s","id":"%s","destination":%s,"entity":"%s","revision":%s,"operation":%s,"outcome":"unknown","shelf":"gateway","cause":"worker.lost","node":%s}',
	to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), attempt_id, to_json($1::text), entity_id, wanted_rev, to_json(operation), to_json($5::text))`

// operatorAction is a row of operator_action.
type operatorAction struct {
	id                                            uuid.UUID
	at                                            time.Time
	actor, action, destination, operation, reason string
	entity                                        *uuid.UUID // that it is about; nil: none
}

// act keeps what an operator did, with its line in the journal, in the transaction
// that does it, and returns its id: a new one unless it has one. Without a destination it is about all of them.
func act(ctx context.Context, tx pgx.Tx, a operatorAction) (uuid.UUID, error) {
	if a.id == uuid.Nil {
		a.id = uuid.New()
	}
	a.at = time.Now().Truncate(time.Microsecond)
	a.destination = cmp.Or(a.destination, gateway.EveryDestination)
	a.operation = cmp.Or(a.operation, string(gateway.OpAll))
	_, err := tx.Exec(ctx, `
		WITH `+noted("$9")+`
		INSERT INTO operator_action (id, at, actor, action, destination, operation, reason, entity_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.id, a.at, a.actor, a.action, a.destination, a.operation, a.reason, a.entity, actionLine(a))
	return a.id, err
}

// actionLine says what an operator did. Who and why stand in the row, in words of
// people; the line commits to them by a digest of the row.
func actionLine(a operatorAction) string {
	digest := journal.Digest(a.id.String(), journal.Stamp(a.at), a.actor, a.action, a.destination, a.operation, a.reason)
	line := journal.NewLine(journal.Action, a.at, a.id).Text("action", a.action).
		Text("destination", a.destination).Text("operation", a.operation)
	if a.entity != nil {
		line = line.ID("entity", *a.entity)
	}
	return line.Hex("digest", digest[:]).String()
}

// keyLine says what was done about an API key: which, whose, and what it reads.
func keyLine(action string, id uuid.UUID, holder gateway.Caller) string {
	opens := ""
	if holder.Ops {
		opens = "ops"
	}
	return journal.NewLine(journal.Action, time.Now(), id).Text("action", action).
		Text("holder", holder.Name).Text("feeds", strings.Join(holder.Feeds, ",")).Text("opens", opens).String()
}
