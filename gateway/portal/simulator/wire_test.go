package simulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	t.Run("gives an opaque session with code 0", func(t *testing.T) {
		p := open(t, Options{})
		got := p.login()
		require.Equal(t, "0", string(got.Code))
		require.Equal(t, "Thành công", got.Message)
		require.NotEmpty(t, got.Session)
		require.NotEqual(t, p.session, got.Session)
	})
	t.Run("without a body is a business error", func(t *testing.T) {
		got := open(t, Options{}).post(loginPath, "")
		require.Equal(t, http.StatusOK, got.Status)
		require.Equal(t, "-1", string(got.Code))
		require.Empty(t, got.Session)
	})
	t.Run("of an unknown account or with a wrong password gives no session", func(t *testing.T) {
		p := open(t, Options{Accounts: map[string]string{agencyCode: "thử"}})
		require.NotEmpty(t, p.session)
		for _, body := range []string{`{"username":"ai đó","password":"thử"}`, `{"username":"` + agencyCode + `","password":"sai"}`} {
			got := p.post(loginPath, body)
			require.Equal(t, "-1", string(got.Code))
			require.Empty(t, got.Session)
		}
	})
	t.Run("the alias path answers too", func(t *testing.T) {
		path := strings.Replace(loginPath, "VXPAdapter", "XrdAdapter", 1)
		require.NotEmpty(t, open(t, Options{}).post(path, `{"username":"a","password":"b"}`).Session)
	})
}

func TestSession(t *testing.T) {
	t.Parallel()
	const expired = "Phiên làm việc không hợp lệ hoặc đã hết hạn"
	t.Run("an unknown session is refused with its own text", func(t *testing.T) {
		p := open(t, Options{})
		p.session = "không có"
		got := p.lookUp("H05.31-251103-0001")
		require.Equal(t, "-1", string(got.Code))
		require.Equal(t, expired, got.Message)
	})
	t.Run("it ends after its time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{SessionTTL: 30 * time.Minute})
			time.Sleep(30*time.Minute - time.Second)
			require.Equal(t, "Thành công", p.lookUp("X").Message)
			time.Sleep(time.Second)
			require.Equal(t, expired, p.lookUp("X").Message)
			require.Zero(t, p.State().Sessions)
		})
	})
	t.Run("it ends after its calls", func(t *testing.T) {
		p := open(t, Options{SessionCalls: 2})
		require.Equal(t, "Thành công", p.lookUp("X").Message)
		require.Equal(t, "Thành công", p.lookUp("X").Message)
		require.Equal(t, expired, p.lookUp("X").Message)
	})
	t.Run("it ends on demand", func(t *testing.T) {
		p := open(t, Options{})
		n, err := p.ExpireSessions()
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, expired, p.lookUp("X").Message)
		require.Equal(t, "sessions_expire", last(p.lines("fault")).Name)
	})
	t.Run("a second login keeps the first by default and ends it when sessions are single", func(t *testing.T) {
		for single, want := range map[bool]string{false: "Thành công", true: expired} {
			p := open(t, Options{SingleSession: single})
			require.NotEmpty(t, p.login().Session)
			require.Equal(t, want, p.lookUp("X").Message)
		}
	})
}

func TestRouting(t *testing.T) {
	t.Parallel()
	const probe = `{"username":"a","password":"b"}`
	send := func(t *testing.T, p *portal, target, header string) said {
		t.Helper()
		req := httptest.NewRequest(http.MethodPost, target, strings.NewReader(probe))
		if header != "" {
			req.Header.Set("dstcode", header)
		}
		return p.serve(req)
	}
	t.Run("dstcode is taken from the header or from the query", func(t *testing.T) {
		p := open(t, Options{})
		require.NotEmpty(t, send(t, p, loginPath, DefaultDestination).Session)
		require.NotEmpty(t, send(t, p, loginPath+"?dstcode="+DefaultDestination, "").Session)
	})
	t.Run("a missing or wrong dstcode is an adapter fault with HTTP 200 and no error_code", func(t *testing.T) {
		p := open(t, Options{})
		for _, header := range []string{"", "VN:COM:0100000000:Khac"} {
			got := send(t, p, loginPath, header)
			require.Equal(t, http.StatusOK, got.Status)
			require.Empty(t, got.Code)
			require.Contains(t, got.Raw, `"type":"Server.ClientProxy.UnknownMember"`)
		}
	})
	t.Run("the adapter fault can be XML", func(t *testing.T) {
		got := send(t, open(t, Options{AdapterFault: AdapterFaultXML}), loginPath, "sai")
		require.Equal(t, http.StatusOK, got.Status)
		require.Contains(t, got.Raw, "<faultcode>")
		require.Contains(t, got.Header.Get("Content-Type"), "xml")
	})
	t.Run("a stray write stores nothing", func(t *testing.T) {
		p := open(t, Options{})
		body := `{"session":"` + p.session + `","madonvi":"x","service":"DongBoHoSoMC",` + data(record("A-1")) + `}`
		p.serve(httptest.NewRequest(http.MethodPost, callPath, strings.NewReader(body)))
		require.Zero(t, p.State().Stored.Dossiers)
		require.Equal(t, "dossier", last(p.lines("call")).Op)
	})
}

