package simulator

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDossier(t *testing.T) {
	t.Parallel()
	t.Run("a create is stored as sent and answered thành công", func(t *testing.T) {
		p := open(t, Options{})
		got := p.create(record("A-1", "GhiChu", `"\u00e0 \/ à"`))
		require.Equal(t, "Đồng bộ hồ sơ thành công", got.Message)
		effect := last(p.lines("effect"))
		require.Equal(t, record("A-1", "GhiChu", `"\u00e0 \/ à"`), string(effect.Body))
		d, ok := p.Dossier("A-1")
		require.True(t, ok)
		require.Equal(t, string(effect.Body), string(d.Record))
	})
	t.Run("a second create is refused as đã tồn tại with the code of the switch", func(t *testing.T) {
		for _, code := range []string{"-3", "3", "0"} {
			p := open(t, Options{DuplicateCode: code, Codes: CodesInt})
			p.create(record("A-1"))
			got := p.create(record("A-1", "ChuHoSo", `"Khác"`))
			require.Equal(t, code, string(got.Code))
			require.Equal(t, "Hồ sơ A-1 đã tồn tại", got.Message)
			require.Equal(t, Totals{Dossiers: 1}, p.State().Stored)
		}
	})
	t.Run("an update of an unknown dossier is refused as không tồn tại", func(t *testing.T) {
		got := open(t, Options{}).update(record("A-1"))
		require.Equal(t, "-1", string(got.Code))
		require.Equal(t, "Hồ sơ A-1 không tồn tại", got.Message)
	})
	t.Run("an update replaces the record, and one equal to its predecessor is stored and marked", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"))
		p.update(record("A-1", "TrangThaiHoSo", `"9"`))
		require.False(t, last(p.lines("effect")).Duplicate)
		reordered := strings.Replace(record("A-1", "TrangThaiHoSo", `"9"`), `"MaHoSo":"A-1",`, "", 1)
		reordered = strings.TrimSuffix(reordered, "}") + `, "MaHoSo" : "A-1"}`
		p.update(reordered)
		require.True(t, last(p.lines("effect")).Duplicate)
		require.Equal(t, Totals{Dossiers: 1, Updates: 2, UpdateRepeats: 1}, p.State().Stored)
	})
}

func TestBatch(t *testing.T) {
	t.Parallel()
	t.Run("one poison record refuses the whole array with one message", func(t *testing.T) {
		p := open(t, Options{})
		got := p.create(record("A-1"), record("A-2", "MaTTHC", "-"), record("A-3"))
		require.Equal(t, "Thiếu trường MaTTHC", got.Message)
		require.Zero(t, p.State().Stored.Dossiers)
		require.Empty(t, p.lines("effect"))
	})
	t.Run("partial acceptance stores the good ones and names the bad ones", func(t *testing.T) {
		p := open(t, Options{PartialAcceptance: true})
		got := p.create(record("A-1"), record("A-2", "MaTTHC", "-"), record("A-3"), record("A-1"))
		require.Equal(t, "-1", string(got.Code))
		require.Equal(t, "Hồ sơ A-2: Thiếu trường MaTTHC; Hồ sơ A-1 đã tồn tại", got.Message)
		require.Equal(t, 2, p.State().Stored.Dossiers)
		require.Equal(t, 2, last(p.lines("effect")).Of)
	})
	t.Run("the same new dossier twice in one array is a duplicate", func(t *testing.T) {
		p := open(t, Options{})
		require.Contains(t, p.create(record("A-1"), record("A-1")).Message, "đã tồn tại")
		require.Zero(t, p.State().Stored.Dossiers)
	})
	t.Run("too many, none, and no array are refused", func(t *testing.T) {
		p := open(t, Options{MaxBatch: 2})
		require.Equal(t, textBatchSize, p.create(record("A-1"), record("A-2"), record("A-3")).Message)
		require.Equal(t, "Thiếu trường data", p.create().Message)
		require.Equal(t, "Thiếu trường data", p.call("DongBoHoSoMC").Message)
		require.Equal(t, textFormat("data"), p.call("DongBoHoSoMC", `"data":{}`).Message)
		require.Equal(t, textMalformed, p.create(`"A-1"`).Message)
	})
}

