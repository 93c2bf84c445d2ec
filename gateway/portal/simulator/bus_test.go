package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
)

func (p *portal) get(path string, header ...string) said {
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return p.serve(req)
}

func TestBus(t *testing.T) {
	t.Parallel()
	t.Run("three addresses take bare arrays and nothing else", func(t *testing.T) {
		p := open(t, Options{})
		got := p.post("/dvc/ThemMoi", "["+record("A-1")+"]")
		require.Equal(t, `{"error_code":"0","message":"Thêm mới thành công"}`, got.Raw)
		require.Equal(t, `{"error_code":"-3","message":"Hồ sơ A-1 đã tồn tại"}`, p.post("/dvc/ThemMoi", "["+record("A-1")+"]").Raw)
		require.Equal(t, `{"error_code":"0","message":"Cập nhật thành công"}`, p.post("/dvc/CapNhat", "["+record("A-1", "TrangThaiHoSo", `"4"`)+"]").Raw)
		require.Contains(t, p.post("/dvc/DongBoTienTrinh", "["+progressStep("A-1", "20251103083000", "2")+"]").Raw, "thành công")
		require.Equal(t, Totals{Dossiers: 1, Updates: 1, Steps: 1}, p.State().Stored)
		call := last(p.lines("call"))
		require.Equal(t, []any{"progress", 1, []string{"A-1"}}, []any{call.Op, call.Items, call.Keys})
	})
	t.Run("the addresses can be moved while it runs, and all doors closed", func(t *testing.T) {
		p := open(t, Options{})
		sw := p.Switches()
		sw.Wrapper.Create = "/dichvu/them"
		require.NoError(t, p.SetSwitches(sw))
		require.Equal(t, http.StatusNotFound, p.post("/dvc/ThemMoi", "["+record("A-1")+"]").Status)
		require.Contains(t, p.post("/dichvu/them", "["+record("A-1")+"]").Message, "thành công")
		require.Equal(t, http.StatusMethodNotAllowed, p.get("/dichvu/them").Status)
		sw.Wrapper.Closed = true
		require.NoError(t, p.SetSwitches(sw))
		for _, path := range []string{"/dichvu/them", "/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=x", "/token"} {
			require.Equal(t, http.StatusNotFound, p.post(path, "[]").Status, path)
		}
		require.Equal(t, "0", string(p.lookUp("A-1").Code), "the portal itself is open")
	})
	t.Run("faults meet the bus, too", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultLyingSuccess, Ops: []Op{OpDossier}}}})
		require.Contains(t, p.post("/dvc/ThemMoi", "["+record("A-1")+"]").Message, "thành công")
		require.Zero(t, p.State().Stored.Dossiers)
	})
}

func TestPackedCatalogue(t *testing.T) {
	t.Parallel()
	const folder = "/KetNoiMotCuaQuocGia/"
	t.Run("answers hold the portal's JSON as a text", func(t *testing.T) {
		p := open(t, Options{})
		for path, want := range map[string]string{
			"LayDanhSachTTHC": `{"MATTHC":"1.001193"`, "LayDanhSachTTHCDonVi?maDonVi=H56": `{"MATTHC":"1.001193"`,
			"LayThuTuc?maTTHC=1.004873": `"SOTIEN":"15.000"`, "LayQDCB?idQDCB=77": `"ID":"77"`, "LayDanhMucLinhVuc": `"MALINHVUC":"G15-HT01"`,
			"LayDanhMucLoaiThuTuc": `"MALOAI"`, "LayDanhMucNhomThuTuc": `"MANHOM"`, "LayDanhMucThuTucThuocLoai": `"MATTHC"`,
			"TraCuuTechID?mstorcmnd=0101": `"TECHNICALID":"TECH-`,
		} {
			outer := p.get(folder + path)
			require.Equal(t, `"0"`, string(outer.Code), path)
			require.Empty(t, outer.Result, "nothing is outside the text")
			var inner said
			require.NoError(t, json.Unmarshal([]byte(outer.Message), &inner), path)
			require.Equal(t, "0", string(inner.Code), path)
			require.Contains(t, string(inner.Result), want, path)
		}
		require.Equal(t, "catalogue", last(p.lines("call")).Op)
	})
	t.Run("what the portal refuses is inside, too", func(t *testing.T) {
		outer := open(t, Options{}).get(folder + "LayThuTuc?maTTHC=9.999999")
		require.Equal(t, `"0"`, string(outer.Code))
		require.Equal(t, `{"error_code":-1,"message":"Thủ tục không tồn tại"}`, outer.Message)
		require.Contains(t, open(t, Options{}).get(folder+"LayThuTuc").Message, "Thiếu trường maTTHC")
	})
	t.Run("it can be switched to answer plainly, and to want a token", func(t *testing.T) {
		p := open(t, Options{Wrapper: Wrapper{Plain: true, Bearer: "thử"}})
		require.Equal(t, http.StatusUnauthorized, p.get(folder+"LayDanhSachTTHC").Status)
		require.Contains(t, p.get(folder+"LayDanhSachTTHC", "Authorization", "Bearer sai").Raw, `"code":900901`)
		require.Contains(t, string(p.get(folder+"LayDanhSachTTHC", "Authorization", "bearer thử").Result), "1.001193")
	})
	t.Run("getfile gives base64, and the promotion notice is reported on", func(t *testing.T) {
		p := open(t, Options{AnyBorn: true})
		require.Regexp(t, `^[A-Za-z0-9+/]+=*$`, p.post(folder+"getfile", `{"DuongDan":"/a/b.pdf"}`).Message)
		require.Equal(t, "Thiếu trường DuongDan", p.post(folder+"getfile", `{}`).Message)
		require.Equal(t, textMalformed, p.post(folder+"getfile", `[`).Message)
		require.Contains(t, p.post(folder+"DongBoTrangThaiHoSoKM", sentBack("G22-251104-0000001", "H42.07-251104-0001", "11", "20251104093000")).Message, "thành công")
		require.Equal(t, 1, p.State().Stored.Statuses)
	})
	t.Run("the portal itself has the catalogues of agencies and accounts", func(t *testing.T) {
		p := open(t, Options{})
		require.Contains(t, string(p.call("LayDanhMucCoQuan").Result), `"MADONVI":"H05.31"`)
		one := string(p.call("TraCuuTechID", `"provider":"wso2is"`, `"mstorcmnd":"0101"`).Result)
		require.Equal(t, one, string(p.call("TraCuuTechID", `"mstorcmnd":"0101"`).Result))
		require.NotEqual(t, one, string(p.call("TraCuuTechID", `"mstorcmnd":"0102"`).Result))
		require.Equal(t, textMissing("mstorcmnd"), p.call("TraCuuTechID").Message)
	})
}

