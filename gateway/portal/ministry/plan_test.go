package ministry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

const files = "http://127.0.0.1:1"

// given is what the portal of the samples has issued.
func given() map[string]string {
	return map[string]string{"number": "G15.07-20260609-1500041", "id": "665f0001", fileName(files + "/gcs.pdf"): "a1f0 sha256:0011"}
}

func planned(t *testing.T, d *schema.Dossier, known gateway.Known) []gateway.PlannedCall {
	t.Helper()
	calls, err := destination(t, config("http://127.0.0.1:1"), Deps{}).Plan(destinationtest.Dossier(t, d), known)
	require.NoError(t, err)
	return calls
}

func TestPlanCreate(t *testing.T) {
	t.Parallel()
	calls := planned(t, birth(t, files), gateway.Known{Issued: given()})
	require.Len(t, calls, 1)
	require.Equal(t, gateway.OpCreate, calls[0].Operation)
	require.Empty(t, cmp.Diff(`{"MaHoSo":"G15.07-20260609-1500041","MaTTHC":"1.001193","MaDichVuCong":"1.001193","ChuHoSo":"Nguyễn Thị Hạnh",`+
		`"LoaiDoiTuong":0,"MaDonViTiepNhan":"G15.07","NgayNop":"2026-06-09 08:05:12","NgayTiepNhan":"2026-06-09 08:30:00",`+
		`"EformThongTinChiTiet":{"SoHoSoNguon":"H05.31-260609-0007"},"ThanhPhanHoSo":[{"MaThanhPhanHoSo":"000.00.00.G15-KQ000111",`+
		`"TenThanhPhanHoSo":"Giấy chứng sinh","SoLuong":1,"LoaiBan":2,"GiayToDinhKem":[{"IdGiayTo":"a1f0","MaKetQua":"KQ.DVC.THONGTIN",`+
		`"TenGiayTo":"Giấy chứng sinh","HashTepTin":"sha256:0011"}]}],"ThongTinNguoiNop":{"LoaiDoiTuong":0,"IdDoiTuong":"","ThongTinChiTiet":`+
		`{"TenNguoiNop":"Nguyễn Thị Hạnh","SoDinhDanh":"027192004321","NgayCapDinhDanh":"","NgaySinh":"","SoDienThoai":"0912000001",`+
		`"Email":"hanh.nt@example.vn","Fax":"","MaTinh":"24","MaHuyen":"","MaXa":"09187","DiaChiChiTiet":"Số 5 phố Vũ",`+
		`"TenChuHs":"Nguyễn Thị Hạnh","SoDinhDanhChuHs":"027192004321","MaTinhChuHs":"24","MaXaChuHs":"09187","DiaChiChiTietChuHs":"Số 5 phố Vũ"}}}`,
		string(calls[0].Payload[0])))
}

