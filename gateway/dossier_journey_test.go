package gateway_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// TestBlame reads journeys as the engineer does who comes in.
func TestBlame(t *testing.T) {
	t.Parallel()
	viet := time.FixedZone("+07", 7*60*60)
	at := func(hour, minute, second int) time.Time {
		return time.Date(2026, 11, 23, hour, minute, second, 0, viet)
	}
	ptr := func(t time.Time) *time.Time { return &t }
	revision := func(when time.Time, happened *time.Time) gateway.JourneyEvent {
		return gateway.JourneyEvent{At: when, What: "revision", Source: "motcua", Happened: happened, Detail: "1"}
	}
	attempt := func(when time.Time, op gateway.Operation, o gateway.OutcomeKind, cause string) gateway.JourneyEvent {
		e := gateway.JourneyEvent{At: when, Until: ptr(when.Add(time.Second)), What: "attempt", Destination: "dvcqg", Operation: op, Outcome: o, Cause: cause}
		if cause != "" {
			e.Shelf = gateway.ShelfDestination
		}
		return e
	}
	delivery := func(when time.Time, state gateway.SyncState, shelf gateway.Shelf, cause string) gateway.JourneyEvent {
		return gateway.JourneyEvent{At: when, What: "delivery", Destination: "dvcqg", Detail: string(state), Shelf: shelf, Cause: cause}
	}
	outage := []gateway.Outage{{Destination: "dvcqg", From: at(9, 10, 0), To: ptr(at(13, 2, 0)), Cause: "dvcqg.http.503"}}
	for name, c := range map[string]struct {
		events  []gateway.JourneyEvent
		outages []gateway.Outage
		vi, en  string
	}{
		"an outage": {
			[]gateway.JourneyEvent{
				revision(at(9, 3, 0), ptr(at(9, 2, 58))), attempt(at(9, 9, 50), gateway.OpCreate, gateway.Unavailable, "dvcqg.http.503"),
				attempt(at(13, 2, 50), gateway.OpCreate, gateway.Delivered, ""), attempt(at(13, 3, 0), gateway.OpSteps, gateway.Delivered, ""), delivery(at(13, 3, 1), gateway.StateDelivered, "", ""),
			}, outage,
			"nguồn motcua → ta 2 giây; ta → dvcqg 4 giờ: cầu dao mở 09:10–13:02 (HTTP 503), nhận 13:03",
			"source motcua → us 2 s; us → dvcqg 4 h: breaker open 09:10–13:02 (HTTP 503), accepted 13:03",
		},
		"an outage of before does not count": {
			[]gateway.JourneyEvent{revision(at(14, 0, 0), nil), attempt(at(14, 0, 1), gateway.OpCreate, gateway.Delivered, ""), delivery(at(14, 0, 2), gateway.StateConfirmed, "", "")}, outage,
			"tới ta 14:00; ta → dvcqg 2 giây: nhận 14:00", "with us 14:00; us → dvcqg 2 s: accepted 14:00",
		},
		"bad data": {
			[]gateway.JourneyEvent{revision(at(14, 0, 0), nil), delivery(at(14, 0, 2), gateway.StateFailedData, gateway.ShelfSource, "plan.field.required")}, nil,
			"tới ta 14:00; ta → dvcqg 1 giờ: dữ liệu chưa đủ hoặc chưa đúng để gửi, thuộc hệ thống nguồn (dữ liệu), chưa nhận (bị từ chối vì dữ liệu)",
			"with us 14:00; us → dvcqg 1 h: the data lacks what is needed to send it, belongs to the source system (its data), not accepted yet (failed_data)",
		},
		"the longest wait is told, not the last": {
			[]gateway.JourneyEvent{
				revision(at(9, 3, 0), nil), attempt(at(13, 2, 59), gateway.OpCreate, gateway.Delivered, ""),
				revision(at(14, 0, 0), nil), attempt(at(14, 0, 1), gateway.OpSteps, gateway.Delivered, ""), delivery(at(14, 0, 2), gateway.StateDelivered, "", ""),
			}, outage,
			"tới ta 09:03; ta → dvcqg 4 giờ: cầu dao mở 09:10–13:02 (HTTP 503), nhận 13:03", "with us 09:03; us → dvcqg 4 h: breaker open 09:10–13:02 (HTTP 503), accepted 13:03",
		},
		"an operator": {
			[]gateway.JourneyEvent{revision(at(14, 0, 0), nil), delivery(at(14, 0, 0), gateway.StateHeld, "", "")},
			[]gateway.Outage{{Destination: "*", From: at(13, 30, 0), By: "an.nguyen", Reason: "mất điện"}},
			"tới ta 14:00; ta → dvcqg 1 giờ: an.nguyen tạm dừng từ 13:30 (mất điện), chưa nhận (đang được giữ lại)", "with us 14:00; us → dvcqg 1 h: an.nguyen paused it since 13:30 (mất điện), not accepted yet (held)",
		},
		"calls that came to nothing": {
			[]gateway.JourneyEvent{
				revision(at(14, 0, 0), nil), attempt(at(14, 0, 1), gateway.OpCreate, gateway.Unknown, "dvcqg.timeout"), attempt(at(14, 2, 0), gateway.OpLookup, gateway.Unavailable, "dvcqg.dns"),
				attempt(at(14, 30, 0), gateway.OpCreate, gateway.Delivered, ""), delivery(at(14, 30, 1), gateway.StateDelivered, "", ""),
			}, nil,
			"tới ta 14:00; ta → dvcqg 30 phút 1 giây: 2 lần gọi không thành, lần cuối 14:02: không phân giải được tên máy chủ, thuộc mạng của tỉnh, nhận 14:30",
			"with us 14:00; us → dvcqg 30 min 1 s: 2 calls came to nothing, the last 14:02: the host's name does not resolve, belongs to the province's network, accepted 14:30",
		},
		"data that lack something, beside an outage": {
			[]gateway.JourneyEvent{revision(at(14, 0, 0), nil), delivery(at(14, 0, 1), gateway.StateFailedData, gateway.ShelfSource, "plan.field.required")}, outage,
			"tới ta 14:00; ta → dvcqg 1 giờ: dữ liệu chưa đủ hoặc chưa đúng để gửi, thuộc hệ thống nguồn (dữ liệu), chưa nhận (bị từ chối vì dữ liệu)",
			"with us 14:00; us → dvcqg 1 h: the data lacks what is needed to send it, belongs to the source system (its data), not accepted yet (failed_data)",
		},
		"nothing to say against anybody": {
			[]gateway.JourneyEvent{revision(at(14, 59, 0), nil), delivery(at(14, 59, 0), gateway.StateQueued, "", "")}, nil,
			"tới ta 14:59; ta → dvcqg 1 phút: không có lỗi nào được ghi, đang chờ tới lượt, chưa nhận (đang chờ gửi)",
			"with us 14:59; us → dvcqg 1 min: no failure on record, it waits for its turn, not accepted yet (queued)",
		},
		"nowhere to go": {
			[]gateway.JourneyEvent{revision(at(14, 59, 0), nil)}, nil, "tới ta 14:59; chưa có gì để gửi đi đâu", "with us 14:59; nothing is to be sent anywhere yet",
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := gateway.DossierJourney{At: at(15, 0, 0), Events: c.events, Outages: c.outages}
			lines := j.Blame()
			require.Len(t, lines, 1)
			require.Equal(t, c.vi, lines[0].VI)
			require.Equal(t, c.en, lines[0].EN)
		})
	}
}

