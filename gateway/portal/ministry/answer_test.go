package ministry

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

const goodToken = `{"data":{"access_token":"the-canary-tho","expires_in":3600,"token_type":"Bearer","scope":"default"}}`

// says is a portal that logs in and answers everything else in one way.
func says(t *testing.T, status int, body string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/GetToken") {
			_, _ = io.WriteString(w, goodToken)
			return
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const number = `{"MaHoSo":"G15.07-1","ChuHoSo":"Nguyễn Thị Hạnh"}`
	for name, tc := range map[string]struct {
		op     gateway.Operation
		status int
		body   string
		kind   gateway.OutcomeKind
		shelf  gateway.Shelf
		cause  string
		issued string
	}{
		"created":                      {gateway.OpCreate, 200, `{"code":200,"message":"Thành công","data":{"idHoSo":"665f","maHoSo":"G15.07-1"}}`, gateway.Delivered, "", "", "665f"},
		"created, in few words":        {gateway.OpCreate, 200, `{"data":{"IdHoSo":665}}`, gateway.Delivered, "", "", "665"},
		"created without an id":        {gateway.OpCreate, 200, `{"code":200,"message":"Thành công","data":null}`, gateway.Unknown, gateway.ShelfDestination, "create.without_id", ""},
		"created under another number": {gateway.OpCreate, 200, `{"code":200,"data":{"idHoSo":"665f","maHoSo":"G15.07-2"}}`, gateway.Unknown, gateway.ShelfDestination, "create.without_id", ""},
		"exists":                       {gateway.OpCreate, 400, `{"code":400,"message":"Mã hồ sơ G15.07-1 đã tồn tại"}`, gateway.Exists, "", "exists", ""},
		"exists, with its id":          {gateway.OpCreate, 400, `{"message":"Hồ sơ đã tồn tại","data":{"idHoSo":"665f"}}`, gateway.Exists, "", "exists", "665f"},
		"a field is missing":           {gateway.OpCreate, 400, `{"message":"Thiếu trường NgayNop"}`, gateway.RefusedData, gateway.ShelfSource, "refused:thiếu trường ngaynop", ""},
		"a refusal names its dossier":  {gateway.OpCreate, 400, `{"code":400,"message":"Hồ sơ G15.07-1 của Nguyễn Thị Hạnh sai đơn vị"}`, gateway.RefusedData, gateway.ShelfSource, "refused:hồ sơ # của # sai đơn vị", ""},
		"400 in no form":               {gateway.OpCreate, 400, `Bad Request`, gateway.RefusedData, gateway.ShelfGateway, "http.400", ""},
		"400 without its words":        {gateway.OpCreate, 400, ``, gateway.RefusedData, gateway.ShelfDestination, "refusal.unread", ""},
		"400 that breaks off":          {gateway.OpCreate, 400, `{"code":400,"message":"Mã hồ sơ đã tồ`, gateway.RefusedData, gateway.ShelfDestination, "refusal.unread", ""},
		"400 to steps that breaks off": {gateway.OpSteps, 400, `{"code":400`, gateway.RefusedData, gateway.ShelfDestination, "refusal.unread", ""},
		"400 that says success":        {gateway.OpCreate, 400, `{"code":200,"message":"Thành công"}`, gateway.Unknown, gateway.ShelfDestination, "contradiction", ""},
		"may not, it says itself":      {gateway.OpCreate, 403, `{"code":403,"message":"Không có quyền"}`, gateway.RefusedData, gateway.ShelfGateway, "refused:không có quyền", ""},
		"may not, says a front":        {gateway.OpCreate, 403, `<html>Forbidden</html>`, gateway.Unavailable, gateway.ShelfGateway, "http.403", ""},
		"no such path":                 {gateway.OpCreate, 404, `404 page not found`, gateway.Unavailable, gateway.ShelfGateway, "http.404", ""},
		"the bus did not reach it":     {gateway.OpCreate, 502, `<html>`, gateway.Unknown, gateway.ShelfDestination, "http.502", ""},
		"its own error":                {gateway.OpCreate, 500, `{"code":500,"message":"Lỗi hệ thống"}`, gateway.Unknown, gateway.ShelfDestination, "http.500", ""},
		"its own error with 200":       {gateway.OpCreate, 200, `{"code":500,"message":"x"}`, gateway.Unknown, gateway.ShelfDestination, "system", ""},
		"a list":                       {gateway.OpCreate, 200, `[]`, gateway.Unknown, gateway.ShelfDestination, "body.foreign", ""},
		"another object":               {gateway.OpCreate, 200, `{"status":"UP"}`, gateway.Unknown, gateway.ShelfDestination, "body.foreign", ""},
		"steps":                        {gateway.OpSteps, 200, `{"code":200,"message":"Thành công"}`, gateway.Delivered, "", "", ""},
		"steps of nothing":             {gateway.OpSteps, 400, `{"code":400,"message":"Hồ sơ không tồn tại"}`, gateway.Absent, "", "absent", ""},
		"a component of nothing":       {gateway.OpSteps, 400, `{"code":400,"message":"Thành phần hồ sơ không tồn tại"}`, gateway.RefusedData, gateway.ShelfSource, "refused:thành phần hồ sơ không tồn tại", ""},
		"status, denied":               {gateway.OpStatus, 200, `{"code":200,"message":"Không thành công"}`, gateway.Unknown, gateway.ShelfDestination, "contradiction", ""},
		"status, refused with 200":     {gateway.OpStatus, 200, `{"code":-1,"message":"Trạng thái không hợp lệ"}`, gateway.RefusedData, gateway.ShelfSource, "refused:trạng thái không hợp lệ", ""},
		"a number":                     {gateway.OpNumber, 200, `{"value":"G09.20-20260609-0092637"}`, gateway.Delivered, "", "", "G09.20-20260609-0092637"},
		"no number":                    {gateway.OpNumber, 200, `{"value":""}`, gateway.Unknown, gateway.ShelfDestination, "number.missing", ""},
		"a sentence for a number":      {gateway.OpNumber, 200, `{"value":"chưa cấp được số"}`, gateway.Unknown, gateway.ShelfDestination, "number.missing", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := destination(t, config(says(t, tc.status, tc.body).URL), Deps{})
			out := d.Send(t.Context(), tc.op, []gateway.PlannedCall{{Operation: tc.op, Key: "K-0001", Payload: [][]byte{[]byte(number)}}})[0]
			require.Equal(t, tc.kind, out.Kind, "%+v", out)
			require.Equal(t, tc.shelf, out.Shelf)
			require.Equal(t, tc.cause, strings.TrimPrefix(out.Cause, "ministry."))
			require.Equal(t, tc.issued, out.Issued["id"]+out.Issued["number"])
			require.Equal(t, tc.status, out.HTTPStatus)
			require.NotContains(t, out.Message+fmt.Sprint(out.Err), "Hạnh")
		})
	}
}