func TestPlanAfterCreate(t *testing.T) {
	t.Parallel()
	d := birth(t, files)
	d.Status = schema.SupplementRequired
	d.Steps = []schema.DossierStep{stepAt(t, "20260609101500", schema.SupplementRequired), stepAt(t, "20260609083000", schema.Received)}
	d.Steps[0].StartedAt, d.Steps[0].DueAt = destinationtest.When(t, "20260609101500"), destinationtest.When(t, "20260609170000")
	d.Supplements = []schema.Supplement{{Request: "Bổ sung giấy chứng sinh bản chính", Fees: []schema.Fee{{Name: "Lệ phí", Code: "LP.01", Method: "2", Amount: 8000, Type: "1"}}}}
	d.Fees = []schema.Fee{{Name: "khác", Amount: 1}}
	calls := planned(t, d, gateway.Known{Exists: true, Issued: given()})
	require.Len(t, calls, 2)
	require.Equal(t, []gateway.Operation{gateway.OpSteps, gateway.OpStatus}, []gateway.Operation{calls[0].Operation, calls[1].Operation})
	require.Equal(t, `{"IDHoSo":"665f0001","MaHoSo":"G15.07-20260609-1500041","NguoiXuLy":"Lê Thị Cúc","ThoiDiemXuLy":"2026-06-09T10:15:00.000",`+
		`"PhongBanXuLy":"UBND phường Kinh Bắc","NoiDungXuLy":"Yêu cầu bổ sung giấy tờ","TrangThai":5,"NgayBatDau":"2026-06-09T10:15:00.000",`+
		`"NgayKetThucTheoQuyDinh":"2026-06-09T17:00:00.000"}`, string(calls[0].Payload[1]))
	require.Equal(t, []schema.StepKey{sampleKey + "/20260609083000/2", sampleKey + "/20260609101500/5"}, calls[0].Steps)
	require.Equal(t, `{"IdHoSo":"665f0001","MaHoSo":"G15.07-20260609-1500041","TrangThai":5,"NoiDungYKien":"Bổ sung giấy chứng sinh bản chính",`+
		`"PhongBanXuLy":"UBND phường Kinh Bắc","NoiDungXuLy":"Yêu cầu bổ sung giấy tờ","DanhSachLePhi":[{"TenPhiLePhi":"Lệ phí","MaPhiLePhi":"LP.01",`+
		`"HinhThucThu":"2","Gia":"8000","LoaiPhiLePhi":"1"}]}`, string(calls[1].Payload[0]))
	require.Equal(t, []schema.StepKey{sampleKey + "/status/20260609101500/5"}, calls[1].Steps)

	t.Run("nothing is lacking", func(t *testing.T) {
		require.Empty(t, planned(t, d, gateway.Known{Exists: true, Issued: given(), Steps: append(calls[0].Steps, calls[1].Steps...)}))
	})
	t.Run("a request that was sent before its step arrived is not sent again", func(t *testing.T) {
		d.Steps = d.Steps[1:]
		first := planned(t, d, gateway.Known{Exists: true, Issued: given()})[1]
		require.Equal(t, []schema.StepKey{sampleKey + "/status/0/5"}, first.Steps)
		d.Steps = append(d.Steps, stepAt(t, "20260609101500", schema.SupplementRequired))
		for _, c := range planned(t, d, gateway.Known{Exists: true, Issued: given(), Steps: first.Steps}) {
			require.NotEqual(t, gateway.OpStatus, c.Operation)
		}
	})
	t.Run("a state that was sent before its step arrived is not sent again, unless the dossier came back to it", func(t *testing.T) {
		d := birth(t, files)
		d.Papers = nil
		known := gateway.Known{Exists: true, Issued: given()}
		states := func(status schema.Status, steps ...schema.DossierStep) (keys []string) {
			d.Status, d.Steps = status, append(d.Steps, steps...)
			for _, c := range planned(t, d, known) {
				known.Steps = append(known.Steps, c.Steps...)
				for _, k := range c.Steps {
					if c.Operation == gateway.OpStatus {
						keys = append(keys, strings.TrimPrefix(string(k), sampleKey+"/status/"))
					}
				}
			}
			return keys
		}
		require.Equal(t, []string{"0/4"}, states(schema.InProgress))
		require.Empty(t, states(schema.InProgress, stepAt(t, "20260609090000", schema.InProgress)))
		require.Equal(t, []string{"20260609093000/8"}, states(schema.Stopped, stepAt(t, "20260609093000", schema.Stopped)))
		require.Equal(t, []string{"20260609094500/4"}, states(schema.InProgress, stepAt(t, "20260609094500", schema.InProgress)))
		d.Results = []schema.ResultPaper{{Name: "Giấy khai sinh"}}
		require.Len(t, states(schema.Returned), 2, "9 with its results, then 10")
		require.Empty(t, states(schema.Returned, stepAt(t, "20260609140000", schema.Returned)))
		require.Empty(t, states(schema.Returned, stepAt(t, "20260609120000", schema.Completed)), "10 never goes back to 9")
	})
	t.Run("fees go with 6 and 9 alone, results with 9 alone", func(t *testing.T) {
		d.Results = []schema.ResultPaper{{Name: "Giấy khai sinh", URL: "https://files.example.vn/kq"}}
		for status, want := range map[schema.Status][2]bool{
			schema.Received: {}, schema.InProgress: {}, schema.Rejected: {}, schema.PaymentRequired: {true, false}, schema.Completed: {true, true},
		} {
			d.Status, d.Steps = status, nil
			body := string(planned(t, d, gateway.Known{Exists: true, Issued: given()})[0].Payload[0])
			require.Equal(t, want, [2]bool{strings.Contains(body, "DanhSachLePhi"), strings.Contains(body, "DanhSachGiayToKetQua")}, status)
		}
	})
	t.Run("a result that comes later is sent with 9", func(t *testing.T) {
		d.Status, d.Steps, d.Results = schema.Completed, nil, nil
		first := planned(t, d, gateway.Known{Exists: true, Issued: given()})[0]
		d.Results = []schema.ResultPaper{{Name: "Giấy khai sinh"}}
		require.Len(t, planned(t, d, gateway.Known{Exists: true, Issued: given(), Steps: first.Steps}), 1)
	})
}