func TestOutages(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	after := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	on := func(minutes int, op gateway.Operation, to, cause string) gateway.Transition {
		return gateway.Transition{Key: gateway.BreakerKey{Destination: "dvcqg", Operation: op}, At: after(minutes), To: to, Who: "n1", Cause: cause}
	}
	t.Run("operations and flutter are one outage", func(t *testing.T) {
		all := gateway.Outages([]gateway.Transition{
			on(0, gateway.OpCreate, "open", ""), on(1, gateway.OpUpdate, "open", "dvcqg.timeout"), on(2, gateway.OpCreate, "half_open", ""), on(5, gateway.OpCreate, "closed", ""),
			on(6, gateway.OpCreate, "open", "dvcqg.http.503"), on(9, gateway.OpUpdate, "closed", ""), on(10, gateway.OpCreate, "closed", ""),
		})
		require.Len(t, all, 1)
		require.Equal(t, []time.Time{after(0), after(10)}, []time.Time{all[0].From, *all[0].To})
		require.Equal(t, "dvcqg.timeout", all[0].Cause)
		require.Equal(t, []gateway.Operation{gateway.OpCreate, gateway.OpUpdate}, all[0].Operations)
	})
	t.Run("two are two, and one that goes on has no end", func(t *testing.T) {
		all := gateway.Outages([]gateway.Transition{on(0, gateway.OpCreate, "open", "a"), on(1, gateway.OpCreate, "closed", ""), on(30, gateway.OpCreate, "open", "b")})
		require.Len(t, all, 2)
		require.Nil(t, all[1].To)
		require.Equal(t, after(90), all[1].End(after(90)))
	})
	t.Run("what is forced closed lets calls through", func(t *testing.T) {
		all := gateway.Outages([]gateway.Transition{on(0, gateway.OpCreate, "open", "a"), on(3, gateway.OpCreate, "forced_closed", "")})
		require.Equal(t, after(3), *all[0].To)
	})
}