// A refusal that nobody could read is made again, but for a request for papers, which may stand there.
func TestARefusalOfStepsThatNobodyCouldRead(t *testing.T) {
	t.Parallel()
	cut := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/GetToken") {
			_, _ = io.WriteString(w, goodToken)
			return
		}
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"code":400,"message":`)
	}))
	t.Cleanup(cut.Close)
	for key, want := range map[schema.StepKey]gateway.OutcomeKind{"K/20260609090000/4": gateway.RefusedData, "K/20260609090000/5": gateway.Unknown} {
		for wire, address := range map[string]string{"ends": says(t, 400, `{"code":400,"mess`).URL, "is cut": cut.URL} {
			d := destination(t, config(address), Deps{})
			out := d.Send(t.Context(), gateway.OpSteps, []gateway.PlannedCall{{
				Operation: gateway.OpSteps, Key: "K", Payload: [][]byte{[]byte(`{}`)}, Steps: []schema.StepKey{"K/20260609083000/2", key},
			}})[0]
			require.Equal(t, want, out.Kind, wire)
			require.Equal(t, []any{gateway.ShelfDestination, "ministry.refusal.unread", 400}, []any{out.Shelf, out.Cause, out.HTTPStatus}, wire)
		}
	}
}

func TestPagesAreShownMaskedAndCut(t *testing.T) {
	t.Parallel()
	page := `<html><p>Nguyễn Thị Hạnh 027192004321</p>` + strings.Repeat("Hệ thống tạm dừng. ", 200)
	d := destination(t, config(says(t, 502, page).URL), Deps{})
	out := d.Send(t.Context(), gateway.OpSteps, []gateway.PlannedCall{{Operation: gateway.OpSteps, Payload: [][]byte{[]byte(`{"NguoiXuLy":"x"}`)}}})[0]
	require.LessOrEqual(t, utf8.RuneCountInString(out.Message), 500)
	require.Contains(t, out.Message, "Hệ thống tạm dừng")
	require.NotContains(t, out.Message, "027192004321")
	require.NotContains(t, out.Message, "Hạnh")
}

