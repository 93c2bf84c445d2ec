package telemetry

import (
	"context"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
)

// writingChecks say whether this site sends, and what a restored database keeps
// from leaving. Both are warnings: pushes are taken and kept.
func (e *Examiner) writingChecks(ctx context.Context, at time.Time) []gateway.Check {
	if e.o.Writing == nil {
		return nil
	}
	now, err := e.o.Writing(ctx)
	if err != nil {
		return nil // before the migration there are no such tables; that has been said
	}
	site := gateway.Check{Name: "site:sending", Component: component, Status: gateway.CheckPass, At: at}
	if now.Site != "" && now.Site != e.o.Site {
		site.Status, site.Output = gateway.CheckWarn, "site "+now.Site+" sends, this one ("+e.o.Site+") does not: lienthong ops site take"
	}
	restore := gateway.Check{Name: "restore:observing", Component: component, Status: gateway.CheckPass,
		Observed: int64(len(now.Observing)), Unit: "destinations", At: at}
	if len(now.Observing) > 0 {
		restore.Status = gateway.CheckWarn
		restore.Output = "the database was restored: nothing leaves for " + strings.Join(now.Observing, ", ") + " before it was looked at"
	}
	return []gateway.Check{site, restore}
}
