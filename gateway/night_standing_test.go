package gateway_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestMorningOfWhatStands(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)
	drained := now.Add(time.Hour)
	declared := map[string]gateway.Capacity{
		"bo":    {Spec: gateway.DestinationSpec{Code: "bo", Shows: gateway.ShowsNothing}},
		"sink":  {Spec: gateway.DestinationSpec{Code: "sink", Shows: gateway.ShowsNothing, Idempotent: true}},
		"dvcqg": {Spec: gateway.DestinationSpec{Code: "dvcqg", Shows: gateway.ShowsTrail}},
	}
	m := gateway.Morning{At: now, Since: now.Add(-time.Hour), Destinations: []gateway.MorningDestination{
		{Code: "bo", Waiting: 1, DrainedAt: &drained}, {Code: "dvcqg", Waiting: 1, DrainedAt: &drained}, {Code: "other", DrainedAt: &drained},
	}}
	m.Stand(gateway.Writing{Site: "chinh", SeenFor: 10 * time.Second, Observing: []string{"bo", "dvcqg", "sink"}, RestoredFor: time.Minute}, declared)
	require.Len(t, m.Todo(), 1, "what shows nothing waits for a person, the others go on by themselves")
	require.Equal(t, "kiểm tra trên màn hình của bo rồi chạy ops observed bo", m.Todo()[0].VI)
	require.Equal(t, []bool{true, true, false}, []bool{m.Destinations[0].DrainedAt == nil, m.Destinations[1].DrainedAt == nil, m.Destinations[2].DrainedAt == nil})
	require.NotContains(t, m.Line("vi"), "tiến trình")

	calm := gateway.Morning{At: now, Since: now.Add(-time.Hour)}
	calm.Stand(gateway.Writing{Site: "chinh", SeenFor: 10 * time.Second}, declared)
	require.Contains(t, calm.Line("vi"), "không có hồ sơ nào chờ hoặc lỗi")
}
