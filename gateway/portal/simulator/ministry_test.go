package simulator

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
)

// bureau is the portal of a ministry, called in process.
type bureau struct {
	*portal
	token string
}

func openBureau(t testing.TB, o Options) *bureau {
	t.Helper()
	b := &bureau{portal: open(t, o)}
	out := b.ask(http.MethodPost, serviceGetToken, jsonType, `{"client_id":"a","client_secret":"b"}`)
	require.Equal(t, http.StatusOK, out.Status, out.Raw)
	b.token = at(t, out.Raw, "data", "access_token")
	return b
}

func (b *bureau) ask(method, path, contentType, body string) said {
	req := httptest.NewRequest(method, folderOfMinistry+"/"+path, strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+b.token)
	return b.serve(req)
}

func (b *bureau) send(service, body string) said {
	return b.ask(http.MethodPost, service, jsonType, body)
}

func (b *bureau) number(t testing.TB) string {
	t.Helper()
	return at(t, b.ask(http.MethodGet, serviceNextValue+"?code=000.00.07.G15", "", "").Raw, "value")
}

func (b *bureau) upload(t testing.TB, part, content string) said {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	one, err := w.CreateFormFile(part, "a.pdf")
	require.NoError(t, err)
	_, err = one.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.ask(http.MethodPost, serviceUpload, w.FormDataContentType(), body.String())
}

// at follows members of an answer to a text.
func at(t testing.TB, raw string, path ...string) (text string) {
	t.Helper()
	value := jsontext.Value(raw)
	for _, name := range path {
		var members map[string]jsontext.Value
		require.NoError(t, json.Unmarshal(value, &members), raw)
		value = members[name]
	}
	require.NoError(t, json.Unmarshal(value, &text), raw)
	return text
}

func handedIn(number string, pairs ...string) string {
	return with([][2]string{
		{"MaHoSo", `"` + number + `"`}, {"MaTTHC", `"1.001193"`}, {"MaDichVuCong", `"1.001193"`}, {"ChuHoSo", `"Nguyễn Thị Thử"`},
		{"LoaiDoiTuong", `0`}, {"MaDonViTiepNhan", `"G15.07"`}, {"NgayNop", `"2026-06-09 08:05:12"`}, {"NgayTiepNhan", `"2026-06-09 08:30:00"`},
		{"ThanhPhanHoSo", `[]`}, {"ThongTinNguoiNop", `{"LoaiDoiTuong":0,"ThongTinChiTiet":{"TenNguoiNop":"Nguyễn Thị Thử"}}`},
	}, pairs...)
}

func tienTrinh(number, id, moment, status string) string {
	return `{"IDHoSo":"` + id + `","MaHoSo":"` + number + `","NguoiXuLy":"Lê Văn Thử","ThoiDiemXuLy":"` + moment + `","NoiDungXuLy":"x","TrangThai":` + status + `}`
}

