package gateway

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

// OrderStore obeys operators who ask over the network, where requests repeat.
type OrderStore interface {
	// Breakers reads every row, switches among them.
	Breakers(ctx context.Context) ([]BreakerRow, error)
	// Obey does what ForceBreaker does, once for each key, and only where it changes something: two operators who
	// click together cause one effect and one action. KeyReused and InProgress are as for pushes.
	Obey(ctx context.Context, o Order, once Idempotency) (Obeyed, error)
}

// OnceStore remembers what was answered to a request.
type OnceStore interface {
	// Once does something for a key that is new, and returns the answer of before for one that is not. KeyReused and
	// InProgress are as for pushes. What do calls of the same store with its context is one transaction with the key.
	Once(ctx context.Context, once Idempotency, do func(context.Context) (any, error)) (answer []byte, replayed bool, err error)
}

// Obeyed says what became of an order.
type Obeyed struct {
	Row      BreakerRow // as it stands now
	Changed  bool       // false: it stood like that already
	Replayed bool       // the same request had been obeyed before
}

// Stands reports whether a row is as the order wants it.
func (o Order) Stands(row BreakerRow) bool {
	waits := row.State == BreakerOpen && row.OpenFor > 0 && !row.Key.IsSwitch()
	return row.Forced == o.State && (o.State != "" || !waits) // one that waits is probed now
}

// ToldBreaker is a breaker or a kill switch as it is handed out.
type ToldBreaker struct {
	Destination string `json:"destination" doc:"* is every one"`
	Operation   string `json:"operation" doc:"all is a kill switch"`
	State       string `json:"state"`
	Forced      string `json:"forced,omitempty"`
	By          string `json:"forced_by,omitempty"`
	For         string `json:"forced_for,omitempty"`
	Reason      string `json:"reason,omitempty" doc:"Of the last change of state"`
	Ramp        int    `json:"ramp_percent"`
	OpenForS    int    `json:"open_for_s,omitempty"`
	UpdatedAt   string `json:"updated_at" format:"date-time"`
}

// TellBreaker puts a row into that form.
func TellBreaker(row BreakerRow) ToldBreaker {
	b := ToldBreaker{
		Destination: row.Key.Destination, Operation: string(row.Key.Operation), State: string(row.State), Forced: string(row.Forced),
		By: row.ForcedBy, For: row.ForcedFor, Reason: row.Reason, Ramp: row.Ramp, UpdatedAt: row.UpdatedAt.Format(time.RFC3339),
	}
	if row.State == BreakerOpen || row.Throttled() > 0 {
		b.OpenForS = int(max(row.OpenFor, 0).Seconds())
	}
	return b
}

// TellBreakers leaves out switches that are off and hold nobody back, and sorts.
func TellBreakers(rows []BreakerRow) []ToldBreaker {
	all := []ToldBreaker{}
	for _, row := range rows {
		if !row.Key.IsSwitch() || row.Paused() || row.Throttled() > 0 {
			all = append(all, TellBreaker(row))
		}
	}
	slices.SortFunc(all, func(a, b ToldBreaker) int {
		return cmp.Or(strings.Compare(a.Destination, b.Destination), strings.Compare(a.Operation, b.Operation))
	})
	return all
}
