package dvcqg

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

func plan(t testing.TB, d *schema.Dossier, known gateway.Known) []gateway.PlannedCall {
	t.Helper()
	calls, err := offline(t).Plan(destinationtest.Dossier(t, d), known)
	require.NoError(t, err)
	return calls
}

func problems(t testing.TB, d *schema.Dossier) []string {
	t.Helper()
	_, err := offline(t).Plan(destinationtest.Dossier(t, d), gateway.Known{})
	if err == nil {
		return nil
	}
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	var all []string
	for _, p := range fault.ProblemsOf(err) {
		require.NotEmpty(t, p.Detail)
		all = append(all, p.Pointer+" "+p.Code)
	}
	return all
}

// sent decodes the header that a plan sends.
func sent(t testing.TB, d *schema.Dossier) record {
	t.Helper()
	var r record
	require.NoError(t, json.Unmarshal(plan(t, d, gateway.Known{})[0].Payload[0], &r))
	return r
}

func TestEncodeGolden(t *testing.T) {
	t.Parallel()
	t.Run("a birth registration submitted online", func(t *testing.T) {
		t.Parallel()
		golden.Compare(t, "testdata/encode/birth.json", indented(t, plan(t, birth(t), gateway.Known{})[0].Payload[0]))
	})
	t.Run("every field and list", func(t *testing.T) {
		t.Parallel()
		golden.Compare(t, "testdata/encode/rich.json", indented(t, plan(t, rich(t), gateway.Known{})[0].Payload[0]))
	})
	t.Run("two steps", func(t *testing.T) {
		t.Parallel()
		d := birth(t)
		d.Steps = birthSteps(t)
		call := plan(t, d, gateway.Known{})[1]
		require.Len(t, call.Payload, 2)
		golden.Compare(t, "testdata/encode/steps.json", append(indented(t, call.Payload[0]), indented(t, call.Payload[1])...))
	})
}

func TestEncodeHoldsBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*schema.Dossier)
		want   []string
	}{
		"nothing":                         {func(*schema.Dossier) {}, nil},
		"a state that the portal has not": {func(d *schema.Dossier) { d.Status = "posting" }, []string{"/status code.unmapped"}},
		"no reception":                    {func(d *schema.Dossier) { d.ReceivedAt = schema.Time{} }, []string{"/received_at field.required"}},
		"online without submission":       {func(d *schema.Dossier) { d.SubmittedAt = schema.Time{} }, []string{"/submitted_at field.required"}},
		"no phone":                        {func(d *schema.Dossier) { d.Applicant.Phone = "" }, []string{"/applicant/phone field.required"}},
		"no unit":                         {func(d *schema.Dossier) { d.ProcessingUnit = "" }, []string{"/processing_unit field.required"}},
		"no kind of owner":                {func(d *schema.Dossier) { d.Applicant.Kind = "" }, []string{"/applicant/kind field.required"}},
		"an unknown kind of owner":        {func(d *schema.Dossier) { d.Applicant.Kind = "alien" }, []string{"/applicant/kind code.unmapped"}},
		"an unknown channel":              {func(d *schema.Dossier) { d.Channel = "fax" }, []string{"/channel code.unmapped"}},
		"no way of return":                {func(d *schema.Dossier) { d.ReturnMethod = "" }, []string{"/return_method field.required"}},
		"a local procedure code":          {func(d *schema.Dossier) { d.Procedure.Code = "HT-01" }, []string{"/procedure/code code.unmapped"}},
		"an unknown reuse": {
			func(d *schema.Dossier) { d.Papers[0].Reuse = "borrowed" }, []string{"/papers/0/reuse code.unmapped"},
		},
		"a negative fee": {func(d *schema.Dossier) { d.Fees[0].Amount = -1 }, []string{"/fees/0/amount amount.negative"}},
		"a negative fee of a supplement, and an unknown reuse there": {
			func(d *schema.Dossier) {
				d.Supplements = []schema.Supplement{{Papers: []schema.Paper{{Reuse: "borrowed"}}, Fees: []schema.Fee{{Amount: -1}}}}
			}, []string{"/supplements/0/papers/0/reuse code.unmapped", "/supplements/0/fees/0/amount amount.negative"},
		},
		"a step in a state that the portal has not": {
			func(d *schema.Dossier) { d.Steps = birthSteps(t); d.Steps[1].Status = "posting" }, []string{"/steps/1/status code.unmapped"},
		},
		"a step without time": {
			func(d *schema.Dossier) { d.Steps = birthSteps(t); d.Steps[1].At = schema.Time{} }, []string{"/steps/1/at field.required"},
		},
		"several things": {
			func(d *schema.Dossier) { d.Status, d.Applicant.Phone = "", "" }, []string{"/status field.required", "/applicant/phone field.required"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := birth(t)
			tc.change(d)
			require.Equal(t, tc.want, problems(t, d))
		})
	}
	t.Run("a dossier without a number at the portal", func(t *testing.T) {
		t.Parallel()
		w := destinationtest.Dossier(t, birth(t))
		w.Key = ""
		_, err := offline(t).Plan(w, gateway.Known{})
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})
}

