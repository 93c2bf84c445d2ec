package onestop

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/adaptertest"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestConformance(t *testing.T) { adaptertest.Run(t, Spec(), "testdata") }

func FuzzNormalize(f *testing.F) { adaptertest.Fuzz(f, Spec(), "testdata") }

func open(t testing.TB) adapters.Adapter {
	t.Helper()
	a, err := Spec().New(adapters.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Each of the portal's ten states comes through as itself, for dossiers and for steps.
func TestStatesComeThrough(t *testing.T) {
	a := open(t)
	for _, want := range schema.Statuses() {
		for form, pattern := range map[string]string{
			"dossier": `{"MaHoSo":"H05.31-251105-0001","MaTTHC":"1.004873","NgayTiepNhan":"20251105080000","TrangThaiHoSo":"%s"}`,
			"step":    `{"MaHoSo":"H05.31-251105-0001","ThoiDiemXuLy":"20251105080000","TrangThai":"%s"}`,
		} {
			records, err := a.Normalize(context.Background(), adapters.Raw{Body: fmt.Appendf(nil, pattern, want.Gen1())})
			if err != nil || len(records) != 1 {
				t.Fatalf("%s %s: %d records, %v", form, want, len(records), err)
			}
			var got schema.Status
			switch body := records[0].Body.(type) {
			case *schema.Dossier:
				got = body.Status
			case *schema.DossierStep:
				got = body.Status
				if id := "H05.31-251105-0001/20251105080000/" + want.Gen1(); records[0].ID != id || string(body.Key()) != id {
					t.Errorf("the id of the step is %s", records[0].ID)
				}
			}
			if got != want {
				t.Errorf("%s %s became %s", form, want, got)
			}
		}
	}
}

// The caller's session and agency stay outside of everything that is kept.
func TestSessionIsNotKept(t *testing.T) {
	body := []byte(`{"session":"secret-session","madonvi":"000.00.00.H99","service":"CapNhatTienDoHoSoMC","data":[
		{"MaHoSo":"H05.31-251105-0001","ThoiDiemXuLy":"20251105080000","TrangThai":"4"}]}`)
	records, err := open(t).Normalize(context.Background(), adapters.Raw{Body: body})
	if err != nil || len(records) != 1 {
		t.Fatal(len(records), err)
	}
	sealed, err := records[0].Seal()
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range [][]byte{records[0].Raw, sealed.JSON} {
		if len(kept) == 0 || bytes.Contains(kept, []byte("secret-session")) || bytes.Contains(kept, []byte("H99")) {
			t.Error("session or agency of the caller are kept")
		}
	}
}

func TestOtherMediaTypes(t *testing.T) {
	_, err := open(t).Normalize(context.Background(), adapters.Raw{ContentType: "application/xml", Body: []byte(example)})
	if fault.CodeOf(err) != fault.UnsupportedMedia {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := open(t).Normalize(ctx, adapters.Raw{Body: []byte(example)}); err == nil {
		t.Error("a cancelled context gives a result")
	}
}

func TestEmptyBatch(t *testing.T) {
	for _, body := range []string{`[]`, `{"service":"DongBoHoSoMC","data":[]}`} {
		records, err := open(t).Normalize(context.Background(), adapters.Raw{Body: []byte(body)})
		if err != nil || len(records) != 0 {
			t.Error(len(records), err)
		}
	}
}

// The figure to look at is messages a second of one core: a dossier of 1.5 KB as the portal contract has it.
func BenchmarkNormalize(b *testing.B) {
	a, body := open(b), []byte(benchmarkMessage)
	for _, n := range []int{1, 100} {
		batch := fmt.Appendf(nil, `{"service":"DongBoHoSoMC","isUpdating":"False","data":[%s]}`,
			bytes.Join(repeat(body, n), []byte(",")))
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(batch)))
			b.ReportAllocs()
			for b.Loop() {
				if records, err := a.Normalize(context.Background(), adapters.Raw{Body: batch}); err != nil || len(records) != n {
					b.Fatal(len(records), err)
				}
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "dossiers/s")
		})
	}
}

func repeat(body []byte, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = body
	}
	return out
}

const benchmarkMessage = `{
 "MaHoSo":"H05.31-251103-0007","MaTTHC":"1.001193","TenTTHC":"Thủ tục đăng ký khai sinh",
 "MaLinhVuc":"G15-HT01","TenLinhVuc":"Hộ tịch","KenhThucHien":"2","SoGiayToChuHoSo":"027192004321",
 "ChuHoSo":"Nguyễn Thị Hạnh","LoaiDoiTuong":"1","MaDoiTuong":"TECH-000123","ThongTinKhac":"",
 "Email":"hanh.nt@example.vn","Fax":"","SoDienThoai":"0912000001","TrichYeuHoSo":"Đăng ký khai sinh cho con",
 "NgayTiepNhan":"20251103083000","NgayHenTra":"20251103170000","TrangThaiHoSo":"2","NgayTra":"","ThongTinTra":"",
 "HinhThuc":"0","NgayKetThucXuLy":"","DonViXuLy":"UBND phường Kinh Bắc","GhiChu":"",
 "TaiLieuNop":[{"TepDinhKemId":"88121","TenTepDinhKem":"giay-chung-sinh.pdf","IsDeleted":"False","MaThanhPhanHoSo":"",
  "DuongDanTaiTepTin":"https://files.example.vn/f/88121","DuocSoHoa":"1","DuocTaiSuDung":"0","DuocLayTuKhoDMQG":"0","MaKetQuaThayThe":""}],
 "DanhSachLePhi":[{"TenPhiLePhi":"Lệ phí bản sao","MaPhiLePhi":"1","HinhThucThu":"1","Gia":"8000","LoaiPhiLePhi":"1"}],
 "DanhSachTepDinhKemKhac":[],"DanhSachHoSoBoSung":[],"DanhSachGiayToKetQua":[],
 "NoiNopHoSo":"1","HoSoCoThanhPhanSoHoa":"1","TaiKhoanDuocXacThucVoiVNeID":"1","DuocThanhToanTrucTuyen":"1","NgayTuChoi":"",
 "DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"027192004321"}],"NgayNopHoSo":"20251103080512","DSKetNoiCSDL":[{"MaCSDL":"1"}]}`
