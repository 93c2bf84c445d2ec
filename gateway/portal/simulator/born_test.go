package simulator

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// sentBack is the record of DongBoTrangThaiHoSo.
func sentBack(key, unit, status, moment string, pairs ...string) string {
	return with([][2]string{
		{"TrangThai", `"` + status + `"`}, {"MaHoSo", `"` + key + `"`}, {"MaHoSoDonVi", `"` + unit + `"`}, {"MaDoiTuong", `"TECH-000456"`},
		{"NoiDung", `"Đang thẩm định"`}, {"NgayXuLy", `"` + moment + `"`}, {"TaiLieuXuLy", `[]`},
	}, pairs...)
}

func (p *portal) sendBack(key, unit, status, moment string, pairs ...string) said {
	return p.call("DongBoTrangThaiHoSo", `"type":"2"`, `"data":`+sentBack(key, unit, status, moment, pairs...))
}

func TestPortalBorn(t *testing.T) {
	t.Parallel()
	t.Run("the portal issues a number, and takes what the province reports on it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { // 07:00 of 01/01/2000 in Việt Nam
			p := open(t, Options{})
			key, err := p.Announce([]byte(`{ "MaTTHC": "1.001193" }`))
			require.NoError(t, err)
			require.Equal(t, "G22-000101-0000001", key)
			require.Equal(t, textStatusTaken, p.sendBack(key, "H42.07-000101-0012", "2", "20000101080000").Message)
			require.Equal(t, textStatusTaken, p.sendBack(key, "H42.07-000101-0012", "4", "20000101090000").Message)
			found, total := p.BornDossiers(10)
			require.Equal(t, 1, total)
			require.Equal(t, "H42.07-000101-0012", found[0].Unit)
			require.Equal(t, `{"MaHoSo":"G22-000101-0000001","MaTTHC":"1.001193"}`, string(found[0].Record))
			require.Equal(t, []string{"2", "4"}, []string{found[0].Statuses[0].Status, found[0].Statuses[1].Status})
			require.Equal(t, Totals{Born: 1, Statuses: 2}, p.State().Stored, "it stands apart from the dossiers")
			call := last(p.lines("call"))
			require.Equal(t, []any{"status", 1, []string{key}}, []any{call.Op, call.Items, call.Keys})
		})
	})
	t.Run("repeats and numbers that contradict each other are stored and marked", func(t *testing.T) {
		p := open(t, Options{AnyBorn: true})
		p.sendBack("G22-1", "H42-1", "2", "20251104080000")
		p.sendBack("G22-1", "H42-1", "2", "20251104080000", "NoiDung", `"chữ khác"`)
		require.True(t, last(p.lines("status")).Duplicate)
		p.sendBack("G22-1", "H42-2", "4", "20251104090000")
		require.True(t, last(p.lines("status")).Conflict, "the same dossier under two numbers of the province")
		p.sendBack("G22-2", "H42-1", "2", "20251104080000")
		require.True(t, last(p.lines("status")).Conflict, "the same number of the province for two dossiers")
		p.sendBack("G22-3", "H42-3", "2", "20251104080000")
		require.False(t, last(p.lines("status")).Conflict)
		want := Totals{Born: 3, Statuses: 5, StatusRepeats: 1, StatusConflicts: 2}
		require.Equal(t, want, p.State().Stored)
		require.NoError(t, p.Close())
		again := reopen(t, p.options.LogPath)
		require.Equal(t, want, again.State().Stored)
		before, _ := p.BornDossiers(10)
		after, _ := again.BornDossiers(10)
		require.Len(t, after, len(before))
		again.sendBack("G22-3", "H42-1", "4", "20251104090000")
		require.Contains(t, again.sendBack("G22-9", "H42-1", "4", "20251104090000").Message, "không tồn tại")
		require.True(t, last(again.lines("status")).Conflict, "the numbers are known again")
	})
	t.Run("what is wrong is refused by name", func(t *testing.T) {
		p := open(t, Options{})
		require.Equal(t, "Hồ sơ G22-1 không tồn tại", p.sendBack("G22-1", "H42-1", "2", "20251104080000").Message)
		for _, name := range []string{"MaHoSo", "MaHoSoDonVi", "TrangThai", "NgayXuLy"} {
			require.Equal(t, textMissing(name), p.sendBack("G22-1", "H42-1", "2", "20251104080000", name, "-").Message)
		}
		require.Equal(t, textFormat("NgayXuLy"), p.sendBack("G22-1", "H42-1", "2", "2025-11-04").Message)
		require.Equal(t, textFormat("TrangThai"), p.sendBack("G22-1", "H42-1", "12", "20251104080000").Message)
		require.Equal(t, textMalformed, p.call("DongBoTrangThaiHoSo").Message)
		require.Zero(t, p.State().Stored.Statuses)
	})
	t.Run("faults and the order of statuses apply", func(t *testing.T) {
		p := open(t, Options{AnyBorn: true})
		p.on(Fault{Name: FaultLyingSuccess})
		require.Contains(t, p.sendBack("G22-1", "H42-1", "2", "20251104080000").Message, "thành công")
		require.Zero(t, p.State().Stored.Statuses)
		p.off(FaultLyingSuccess)
		p.on(Fault{Name: FaultOrderEnforcing})
		require.Equal(t, textStatusTaken, p.sendBack("G22-1", "H42-1", "10", "20251104080000").Message)
		require.Equal(t, textOrder("G22-1"), p.sendBack("G22-1", "H42-1", "4", "20251104080000").Message)
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{AnyBorn: true})
			p.on(Fault{Name: FaultAppliedLate, Delay: time.Second, Count: 1})
			require.True(t, p.sendBack("G22-1", "H42-1", "2", "20251104080000").Cut)
			time.Sleep(time.Second)
			synctest.Wait()
			require.True(t, last(p.lines("status")).Late)
		})
	})
	t.Run("the admin announces and lists", func(t *testing.T) {
		p := open(t, Options{})
		url, client := dial(t, p)
		status, text := admin(t, client, http.MethodPost, url+"/_sim/born", `{"MaHoSo":"G22-1","ChuHoSo":"Nguyễn Thị Mẫu"}`)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, text, `"MaHoSo": "G22-1"`)
		status, _ = admin(t, client, http.MethodPost, url+"/_sim/born", `{"MaHoSo":"G22-1"}`)
		require.Equal(t, http.StatusConflict, status)
		for _, bad := range []string{"", "[]", `{"MaHoSo":1}`, `{"MaHoSo":""}`} {
			status, _ = admin(t, client, http.MethodPost, url+"/_sim/born", bad)
			require.Equal(t, http.StatusBadRequest, status, bad)
		}
		_, text = admin(t, client, http.MethodGet, url+"/_sim/born", "")
		require.Contains(t, text, `"total": 1`)
		require.Contains(t, text, "Nguyễn Thị Mẫu")
	})
	t.Run("a number that was first heard of in a status can be announced afterwards, once", func(t *testing.T) {
		p := open(t, Options{AnyBorn: true})
		p.sendBack("G22-1", "H42-1", "2", "20251104080000")
		_, err := p.Announce([]byte(`{"MaHoSo":"G22-1"}`))
		require.NoError(t, err)
		_, err = p.Announce([]byte(`{"MaHoSo":"G22-1"}`))
		require.Equal(t, fault.Conflict, fault.CodeOf(err))
		require.Equal(t, 1, p.State().Stored.Born)
	})
}
