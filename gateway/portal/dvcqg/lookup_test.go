package dvcqg

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

func ask(t *testing.T, mode gateway.LookupMode, status int, body string) (gateway.Known, gateway.Outcome) {
	t.Helper()
	door := openDoor(t, says(status, body))
	cfg := config(door.URL)
	cfg.Lookup = mode
	known, out := destination(t, cfg, Deps{}).Lookup(t.Context(), sampleKey)
	_, calls := door.seen()
	require.Len(t, calls, 1)
	require.Equal(t, serviceLookup, calls[0].Service)
	require.Equal(t, sampleKey, calls[0].Key)
	require.Empty(t, calls[0].Data)
	require.Empty(t, calls[0].IsUpdating)
	return known, out
}

func TestLookupExistence(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   gateway.OutcomeKind
		cause  string
	}{
		"one element":                 {200, `{"error_code":0,"message":"Thành công","result":[{"MaHoSo":"H05.31-251103-0007"}]}`, gateway.Found, ""},
		"in small letters":            {200, `{"error_code":"00","message":"","result":[{"mahoso":"h05.31-251103-0007"}]}`, gateway.Found, ""},
		"one object":                  {200, `{"error_code":0,"result":{"MaHoSo":"H05.31-251103-0007"}}`, gateway.Found, ""},
		"an element without a number": {200, `{"error_code":0,"result":[{"ID":5}]}`, gateway.Found, ""},
		"a list of numbers":           {200, `{"error_code":0,"result":["H05.31-251103-0007"]}`, gateway.Found, ""},
		"a list as text":              {200, `{"error_code":0,"result":"[{\"MaHoSo\":\"H05.31-251103-0007\"}]"}`, gateway.Found, ""},
		"double-encoded":              {200, `{"error_code":"0","message":"{\"error_code\":0,\"result\":[{\"MaHoSo\":\"H05.31-251103-0007\"}]}"}`, gateway.Found, ""},
		"a bare list":                 {200, `[{"MaHoSo":"H05.31-251103-0007"}]`, gateway.Found, ""},
		"all of it as text":           {200, `"{\"error_code\":0,\"result\":[{\"MaHoSo\":\"H05.31-251103-0007\"}]}"`, gateway.Found, ""},

		"empty list":           {200, `{"error_code":0,"message":"Thành công","result":[]}`, gateway.Absent, ""},
		"null with code 0":     {200, `{"error_code":0,"message":"","result":null}`, gateway.Absent, ""},
		"no result, but words": {200, `{"error_code":0,"message":"Thành công"}`, gateway.Absent, ""},
		"said in words":        {200, `{"error_code":-1,"message":"Hồ sơ không tồn tại"}`, gateway.Absent, "dvcqg.absent"},
		"said in other words":  {200, `{"error_code":1,"message":"Không tìm thấy hồ sơ"}`, gateway.Absent, "dvcqg.absent"},

		"no result, no words":     {200, `{"error_code":0}`, gateway.Unavailable, "dvcqg.lookup.without_result"},
		"another dossier":         {200, `{"error_code":0,"result":[{"MaHoSo":"H05.31-251103-00071"}]}`, gateway.Unavailable, "dvcqg.lookup.other_key"},
		"a bad code with results": {200, `{"error_code":-1,"message":"Lỗi","result":[{"MaHoSo":"H05.31-251103-0007"}]}`, gateway.Unavailable, "dvcqg.refused:lỗi"},
		"a refusal":               {200, `{"error_code":-1,"message":"Thiếu trường mahoso"}`, gateway.Unavailable, "dvcqg.refused:thiếu trường mahoso"},
		"an error of the system":  {200, `{"error_code":-1,"message":"Lỗi hệ thống"}`, gateway.Unavailable, "dvcqg.system"},
		"empty body":              {200, ``, gateway.Unavailable, "dvcqg.body.empty"},
		"a page":                  {200, `<html>không tồn tại</html>`, gateway.Unavailable, "dvcqg.body.markup"},
		"broken off":              {200, `{"error_code":0,"result":[`, gateway.Unavailable, "dvcqg.body.broken_json"},
		"not found by the server": {404, `không tồn tại`, gateway.Unavailable, "dvcqg.http.404"},
		"throttled":               {429, ``, gateway.Throttled, "dvcqg.http.429"},
		"bad gateway":             {502, ``, gateway.Unavailable, "dvcqg.http.502"},
		"fault of the axis":       {200, `{"message":"Could not find addresses for service provider"}`, gateway.Unavailable, "dvcqg.axis.unknown_member"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			known, out := ask(t, gateway.ShowsExistence, tc.status, tc.body)
			require.Equal(t, tc.kind, out.Kind, "%+v", out)
			require.Equal(t, tc.cause, out.Cause)
			require.Equal(t, gateway.Known{Exists: tc.kind == gateway.Found}, known)
			require.Equal(t, tc.kind == gateway.Unavailable || tc.kind == gateway.Throttled, out.Err != nil)
			require.False(t, out.Whole)
			require.NotEqual(t, gateway.ShelfSource, out.Shelf)
		})
	}
}

func TestLookupWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	t.Run("is asked once more and is unavailable", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, func(int, envelope, http.ResponseWriter) { panic(http.ErrAbortHandler) })
		_, out := destination(t, config(door.URL), Deps{}).Lookup(t.Context(), sampleKey)
		require.Equal(t, gateway.Unavailable, out.Kind, "a read leaves no doubt behind")
		_, calls := door.seen()
		require.Len(t, calls, 2)
	})
	t.Run("a session that ends twice is unavailable", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, says(200, expired))
		_, out := destination(t, config(door.URL), Deps{}).Lookup(t.Context(), sampleKey)
		require.Equal(t, gateway.Unavailable, out.Kind)
		require.Equal(t, "dvcqg.session", out.Cause)
		logins, calls := door.seen()
		require.Equal(t, 2, logins)
		require.Len(t, calls, 2)
	})
}

// stored is what a portal would show of the dossier of birth with its steps.
func stored(t *testing.T, trail string) (string, []gateway.PlannedCall) {
	t.Helper()
	d := birth(t)
	d.Steps = birthSteps(t)
	calls := plan(t, d, gateway.Known{})
	header := string(calls[0].Payload[0])
	if trail == "" {
		trail = "[" + string(calls[1].Payload[0]) + "," + string(calls[1].Payload[1]) + "]"
	}
	item := strings.TrimSuffix(header, "}") + `,"DanhSachTienDo":` + trail + "}"
	return `{"error_code":0,"message":"Thành công","result":[` + item + `]}`, calls
}

func TestLookupShowsWhatIsDeclared(t *testing.T) {
	t.Parallel()
	body, calls := stored(t, "")
	for mode, want := range map[gateway.LookupMode]gateway.Known{
		gateway.ShowsExistence: {Exists: true},
		gateway.ShowsHeader:    {Exists: true, HeaderHash: calls[0].HeaderHash},
		gateway.ShowsTrail:     {Exists: true, HeaderHash: calls[0].HeaderHash, Steps: calls[1].Steps, TrailSeen: true},
	} {
		known, out := ask(t, mode, 200, body)
		require.Equal(t, gateway.Found, out.Kind)
		require.Equal(t, want, known, "%s", mode)
	}
}

func TestLookupReadsTrailsOfEveryShape(t *testing.T) {
	t.Parallel()
	_, calls := stored(t, "")
	both := calls[1].Steps
	asText, err := json.Marshal("[" + string(calls[1].Payload[0]) + "]")
	require.NoError(t, err)
	for name, tc := range map[string]struct {
		trail string
		steps []schema.StepKey
		seen  bool
	}{
		"numbers for text":       {`[{"ThoiDiemXuLy":20251103083000,"TrangThai":2},{"ThoiDiemXuLy":20251103101500,"TrangThai":4.0}]`, both, true},
		"codes with a zero":      {`[{"thoidiemxuly":"20251103083000","TRANGTHAI":"02"}]`, both[:1], true},
		"other dates":            {`[{"ThoiDiemXuLy":"2025-11-03T08:30:00","TrangThai":"2"}]`, both[:1], true},
		"as text":                {string(asText), both[:1], true},
		"one object":             {string(calls[1].Payload[0]), both[:1], true},
		"nothing yet":            {`[]`, nil, true},
		"null":                   {`null`, nil, true},
		"a step without a time":  {`[{"TrangThai":"2"},{"ThoiDiemXuLy":"20251103101500","TrangThai":"4"}]`, nil, false},
		"a step without a state": {`[{"ThoiDiemXuLy":"20251103083000","TrangThai":"11"}]`, nil, false},
		"no steps at all":        {`["2","4"]`, nil, false},
		"words":                  {`"đã ẩn"`, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, _ := stored(t, tc.trail)
			known, out := ask(t, gateway.ShowsTrail, 200, body)
			if !tc.seen {
				require.Equal(t, gateway.Unavailable, out.Kind)
				require.Equal(t, "dvcqg.lookup.without_trail", out.Cause)
				require.Equal(t, gateway.Known{}, known)
				return
			}
			require.Equal(t, gateway.Found, out.Kind)
			require.Equal(t, tc.steps, known.Steps)
			require.True(t, known.TrailSeen)
			require.Equal(t, calls[0].HeaderHash, known.HeaderHash)
		})
	}
	t.Run("a portal that shows less than declared", func(t *testing.T) {
		t.Parallel()
		const bare = `{"error_code":0,"result":[{"MaHoSo":"H05.31-251103-0007"}]}`
		_, out := ask(t, gateway.ShowsTrail, 200, bare)
		require.Equal(t, "dvcqg.lookup.without_trail", out.Cause)
		known, out := ask(t, gateway.ShowsHeader, 200, bare)
		require.Equal(t, gateway.Found, out.Kind)
		require.Equal(t, gateway.Known{Exists: true}, known, "a header that is not shown has no hash")
	})
}

func FuzzReadNeverFails(f *testing.F) {
	for _, tc := range classified {
		f.Add([]byte(tc.body))
	}
	f.Add([]byte(`{"error_code":0,"result":[{"MaHoSo":1e400,"TaiLieuNop":{"a":[]},"DinhDanhCHS":"[1,{\"SoDinhDanh\":2}]"}]}`))
	d := offlineFor(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		a, wrong := read(body)
		if (wrong == "") != a.Formed {
			t.Fatal("a body is an answer or is not")
		}
		found, _ := d.mine(a.Result, sampleKey)
		known := d.shown(found, sampleKey)
		if !known.TrailSeen && known.Exists && known.HeaderHash != (schema.Hash{}) && len(found) == 0 {
			t.Fatal("a header of nothing")
		}
	})
}

func offlineFor(t testing.TB) *Destination {
	cfg := config("http://127.0.0.1:1")
	cfg.Lookup = gateway.ShowsTrail
	return destination(t, cfg, Deps{})
}