func TestLoginFailures(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   gateway.OutcomeKind
		shelf  gateway.Shelf
		cause  string
	}{
		"refused":     {401, `{"code":401,"message":"Sai may-khach"}`, gateway.Unavailable, gateway.ShelfGateway, "ministry.login.http.401"},
		"no token":    {200, `{"data":{"expires_in":3600}}`, gateway.Unavailable, gateway.ShelfDestination, "ministry.login.contradiction"},
		"a page":      {200, `<html>`, gateway.Unavailable, gateway.ShelfDestination, "ministry.login.body.markup"},
		"bad gateway": {502, ``, gateway.Unavailable, gateway.ShelfDestination, "ministry.login.http.502"},
		"throttled":   {429, ``, gateway.Throttled, gateway.ShelfDestination, "ministry.login.http.429"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			calls := 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			}))
			defer s.Close()
			d := destination(t, config(s.URL), Deps{Logger: slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			out := d.Send(t.Context(), gateway.OpNumber, []gateway.PlannedCall{{Operation: gateway.OpNumber}})[0]
			require.Equal(t, []any{tc.kind, tc.shelf, tc.cause, tc.status}, []any{out.Kind, out.Shelf, out.Cause, out.HTTPStatus})
			require.Equal(t, 1, calls, "nothing is sent without a token, and a failed login is not repeated")
			require.NotContains(t, log.String()+fmt.Sprintf("%+v %v", out, d.cfg), "canary")
			require.Equal(t, tc.cause, d.Greet(t.Context()).Cause)
		})
	}
	t.Run("a token without an envelope is one too", func(t *testing.T) {
		t.Parallel()
		d := destination(t, config(says(t, 200, `{"value":"A-1"}`).URL), Deps{})
		require.Equal(t, gateway.Delivered, d.Greet(t.Context()).Kind)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"access_token":"x","expires_in":"60"}`)
		}))
		defer s.Close()
		require.Equal(t, gateway.Delivered, destination(t, config(s.URL), Deps{}).Greet(t.Context()).Kind)
	})
}

func TestUploadFailures(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, func(c *Config) { c.FileLimit = 64 })
	for path, want := range map[string]struct {
		kind  gateway.OutcomeKind
		shelf gateway.Shelf
		cause string
	}{
		"/a":             {gateway.Delivered, "", ""},
		"/mat":           {gateway.RefusedData, gateway.ShelfSource, "ministry.file.http.404"},
		"/rong":          {gateway.RefusedData, gateway.ShelfSource, "ministry.file.empty"},
		"/rat-dai":       {gateway.RefusedData, gateway.ShelfSource, "ministry.file.too_large"},
		"/nghen":         {gateway.Unavailable, gateway.ShelfGateway, "ministry.file.http.503"},
		"/chuyen-huong":  {gateway.Unavailable, gateway.ShelfGateway, "ministry.file.http.302"},
		"http://[::1]/f": {gateway.RefusedData, gateway.ShelfSource, "ministry.paper.host_not_allowed"},
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			url := s.files.URL + path
			if strings.HasPrefix(path, "http") {
				url = path
			}
			calls, err := planUploads("K", []schema.Paper{{Name: "a.pdf", URL: url}}, nil)
			require.NoError(t, err)
			out := s.Send(t.Context(), gateway.OpUpload, calls)[0]
			require.Equal(t, want.kind, out.Kind, "%+v", out)
			require.Equal(t, want.shelf, out.Shelf)
			require.Equal(t, want.cause, out.Cause)
			require.Equal(t, want.kind == gateway.Delivered, len(out.Issued) == 1)
			require.NotContains(t, fmt.Sprint(out.Err), path)
		})
	}
	t.Run("a portal that took other bytes", func(t *testing.T) {
		t.Parallel()
		wrong := `{"data":[{"response":{"data":[{"IdTepTin":"a1","HashTepTin":"sha256:` + strings.Repeat("0", 64) + `"}]}}]}`
		d := destination(t, config(says(t, 200, wrong).URL), Deps{})
		calls, err := planUploads("K", []schema.Paper{{URL: s.files.URL + "/a"}}, nil)
		require.NoError(t, err)
		out := d.Send(t.Context(), gateway.OpUpload, calls)[0]
		require.Equal(t, "ministry.upload.hash_differs", out.Cause)
		require.Empty(t, out.Issued)
	})
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"no code":        func(c *Config) { c.Code = "" },
		"no address":     func(c *Config) { c.URL = "" },
		"not http":       func(c *Config) { c.URL = "ftp://127.0.0.1" },
		"a query":        func(c *Config) { c.URL += "?x=1" },
		"no client":      func(c *Config) { c.ClientID = "" },
		"no secret":      func(c *Config) { c.ClientSecret = "" },
		"no number code": func(c *Config) { c.NumberCode = "" },
		"no unit":        func(c *Config) { c.Unit = "" },
		"unknown create": func(c *Config) { c.UnknownCreate = "hope" },
		"a file host":    func(c *Config) { c.FileHosts = []string{"*.example.vn"} },
		"kinds":          func(c *Config) { c.Receives = []schema.Kind{schema.KindPerson} },
		"negative":       func(c *Config) { c.Timeout = -1 },
		"far away":       func(c *Config) { c.URL = "http://10.1.2.3/ministry" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config("http://127.0.0.1:1")
			change(&cfg)
			_, err := New(cfg, Deps{})
			require.Equal(t, fault.Usage, fault.CodeOf(err))
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

// FuzzRead: whatever comes back, reading it ends, and nothing that is no good
// JSON object counts as an answer.
func FuzzRead(f *testing.F) {
	for _, body := range []string{
		goodToken, `{"code":200,"message":"Thành công","data":{"idHoSo":"665f","maHoSo":"G15.07-1"}}`, `{"value":"G09.20-1"}`, "<html>", "", `{"code":`,
		`{"data":[{"response":{"data":[{"IdTepTin":"a1f0","HashTepTin":"sha256:0011"}]}}]}`, `{"code":1,"CODE":2}`, "\xEF\xBB\xBF{}", `[[[]]]`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, wrong := read(body)
		require.False(t, wrong != "" && a.Formed)
		_, _ = tokenOf(a)
		h := uploaded(a)
		if plausible(h.id) && plausible(h.hash) {
			back := issued{fileName("u"): h.id + " " + h.hash}.file("u")
			require.Equal(t, h, back)
		}
	})
}