func TestMinistry(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/portal.jsonl"
	b := openBureau(t, Options{LogPath: path})
	number := b.number(t)
	require.Regexp(t, `^G15\.07-\d{8}-0000001$`, number)
	up := b.upload(t, "files", "nội dung")
	require.Equal(t, http.StatusOK, up.Status)
	var uploaded struct {
		Data []struct {
			Response struct {
				Data []struct {
					ID   string `json:"IdTepTin"`
					Hash string `json:"HashTepTin"`
				} `json:"data"`
			} `json:"response"`
		} `json:"data"`
	}
	require.NoError(t, json.Unmarshal([]byte(up.Raw), &uploaded))
	file := uploaded.Data[0].Response.Data[0]
	papers := `[{"MaThanhPhanHoSo":"TP","LoaiBan":2,"GiayToDinhKem":[{"IdGiayTo":"` + file.ID + `","HashTepTin":"` + file.Hash + `"}]}]`
	made := b.send(serviceCreate, handedIn(number, "ThanhPhanHoSo", papers))
	require.Equal(t, http.StatusOK, made.Status, made.Raw)
	id := at(t, made.Raw, "data", "idHoSo")
	require.Equal(t, number, at(t, made.Raw, "data", "maHoSo"))
	require.Len(t, id, 24)
	step := tienTrinh(number, id, "2026-06-09T08:30:00.000", "2")
	require.Equal(t, http.StatusOK, b.send(serviceTrail, "["+step+","+step+"]").Status)
	require.Equal(t, http.StatusOK, b.send(serviceState, `[{"IdHoSo":"`+id+`","MaHoSo":"`+number+`","TrangThai":6,"DanhSachLePhi":[]}]`).Status)
	again := b.number(t)

	t.Run("refuses what the contract does not allow", func(t *testing.T) {
		for name, out := range map[string]said{
			"a number twice":          b.send(serviceCreate, handedIn(number)),
			"a number of nobody":      b.send(serviceCreate, handedIn("G15.07-20260609-9999999")),
			"a code as text":          b.send(serviceCreate, handedIn(again, "LoaiDoiTuong", `"0"`)),
			"no owner":                b.send(serviceCreate, handedIn(again, "ChuHoSo", "-")),
			"a date of gen-1":         b.send(serviceCreate, handedIn(again, "NgayNop", `"20260609080512"`)),
			"a file of nobody":        b.send(serviceCreate, handedIn(again, "ThanhPhanHoSo", strings.ReplaceAll(papers, file.ID, "f0"))),
			"a file of other content": b.send(serviceCreate, handedIn(again, "ThanhPhanHoSo", strings.ReplaceAll(papers, file.Hash, "sha256:00"))),
			"another id":              b.send(serviceTrail, "["+tienTrinh(number, "665f", "2026-06-09T08:30:00.000", "2")+"]"),
			"a step without seconds":  b.send(serviceTrail, "["+tienTrinh(number, id, "2026-06-09T08:30", "2")+"]"),
			"no list":                 b.send(serviceTrail, step),
			"an empty list":           b.send(serviceTrail, "[]"),
			"fees with 4":             b.send(serviceState, `[{"IdHoSo":"`+id+`","MaHoSo":"`+number+`","TrangThai":4,"DanhSachLePhi":[]}]`),
			"status 11":               b.send(serviceState, `[{"IdHoSo":"`+id+`","MaHoSo":"`+number+`","TrangThai":11}]`),
			"a file in another part":  b.upload(t, "file", "x"),
			"a number for nobody":     b.ask(http.MethodGet, serviceNextValue, "", ""),
			"no JSON":                 b.send(serviceCreate, "{"),
		} {
			require.Equal(t, http.StatusBadRequest, out.Status, "%s: %s", name, out.Raw)
			require.NotEmpty(t, out.Message, name)
			require.NotContains(t, out.Raw, "idHoSo", name)
		}
	})
	t.Run("a list is refused as a whole", func(t *testing.T) {
		good := tienTrinh(number, id, "2026-06-09T09:00:00.000", "4")
		require.Equal(t, http.StatusBadRequest, b.send(serviceTrail, "["+good+","+tienTrinh("A-1", id, "2026-06-09T09:00:00.000", "4")+"]").Status)
		d, _ := b.Dossier(number)
		require.Len(t, d.Steps, 2)
	})
	t.Run("wants a token", func(t *testing.T) {
		stranger := &bureau{portal: b.portal, token: "x"}
		require.Equal(t, http.StatusUnauthorized, stranger.send(serviceCreate, handedIn(again)).Status)
		require.Equal(t, http.StatusUnauthorized, b.ask(http.MethodPost, serviceGetToken, jsonType, `{}`).Status)
	})
	t.Run("may tell the id of what exists, and may be closed", func(t *testing.T) {
		require.NoError(t, b.change(func(sw *Switches) error { sw.Ministry.ExistsShowsID = true; return nil }))
		require.Equal(t, id, at(t, b.send(serviceCreate, handedIn(number)).Raw, "data", "idHoSo"))
		b.on(Fault{Name: FaultDuplicateAnswer, Count: 1})
		other := b.number(t)
		repeat := b.send(serviceCreate, handedIn(other))
		require.Equal(t, http.StatusBadRequest, repeat.Status)
		require.Equal(t, idHoSo(other), at(t, repeat.Raw, "data", "idHoSo"), "also where it is a repeat by mistake")
		require.NoError(t, b.change(func(sw *Switches) error { sw.Ministry.Closed = true; return nil }))
		require.Equal(t, http.StatusNotFound, b.send(serviceCreate, handedIn(again)).Status)
	})
	t.Run("knows everything after a restart", func(t *testing.T) {
		before := b.State().Stored
		require.Equal(t, []int{3, 1, 2, 2, 1, 1}, []int{before.Numbers, before.Uploads, before.Dossiers, before.Steps, before.StepRepeats, before.States})
		p := reopen(t, path)
		require.Equal(t, before, p.State().Stored)
		d, ok := p.Dossier(number)
		require.True(t, ok)
		require.Len(t, d.States, 1)
		c := &bureau{portal: p}
		c.token = at(t, c.ask(http.MethodPost, serviceGetToken, jsonType, `{"client_id":"a","client_secret":"b"}`).Raw, "data", "access_token")
		require.Equal(t, http.StatusOK, c.send(serviceCreate, handedIn(again, "ThanhPhanHoSo", papers)).Status, "its numbers and files are known")
		require.True(t, strings.HasSuffix(c.number(t), "-0000004"))
		require.Equal(t, http.StatusOK, c.send(serviceTrail, "["+step+"]").Status)
		require.Equal(t, before.StepRepeats+1, p.State().Stored.StepRepeats)
	})
}