func TestEnvelope(t *testing.T) {
	t.Parallel()
	t.Run("an unknown service, a missing madonvi and a broken body are business errors", func(t *testing.T) {
		p := open(t, Options{})
		require.Equal(t, textUnknown, p.call("XoaHoSo").Message)
		require.Equal(t, "Thiếu trường madonvi", p.post(callPath, `{"session":"`+p.session+`","service":"TraCuuHoSo","mahoso":"x"}`).Message)
		for _, body := range []string{"", "không phải JSON", `[]`, `{"service":1}`, `{"service":"TraCuuHoSo","service":"TraCuuHoSo"}`} {
			got := p.post(callPath, body)
			require.Equal(t, http.StatusOK, got.Status)
			require.Equal(t, "-1", string(got.Code), body)
		}
	})
	t.Run("codes are written in the style of the route", func(t *testing.T) {
		for style, want := range map[CodeStyle][3]string{
			CodesMixed: {`0`, `"-3"`, `-1`}, CodesInt: {`0`, `-3`, `-1`},
			CodesString: {`"0"`, `"-3"`, `"-1"`}, CodesLegacy: {`"00"`, `"-3"`, `"-1"`},
		} {
			p := open(t, Options{Codes: CodesInt, CodesByOp: map[Op]CodeStyle{OpDossier: style}})
			require.Equal(t, want[0], string(p.create(record("A-1")).Code), style)
			require.Equal(t, want[1], string(p.create(record("A-1")).Code), style)
			require.Equal(t, want[2], string(p.update(record("A-2")).Code), style)
			require.Equal(t, "0", string(p.lookUp("A-1").Code), style)
		}
	})
	t.Run("isUpdating is True, true or a boolean, and nothing else", func(t *testing.T) {
		p := open(t, Options{})
		for i, flag := range []string{`"False"`, `"false"`, `false`} {
			require.Equal(t, textStored, p.call("DongBoHoSoMC", `"isUpdating":`+flag, data(record("A-"+string(rune('1'+i))))).Message, flag)
		}
		for _, flag := range []string{`"True"`, `"true"`, `true`} {
			require.Equal(t, textStored, p.call("DongBoHoSoMC", `"isUpdating":`+flag, data(record("A-1"))).Message, flag)
		}
		for _, flag := range []string{`"có"`, `1`, `{}`} {
			require.Equal(t, textFormat("isUpdating"), p.call("DongBoHoSoMC", `"isUpdating":`+flag, data(record("A-1"))).Message, flag)
		}
	})
	t.Run("the catalogue services answer in their real shape", func(t *testing.T) {
		p := open(t, Options{})
		require.Contains(t, string(p.call("LayDanhSachTTHC").Result), `{"MATTHC":"1.001193","TENTTHC":"Thủ tục đăng ký khai sinh"}`)
		require.Equal(t, `[{"MALINHVUC":"G15-HT01","MANGANH":"G15","TENLINHVUC":"Hộ tịch"}]`, string(p.call("LayDanhMucLinhVuc").Result))
		require.Contains(t, string(p.call("LayThuTuc", `"maTTHC":"1.004873"`).Result), `"SOTIEN":"15.000"`)
		require.Equal(t, textNoProcedure, p.call("LayThuTuc", `"maTTHC":"9.999999"`).Message)
		require.Equal(t, "Thiếu trường maTTHC", p.call("LayThuTuc").Message)
		body := `{"session":"` + p.session + `","madonvi":"x","service":"LayDanhSachTTHC"}`
		require.Equal(t, "0", string(p.post(sharePath, body).Code))
	})
	t.Run("other methods and paths are not the portal's", func(t *testing.T) {
		p := open(t, Options{})
		require.Equal(t, http.StatusMethodNotAllowed, p.serve(httptest.NewRequest(http.MethodGet, callPath, nil)).Status)
		require.Equal(t, http.StatusNotFound, p.post("/mapi/g", "{}").Status)
	})
}

func TestWrapper(t *testing.T) {
	t.Parallel()
	const path = "/api/SynsTTHCC/DongBoHoSoMC?MaDinhDanhDV=000.00.00.H42&isUpdating="
	t.Run("takes a bare array, needs no session and answers with codes as text", func(t *testing.T) {
		p := open(t, Options{})
		got := p.post(path+"False", "["+record("A-1")+"]")
		require.Equal(t, `"0"`, string(got.Code))
		require.Equal(t, "Thêm mới thành công", got.Message)
		require.Contains(t, p.post(path+"False", "["+record("A-1")+"]").Message, "đã tồn tại")
		require.Contains(t, p.post(path+"True", "["+record("A-1", "TrangThaiHoSo", `"9"`)+"]").Message, "thành công")
		require.Contains(t, p.post(path+"True", "["+record("A-2")+"]").Message, "không tồn tại")
		steps := "/api/SynsTTHCC/CapNhatTienDoHoSoMC?MaDinhDanhDV=000.00.00.H42"
		require.Contains(t, p.post(steps, "["+progressStep("A-1", "20251103083000", "2")+"]").Message, "thành công")
		require.Equal(t, Totals{Dossiers: 1, Updates: 1, Steps: 1}, p.State().Stored)
	})
	t.Run("refuses a call without the agency or with a body that is no array", func(t *testing.T) {
		p := open(t, Options{})
		require.Equal(t, textMissing("MaDinhDanhDV"), p.post("/api/SynsTTHCC/DongBoHoSoMC", "["+record("A-1")+"]").Message)
		require.Equal(t, textFormat("data"), p.post(path+"False", record("A-1")).Message)
		require.Equal(t, textFormat("isUpdating"), p.post(path+"1", "["+record("A-1")+"]").Message)
	})
}
