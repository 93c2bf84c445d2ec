package briefing_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/cmd/lienthong/briefing"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/golden"
)

var (
	viet  = time.FixedZone("+07", 7*60*60)
	now   = time.Date(2026, 11, 23, 7, 30, 0, 0, viet)
	since = time.Date(2026, 11, 22, 18, 0, 0, 0, viet)
)

func at(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, viet) }

func move(at time.Time, destination string, op gateway.Operation, to, who, reason, cause string) gateway.Transition {
	return gateway.Transition{Key: gateway.BreakerKey{Destination: destination, Operation: op}, At: at, To: to, Who: who, Reason: reason, Cause: cause}
}

func open(agency string, state gateway.SyncState, shelf gateway.Shelf, cause string, count int) gateway.OpenCount {
	return gateway.OpenCount{Destination: "dvcqg", Agency: agency, State: state, Shelf: shelf, Cause: cause, Count: count, First: at(22, 21, 4), Last: at(23, 7, 29)}
}

// declared is a portal that allows five calls a second with batches of fifty.
var declared = map[string]gateway.Capacity{"dvcqg": {Shape: gateway.Shape{Rate: 5}, Spec: gateway.DestinationSpec{Code: "dvcqg", Batch: 50}}}

func mornings() map[string]gateway.Morning {
	const c1, c2 = "H24.31.5", "H24.40.12"
	soon := []gateway.DueDossier{
		{Number: "H24.31.5-261118-0004", Destination: "dvcqg", Agency: c1, DueAt: at(22, 17, 0), State: gateway.StateHeld},
		{Number: "H24.31.5-261119-0007", Destination: "dvcqg", Agency: c1, DueAt: at(23, 11, 0), State: gateway.StateHeld},
		{Number: "H24.40.12-261119-0002", Destination: "dvcqg", Agency: c2, DueAt: at(24, 17, 0), State: gateway.StateQueued, Cause: "dvcqg.http.503"},
	}
	down := []gateway.Transition{
		move(at(22, 21, 10), "dvcqg", gateway.OpCreate, "open", "n1", "failure_rate", "dvcqg.http.503"),
		move(at(22, 21, 11), "dvcqg", gateway.OpSteps, "open", "n1", "failure_rate", "dvcqg.http.503"),
		move(at(22, 21, 12), "dvcqg", gateway.OpCreate, "half_open", "n1", "probe", ""),
		move(at(22, 21, 12), "dvcqg", gateway.OpCreate, "open", "n1", "probe_failed", "dvcqg.timeout"),
	}
	over := append(append([]gateway.Transition{}, down...), move(at(23, 6, 40), "dvcqg", gateway.OpCreate, "closed", "n1", "probe_succeeded", ""),
		move(at(23, 6, 41), "dvcqg", gateway.OpSteps, "closed", "n1", "probe_succeeded", ""))
	backlog := gateway.Night{Due: soon, Overdue: map[string]int{"dvcqg": 2}, DueToday: map[string]int{"dvcqg": 12}, DueTomorrow: map[string]int{"dvcqg": 7}, Delivered: map[string]int{}, Open: []gateway.OpenCount{
		open(c1, gateway.StateQueued, "", "", 2600), open(c1, gateway.StateQueued, "", "", 12),
		open(c2, gateway.StateUnknown, gateway.ShelfDestination, "dvcqg.timeout", 3),
		open(c2, gateway.StateQueued, "", "", 7), open("", gateway.StateQueued, "", "", 1),
	}}
	draining := backlog
	draining.Delivered = map[string]int{"dvcqg": 1500}
	faults := gateway.Night{Due: []gateway.DueDossier{}, DueToday: map[string]int{"dvcqg": 31}, Delivered: map[string]int{"dvcqg": 40}, Open: []gateway.OpenCount{
		open(c1, gateway.StateFailedData, gateway.ShelfSource, "plan.field.required:/applicant/phone", 31),
		open(c2, gateway.StateFailedData, gateway.ShelfSource, "dvcqg.refused:mã thủ tục # không có trong danh mục", 9),
		open(c2, gateway.StateFailedGateway, gateway.ShelfGateway, "destination.panicked", 2),
	}}
	doubt := gateway.Night{Due: []gateway.DueDossier{}, Delivered: map[string]int{}, Open: []gateway.OpenCount{
		open(c1, gateway.StateFailedDestination, gateway.ShelfDestination, "create.unknown", 4),
		open(c1, gateway.StateUnknown, gateway.ShelfGateway, "worker.lost", 6), // is looked up and goes on
		open(c2, gateway.StateParked, "", "", 900),                             // of an adoption
	}}
	login := []gateway.Transition{move(at(23, 0, 5), "dvcqg", gateway.OpCreate, "open", "n1", "failure_rate", "dvcqg.login.refused")}
	paused := []gateway.Transition{move(at(23, 5, 0), "dvcqg", gateway.OpAll, "forced_open", "an.nguyen", "cổng xin dừng đến 08:00", "")}
	return map[string]gateway.Morning{
		"quiet":       gateway.MorningOf(since, now, nil, gateway.Night{Delivered: map[string]int{"dvcqg": 12}}, declared),
		"portal-down": gateway.MorningOf(since, now, down, backlog, declared),
		"draining":    gateway.MorningOf(since, now, over, draining, declared),
		"data-faults": gateway.MorningOf(since, now, nil, faults, declared),
		"asked":       gateway.MorningOf(since, now, nil, doubt, declared),
		"login":       gateway.MorningOf(since, now, login, backlog, declared),
		"paused":      gateway.MorningOf(since, now, paused, backlog, nil),
	}
}

func TestMornings(t *testing.T) {
	t.Parallel()
	for name, m := range mornings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var text bytes.Buffer
			text.WriteString(m.Line("vi") + "\n\n" + m.Line("en") + "\n")
			golden.Compare(t, "testdata/"+name+".txt", text.Bytes())
			var page bytes.Buffer
			require.NoError(t, briefing.Write(&page, m, "vi"))
			golden.Compare(t, "testdata/"+name+".html", page.Bytes())
		})
	}
}

func TestThePageIsSafe(t *testing.T) {
	t.Parallel()
	m := mornings()["paused"]
	m.Destinations[0].Outages[0].Reason = `<script>alert(1)</script>`
	for _, lang := range []string{"vi", "en"} {
		var page bytes.Buffer
		require.NoError(t, briefing.Write(&page, m, lang))
		require.NotContains(t, page.String(), "<script")
		require.Contains(t, page.String(), "&lt;script&gt;")
		require.NotRegexp(t, regexp.MustCompile(`https?://|\son\w+=|\sstyle=`), page.String())
		require.Contains(t, page.String(), "default-src &#39;none&#39;; style-src &#39;sha256-")
		require.Equal(t, 1, strings.Count(page.String(), "<style>"))
	}
}