func TestInterfaceOf2017(t *testing.T) {
	t.Parallel()
	send := func(p *portal, path, token, body string) said {
		req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		return p.serve(req)
	}
	tokenOf := func(t *testing.T, p *portal) string {
		t.Helper()
		got := p.post("/token", `{"grant_type":"client_credentials","client_id":"`+agencyCode+`","client_secret":"thử"}`)
		require.Equal(t, http.StatusOK, got.Status, got.Raw)
		var said struct {
			Token string `json:"access_token"`
			Type  string `json:"token_type"`
			Lasts int    `json:"expires_in"`
		}
		require.NoError(t, json.Unmarshal([]byte(got.Raw), &said))
		require.Equal(t, []any{"Bearer", 3600}, []any{said.Type, said.Lasts})
		return said.Token
	}
	t.Run("documents and their traces are stored, repeats are marked", func(t *testing.T) {
		p := open(t, Options{})
		token := tokenOf(t, p)
		document := `{"DocCode":"H42-0001","DocTypeCode":"HT","Status":1,"Attachments":[{"Attachmentld":"1"}]}`
		require.Equal(t, `{"Status":1,"Message":"Đồng bộ hồ sơ thành công"}`, send(p, "/Document/SyncDocument", token, document).Raw)
		require.False(t, last(p.lines("document")).Duplicate)
		send(p, "/Document/SyncDocument", token, document)
		require.True(t, last(p.lines("document")).Duplicate)
		trace := `{"DocCode":"H42-0001","UserName":"a","Status":1}`
		send(p, "/Document/UpdateDocumentTraces", token, trace)
		send(p, "/Document/UpdateDocumentTraces", token, trace)
		require.True(t, last(p.lines("trace")).Duplicate)
		require.Equal(t, `{"Status":0,"Message":"Hồ sơ H42-0002 không tồn tại"}`, send(p, "/Document/UpdateDocumentTraces", token, `{"DocCode":"H42-0002"}`).Raw)
		require.Equal(t, `{"Status":0,"Message":"Thiếu trường DocCode"}`, send(p, "/Document/SyncDocument", token, `{}`).Raw)
		require.Equal(t, 1, int(send(p, "/Statistic", token, `{}`).Raw[10]-'0'))
		require.Equal(t, Totals{Documents: 1, Traces: 2}, p.State().Stored)
		require.NoError(t, p.Close())
		require.Equal(t, p.State().Stored, reopen(t, p.options.LogPath).State().Stored)
	})
	t.Run("without a good token nothing is taken", func(t *testing.T) {
		p := open(t, Options{Accounts: map[string]string{agencyCode: "thử"}})
		token := tokenOf(t, p)
		for _, bad := range []string{`{}`, `{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}`, `[`} {
			require.Equal(t, http.StatusUnauthorized, p.post("/token", bad).Status, bad)
		}
		require.Equal(t, http.StatusUnauthorized, send(p, "/Document/SyncDocument", "sai", `{"DocCode":"A"}`).Status)
		_, err := p.ExpireSessions()
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, send(p, "/Document/SyncDocument", token, `{"DocCode":"A"}`).Status)
		require.Zero(t, p.State().Stored.Documents)
	})
}