func TestEncodeNeverFlattensAStatus(t *testing.T) {
	t.Parallel()
	for i, s := range schema.Statuses() {
		d := birth(t)
		d.Status = s
		require.Equal(t, text(schema.Statuses()[i].Gen1()), sent(t, d).TrangThaiHoSo)
		require.NotEmpty(t, catalogue.StatusLabel(s))
	}
}

func TestEncodeIdentities(t *testing.T) {
	t.Parallel()
	ids := func(list ...schema.Identifier) record {
		d := birth(t)
		d.Applicant.Identifiers = list
		return sent(t, d)
	}
	t.Run("fillers and broken numbers are no identity", func(t *testing.T) {
		r := ids(schema.Identifier{Scheme: schema.SchemeCMND, Value: "000000001"}, schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "02719"},
			schema.Identifier{Scheme: schema.SchemePassport, Value: "Không có thông tin"})
		require.Empty(t, r.DinhDanhCHS)
		require.Empty(t, r.SoGiayToChuHoSo)
	})
	t.Run("none at all", func(t *testing.T) {
		r := ids()
		require.Empty(t, r.DinhDanhCHS)
		require.Empty(t, r.SoGiayToChuHoSo)
	})
	t.Run("a tax code is the owner's paper but no DinhDanhCHS", func(t *testing.T) {
		r := ids(schema.Identifier{Scheme: schema.SchemeTaxCode, Value: "2399999015"})
		require.Empty(t, r.DinhDanhCHS)
		require.EqualValues(t, "2399999015", r.SoGiayToChuHoSo)
	})
	t.Run("a CMND is type 2", func(t *testing.T) {
		r := ids(schema.Identifier{Scheme: schema.SchemeCMND, Value: "125123456"})
		require.Equal(t, list[identity]{{LoaiDinhDanh: "2", SoDinhDanh: "125123456"}}, r.DinhDanhCHS)
	})
}

func TestEncodeFallsBackToWhatIsTrue(t *testing.T) {
	t.Parallel()
	t.Run("the procedure stands for a missing abstract", func(t *testing.T) {
		t.Parallel()
		d := birth(t)
		d.Summary = ""
		require.EqualValues(t, "Thủ tục đăng ký khai sinh", sent(t, d).TrichYeuHoSo)
	})
	t.Run("a dossier at the counter is submitted when it is received", func(t *testing.T) {
		t.Parallel()
		d := birth(t)
		d.BornAtPortal, d.Channel, d.SubmittedAt = false, schema.Direct, schema.Time{}
		r := sent(t, d)
		require.EqualValues(t, "20251103083000", r.NgayNopHoSo)
		require.EqualValues(t, "2", r.NoiNopHoSo)
		require.EqualValues(t, "1", r.KenhThucHien)
	})
	t.Run("a step without official or words", func(t *testing.T) {
		t.Parallel()
		d := birth(t)
		d.Steps = []schema.DossierStep{{Dossier: sampleKey, At: d.ReceivedAt, Status: schema.SupplementRequired}}
		var s step
		require.NoError(t, json.Unmarshal(plan(t, d, gateway.Known{})[1].Payload[0], &s))
		require.EqualValues(t, "UBND phường Kinh Bắc", s.NguoiXuLy)
		require.EqualValues(t, "Yêu cầu bổ sung giấy tờ", s.NoiDungXuLy)
		require.EqualValues(t, "5", s.TrangThai)
	})
	t.Run("a household business is what the configuration says", func(t *testing.T) {
		t.Parallel()
		d := birth(t)
		d.Applicant.Kind = schema.HouseholdBusiness
		require.EqualValues(t, "2", sent(t, d).LoaiDoiTuong)
		cfg := config("http://127.0.0.1:1")
		cfg.Household = "4"
		calls, err := destination(t, cfg, Deps{}).Plan(destinationtest.Dossier(t, d), gateway.Known{})
		require.NoError(t, err)
		require.Contains(t, string(calls[0].Payload[0]), `"LoaiDoiTuong":"4"`)
	})
}