func TestPlanAsksForWhatIsLackingOnly(t *testing.T) {
	t.Parallel()
	d := birth(t, files)
	d.Papers = append(d.Papers, d.Papers[0], schema.Paper{Name: "to-khai.pdf", URL: files + "/tk.pdf"}, schema.Paper{Name: "bo.pdf", Deleted: true})
	require.Equal(t, gateway.OpNumber, planned(t, d, gateway.Known{})[0].Operation)
	calls := planned(t, d, gateway.Known{Issued: map[string]string{"number": "G15.07-1"}})
	require.Len(t, calls, 2, "a file is sent once, a paper that was taken back never")
	require.Equal(t, `{"url":"`+files+`/tk.pdf","name":"to-khai.pdf"}`, string(calls[1].Payload[0]))
	require.Len(t, planned(t, d, gateway.Known{Issued: given()}), 1)
}

func TestPlanHoldsBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(*schema.Dossier)
		known gateway.Known
		code  fault.Code
		want  string // pointer and code
	}{
		"no procedure code":   {func(d *schema.Dossier) { d.Procedure.Code = "abc" }, gateway.Known{}, fault.Invalid, "/procedure/code code.unmapped"},
		"a state agency":      {func(d *schema.Dossier) { d.Applicant.Kind = schema.StateAgency }, gateway.Known{}, fault.Invalid, "/applicant/kind code.unmapped"},
		"no kind of subject":  {func(d *schema.Dossier) { d.Applicant.Kind = "" }, gateway.Known{}, fault.Invalid, "/applicant/kind field.required"},
		"no owner":            {func(d *schema.Dossier) { d.Applicant.Name = "" }, gateway.Known{}, fault.Invalid, "/applicant/name field.required"},
		"no submission":       {func(d *schema.Dossier) { d.SubmittedAt = schema.Time{} }, gateway.Known{}, fault.Invalid, "/submitted_at field.required"},
		"a paper, no file":    {func(d *schema.Dossier) { d.Papers[0].URL = "" }, gateway.Known{}, fault.Invalid, "/papers/0/url paper.no_file"},
		"another store":       {func(d *schema.Dossier) { d.Papers[0].URL = "http://10.0.0.1/f" }, gateway.Known{}, fault.Invalid, "/papers/0/url paper.host_not_allowed"},
		"no URL at all":       {func(d *schema.Dossier) { d.Papers[0].URL = "file:///etc/passwd" }, gateway.Known{}, fault.Invalid, "/papers/0/url paper.url_invalid"},
		"a name in the URL":   {func(d *schema.Dossier) { d.Papers[0].URL = "http://u:p@127.0.0.1/f" }, gateway.Known{}, fault.Invalid, "/papers/0/url paper.url_invalid"},
		"a negative fee":      {func(d *schema.Dossier) { d.Status, d.Fees = schema.PaymentRequired, []schema.Fee{{Amount: -1}} }, gateway.Known{}, fault.Invalid, "/fees/0/amount amount.negative"},
		"a number of its own": {func(d *schema.Dossier) { d.Number = "G15.07-20260609-0000001" }, gateway.Known{}, fault.Conflict, "/number number.foreign"},
		"an id nobody told":   {func(*schema.Dossier) {}, gateway.Known{Exists: true, Issued: map[string]string{"number": "G15.07-1"}}, fault.Conflict, "/number id.unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := birth(t, files)
			tc.spoil(d)
			calls, err := destination(t, config("http://127.0.0.1:1"), Deps{}).Plan(destinationtest.Dossier(t, d), tc.known)
			require.Empty(t, calls)
			require.Equal(t, tc.code, fault.CodeOf(err), "%v", err)
			problems := fault.ProblemsOf(err)
			require.Len(t, problems, 1)
			require.Equal(t, tc.want, problems[0].Pointer+" "+problems[0].Code)
			require.NotEmpty(t, problems[0].Detail)
			require.NotEmpty(t, problems[0].DetailEN)
		})
	}
}

func TestBirthday(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		year, month, day int
		want             string
	}{{1992, 6, 14, "19920614000000"}, {1990, 0, 0, ""}, {1990, 6, 0, ""}, {0, 0, 0, ""}} {
		var born schema.Date
		if tc.year > 0 {
			var err error
			born, err = schema.NewDate(tc.year, tc.month, tc.day)
			require.NoError(t, err)
		}
		require.Equal(t, tc.want, owner(schema.Applicant{Birth: born}).NgaySinh)
	}
}