func TestValidation(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return `"` + strings.Repeat("đ", n) + `"` }
	t.Run("every mandatory member is missed by name", func(t *testing.T) {
		p := open(t, Options{})
		for _, name := range RequiredDossierFields() {
			for _, value := range []string{"-", "null", `""`} {
				require.Equal(t, "Thiếu trường "+name, p.create(record("A-1", name, value)).Message, value)
			}
		}
		require.Zero(t, p.State().Stored.Dossiers)
	})
	t.Run("the list of mandatory members is an option", func(t *testing.T) {
		p := open(t, Options{Required: []string{"MaHoSo"}})
		require.Equal(t, textStored, p.create(`{"MaHoSo":"A-1"}`).Message)
	})
	t.Run("lengths are counted in characters", func(t *testing.T) {
		p := open(t, Options{})
		paper := func(list, field string, n int) []string { return []string{list, `[{"` + field + `":` + long(n) + `}]`} }
		for i, c := range []struct {
			field     string
			good, bad []string
		}{
			{"TrichYeuHoSo", []string{"TrichYeuHoSo", long(1000)}, []string{"TrichYeuHoSo", long(1001)}},
			{"TenTepDinhKem", paper("TaiLieuNop", "TenTepDinhKem", 4000), paper("TaiLieuNop", "TenTepDinhKem", 4001)},
			{"TenGiayTo", paper("DanhSachGiayToKetQua", "TenGiayTo", 2000), paper("DanhSachGiayToKetQua", "TenGiayTo", 2001)},
		} {
			key := "A-" + string(rune('1'+i))
			require.Equal(t, textTooLong(c.field), p.create(record(key, c.bad...)).Message)
			require.Equal(t, textStored, p.create(record(key, c.good...)).Message)
		}
		require.Equal(t, textTooLong("NguoiXuLy"), p.progress(progressStep("A-1", "20251103083000", "2", "NguoiXuLy", long(51))).Message)
		require.Equal(t, textAdvanced, p.progress(progressStep("A-1", "20251103083000", "2", "NguoiXuLy", long(50))).Message)
	})
	t.Run("dates, statuses and types are checked", func(t *testing.T) {
		p := open(t, Options{})
		for _, c := range [][2]string{
			{"NgayTiepNhan", `"2025-11-03"`}, {"NgayHenTra", `"20251332000000"`}, {"NgayTiepNhan", `20251103083000`},
			{"TrangThaiHoSo", `"0"`}, {"TrangThaiHoSo", `"11"`}, {"TrangThaiHoSo", `2`}, {"DanhSachLePhi", `{}`}, {"TaiLieuNop", `["a"]`},
		} {
			require.Equal(t, textFormat(c[0]), p.create(record("A-1", c[0], c[1])).Message, c[1])
		}
		require.Equal(t, textStored, p.create(record("A-1", "TaiLieuNop", "null", "NgayTra", "null")).Message)
	})
}

func TestProgress(t *testing.T) {
	t.Parallel()
	t.Run("steps are appended, and repeats of a key are stored and counted", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"))
		first := progressStep("A-1", "20251103083000", "2")
		require.Equal(t, "Cập nhật tiến độ hồ sơ thành công", p.progress(first, progressStep("A-1", "20251103101500", "4")).Message)
		p.progress(progressStep("A-1", "20251103083000", "2", "NoiDungXuLy", `"chữ khác"`))
		require.Equal(t, Totals{Dossiers: 1, Steps: 3, StepRepeats: 1}, p.State().Stored)
		d, _ := p.Dossier("A-1")
		require.Len(t, d.Steps, 3)
		require.Equal(t, []bool{false, false, true}, []bool{d.Steps[0].Duplicate, d.Steps[1].Duplicate, d.Steps[2].Duplicate})
	})
	t.Run("a repeat inside one call counts too", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"))
		p.progress(progressStep("A-1", "20251103083000", "5"), progressStep("A-1", "20251103083000", "5"))
		require.Equal(t, 1, p.State().Stored.StepRepeats)
	})
	t.Run("a step of an unknown dossier refuses the whole call", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"))
		got := p.progress(progressStep("A-1", "20251103083000", "2"), progressStep("A-2", "20251103083000", "2"))
		require.Equal(t, "Hồ sơ A-2 không tồn tại", got.Message)
		require.Zero(t, p.State().Stored.Steps)
	})
	t.Run("missing members are named", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"))
		for _, name := range []string{"MaHoSo", "NguoiXuLy", "ThoiDiemXuLy", "NoiDungXuLy", "TrangThai"} {
			require.Equal(t, "Thiếu trường "+name, p.progress(progressStep("A-1", "20251103083000", "2", name, "-")).Message)
		}
	})
}