type fewProcedures map[string]schema.ProcedureRef

func (c fewProcedures) Procedure(code string) (schema.ProcedureRef, bool) {
	p, ok := c[code]
	return p, ok
}

func TestEncodeTakesNamesFromTheCatalogue(t *testing.T) {
	t.Parallel()
	known := fewProcedures{"1.001193": {Code: "1.001193", Name: "Đăng ký khai sinh", SectorCode: "G15-HT01", SectorName: "Hộ tịch"}}
	d := birth(t)
	d.Procedure = schema.ProcedureRef{Code: "1.001193.000.00.00.H05"}
	calls, err := destination(t, config("http://127.0.0.1:1"), Deps{Procedures: known}).Plan(destinationtest.Dossier(t, d), gateway.Known{})
	require.NoError(t, err)
	var r record
	require.NoError(t, json.Unmarshal(calls[0].Payload[0], &r))
	require.EqualValues(t, "1.001193", r.MaTTHC)
	require.EqualValues(t, "Đăng ký khai sinh", r.TenTTHC)
	require.EqualValues(t, "G15-HT01", r.MaLinhVuc)
	require.EqualValues(t, "Hộ tịch", r.TenLinhVuc)

	d = birth(t)
	d.Procedure.Name, d.Procedure.SectorName = "", ""
	r = sent(t, d)
	require.EqualValues(t, "Thủ tục đăng ký khai sinh", r.TenTTHC, "the built-in catalogue")
	require.EqualValues(t, "Hộ tịch", r.TenLinhVuc)
	require.EqualValues(t, "G15-HT01", r.MaLinhVuc, "what the source says stands")
}

func TestEncodeCutsWhereTheContractHasALength(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ườ", 5000)
	d := rich(t)
	d.Summary, d.Papers[0].Name, d.OtherPapers[0].Name, d.Results[0].Name, d.Note = long, long, long, long, long
	d.Steps = birthSteps(t)
	d.Steps[0].Officer, d.Steps[0].Text = long, long
	calls := plan(t, d, gateway.Known{})
	var r record
	require.NoError(t, json.Unmarshal(calls[0].Payload[0], &r))
	var s step
	require.NoError(t, json.Unmarshal(calls[1].Payload[0], &s))
	for name, tc := range map[string]struct {
		got text
		max int
	}{
		"TrichYeuHoSo": {r.TrichYeuHoSo, 1000}, "TenTepDinhKem": {r.TaiLieuNop[0].TenTepDinhKem, 4000},
		"TenGiayTo": {r.DanhSachTepDinhKemKhac[0].TenGiayTo, 2000}, "TenGiayTo of a result": {r.DanhSachGiayToKetQua[0].TenGiayTo, 2000},
		"NguoiXuLy": {s.NguoiXuLy, 50}, "GhiChu has none": {r.GhiChu, 10000}, "NoiDungXuLy has none": {s.NoiDungXuLy, 10000},
	} {
		require.True(t, utf8.ValidString(string(tc.got)), name)
		require.Equal(t, tc.max, utf8.RuneCountInString(string(tc.got)), name)
	}
	require.EqualValues(t, "abc", short("abc   defgh", 5), "no space is left at the cut")
	require.EqualValues(t, "ữa", short("ữa", 2))
}
