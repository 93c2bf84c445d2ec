package portal

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// What portals that show dossiers, and nothing else, do with one before their own contract begins.

// Dossier returns the golden dossier that is wanted. Another kind is invalid;
// a body that cannot be opened is our own fault. op is that of the plan.
func Dossier(op string, wanted gateway.Wanted) (*schema.Dossier, error) {
	if wanted.Kind != schema.KindDossier {
		return nil, fault.New(fault.Invalid, op, fmt.Sprintf("the portal shows no %s", wanted.Kind))
	}
	body, err := schema.OpenBody(wanted.Kind, wanted.Body)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op)
	}
	dossier, ok := body.(*schema.Dossier)
	if !ok {
		return nil, fault.New(fault.Internal, op, "the golden body is no dossier")
	}
	return dossier, nil
}

// Held returns the problems that keep a dossier from being shown as a fault, nil when there are none.
func Held(op string, problems []fault.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Op: op, Problems: problems, Msg: "the dossier cannot be shown as it is; it is held back"}
}

// Marshal writes a record or a step as it leaves. Text that is not UTF-8 becomes U+FFFD rather than a refusal.
func Marshal(v any) ([]byte, error) {
	return json.Marshal(v, json.Deterministic(true), jsontext.AllowInvalidUTF8(true))
}