func TestOrder(t *testing.T) {
	t.Parallel()
	t.Run("any order is taken by default", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1", "TrangThaiHoSo", `"10"`))
		require.Equal(t, textStored, p.update(record("A-1", "TrangThaiHoSo", `"2"`)).Message)
		require.Equal(t, textAdvanced, p.progress(progressStep("A-1", "20251103083000", "10"), progressStep("A-1", "20251103093000", "2")).Message)
	})
	t.Run("enforced, illegal transitions of steps and records are refused", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultOrderEnforcing}}})
		p.create(record("A-1"))
		require.Equal(t, textAdvanced, p.progress(progressStep("A-1", "20251103083000", "2"), progressStep("A-1", "20251103084000", "4")).Message)
		require.Equal(t, textOrder("A-1"), p.progress(progressStep("A-1", "20251103085000", "2")).Message)
		require.Equal(t, textAdvanced, p.progress(progressStep("A-1", "20251103085000", "5"), progressStep("A-1", "20251103085900", "4")).Message)
		require.Equal(t, textStored, p.update(record("A-1", "TrangThaiHoSo", `"9"`)).Message)
		require.Equal(t, textOrder("A-1"), p.update(record("A-1", "TrangThaiHoSo", `"4"`)).Message)
	})
	t.Run("the table is data: a finished dossier may be taken up again where it says so", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultOrderEnforcing}}})
		p.create(record("A-1", "TrangThaiHoSo", `"9"`))
		again := record("A-1", "TrangThaiHoSo", `"4"`)
		require.Equal(t, textOrder("A-1"), p.update(again).Message)
		sw := p.Switches()
		require.NoError(t, sw.Set("transitions.9=4,7,10"))
		require.NoError(t, p.SetSwitches(sw))
		require.Equal(t, textStored, p.update(again).Message)
		require.NoError(t, sw.Set("transitions.4="))
		require.NoError(t, p.SetSwitches(sw))
		require.Equal(t, textOrder("A-1"), p.update(record("A-1", "TrangThaiHoSo", `"9"`)).Message, "a status without a row is terminal")
	})
	t.Run("the table of transitions is that of the contract", func(t *testing.T) {
		legal := map[string]string{
			"1": "1 2 3 7", "2": "2 4 5 6 7 8 9", "3": "", "4": "4 5 6 7 8 9", "5": "2 4 5 7 8", "6": "4 6 7 8", "7": "", "8": "", "9": "7 9 10", "10": "",
		}
		for from, to := range legal {
			var got []string
			for _, next := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"} {
				if DefaultTransitions().mayFollow(from, next) {
					got = append(got, next)
				}
			}
			require.Equal(t, to, strings.Join(got, " "), "from %s", from)
		}
	})
}

func TestLookup(t *testing.T) {
	t.Parallel()
	t.Run("an unknown dossier gives an empty result", func(t *testing.T) {
		got := open(t, Options{}).lookUp("A-1")
		require.Equal(t, "0", string(got.Code))
		require.Equal(t, "[]", string(got.Result))
	})
	t.Run("what is shown depends on the mode", func(t *testing.T) {
		one := progressStep("A-1", "20251103083000", "2")
		whole := strings.TrimSuffix(record("A-1"), "}") + `,"DanhSachTienDo":[` + one + "," + one + "]}"
		for mode, want := range map[LookupMode]string{
			ShowExists: `[{"MaHoSo":"A-1"}]`, ShowHeader: "[" + record("A-1") + "]", ShowTrail: "[" + whole + "]",
		} {
			p := open(t, Options{Lookup: mode})
			p.create(record("A-1"))
			p.progress(one, one)
			require.Equal(t, want, string(p.lookUp("A-1").Result), mode)
		}
	})
	t.Run("a write is seen only after the lag, the older state before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{LookupLag: 30 * time.Second})
			p.create(record("A-1"))
			time.Sleep(29 * time.Second)
			require.Equal(t, "[]", string(p.lookUp("A-1").Result))
			p.update(record("A-1", "TrangThaiHoSo", `"9"`))
			p.progress(progressStep("A-1", "20251103083000", "9"))
			time.Sleep(time.Second)
			require.Contains(t, string(p.lookUp("A-1").Result), `"TrangThaiHoSo":"2"`)
			require.Contains(t, string(p.lookUp("A-1").Result), `"DanhSachTienDo":[]`)
			time.Sleep(29 * time.Second)
			require.Contains(t, string(p.lookUp("A-1").Result), `"TrangThaiHoSo":"9"`)
			require.Contains(t, string(p.lookUp("A-1").Result), `"TrangThai":"9"`)
		})
	})
	t.Run("the lag can be raised while it runs, and replaced versions are remembered for it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.create(record("A-1", "GhiChu", `"0"`))
			for i := 1; i <= 30; i++ { // one a minute, more than is remembered
				time.Sleep(time.Minute)
				p.update(record("A-1", "GhiChu", `"`+strconv.Itoa(i)+`"`))
			}
			time.Sleep(30 * time.Second)
			require.Contains(t, string(p.lookUp("A-1").Result), `"GhiChu":"30"`)
			p.on(Fault{Name: FaultLookupLag, Delay: time.Minute})
			require.Contains(t, string(p.lookUp("A-1").Result), `"GhiChu":"29"`)
			p.off(FaultLookupLag)
			require.Contains(t, string(p.lookUp("A-1").Result), `"GhiChu":"30"`)
			require.LessOrEqual(t, len(p.ledger.dossiers["A-1"].versions), 11)
		})
	})
	t.Run("a look-up without mahoso is refused", func(t *testing.T) {
		require.Equal(t, "Thiếu trường mahoso", open(t, Options{}).call("TraCuuHoSo").Message)
	})
}
