package dvcqg

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
)

const (
	create = gateway.OpCreate
	update = gateway.OpUpdate
	onward = gateway.OpSteps
)

// classified is the whole table of what answers mean.
var classified = []struct {
	name   string
	op     gateway.Operation
	status int
	body   string
	kind   gateway.OutcomeKind
	shelf  gateway.Shelf
	cause  string
}{
	{"success", create, 200, `{"error_code":0,"message":"Đồng bộ hồ sơ thành công"}`, gateway.Delivered, "", ""},
	{"success with a text code", update, 200, `{"error_code":"0","message":"Cập nhật thành công"}`, gateway.Delivered, "", ""},
	{"success of the old kind", create, 200, `{"error_code":"00","message":"THÀNH CÔNG"}`, gateway.Delivered, "", ""},
	{"success decomposed", create, 200, norm.NFD.String(`{"error_code":0,"message":"Thành công"}`), gateway.Delivered, "", ""},
	{"success with other names", create, 201, `{"errorCode":"0","Message":"thành công"}`, gateway.Delivered, "", ""},
	{"success behind a byte order mark", create, 200, "\ufeff" + `{"error_code":0,"message":"thành công"}`, gateway.Delivered, "", ""},
	{"success inside a wrapper", create, 200, `{"error_code":"0","message":"{\"error_code\":0,\"message\":\"Thêm mới thành công\"}"}`, gateway.Delivered, "", ""},
	{"steps need the text alone", onward, 200, `{"message":"Cập nhật tiến độ thành công"}`, gateway.Delivered, "", ""},
	{"steps answered with one string", onward, 200, `"Cập nhật tiến độ thành công"`, gateway.Delivered, "", ""},

	{"duplicate", create, 200, `{"error_code":"-3","message":"Hồ sơ H05.31-251103-0007 đã tồn tại"}`, gateway.Exists, "", "dvcqg.exists"},
	{"duplicate, other code", create, 200, `{"error_code":3,"message":"ĐÃ TỒN TẠI"}`, gateway.Exists, "", "dvcqg.exists"},
	{"duplicate with code 0", create, 200, `{"error_code":0,"message":"Hồ sơ đã tồn tại"}`, gateway.Exists, "", "dvcqg.exists"},
	{"duplicate with code -1", create, 200, `{"error_code":-1,"message":"Hồ sơ đã tồn tại"}`, gateway.Exists, "", "dvcqg.exists"},
	{"something else exists", create, 200, `{"error_code":-1,"message":"Giấy tờ trong hồ sơ đã tồn tại"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:giấy tờ trong hồ sơ đã tồn tại"},
	{"update of nothing", update, 200, `{"error_code":-1,"message":"Hồ sơ H05.31-251103-0007 không tồn tại"}`, gateway.Absent, "", "dvcqg.absent"},
	{"steps of nothing", onward, 200, `{"error_code":"-1","message":"H05.31-251103-0007 không tồn tại"}`, gateway.Absent, "", "dvcqg.absent"},
	{"an unknown procedure is no absence", update, 200, `{"error_code":-1,"message":"Thủ tục không tồn tại"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:thủ tục không tồn tại"},
	{"a create cannot be absent", create, 200, `{"error_code":-1,"message":"Mã lĩnh vực không tồn tại"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:mã lĩnh vực không tồn tại"},

	{"refused", create, 200, `{"error_code":-1,"message":"Thiếu trường MaTTHC"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:thiếu trường mattHC"},
	{"refused with success denied", create, 200, `{"error_code":-1,"message":"Đồng bộ không thành công: sai lĩnh vực"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:đồng bộ không thành công: sai lĩnh vực"},
	{"refused by our fault", create, 200, `{"error_code":-1,"message":"Số lượng bản ghi vượt quá giới hạn cho phép"}`, gateway.RefusedData, gateway.ShelfGateway, "dvcqg.refused:số lượng bản ghi vượt quá giới hạn cho phép"},
	{"refused with an error status", create, 400, `{"error_code":-1,"message":"Thiếu trường MaTTHC"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:thiếu trường mattHC"},

	{"code 0 without the text", create, 200, `{"error_code":0,"message":"Hệ thống đã ghi nhận yêu cầu"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"code 0 without any text", onward, 200, `{"error_code":0}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"code 0 with success denied", create, 200, `{"error_code":0,"message":"Không thành công"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"success with a bad code", create, 200, `{"error_code":-1,"message":"Đồng bộ hồ sơ thành công"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"success of steps with a bad code", onward, 200, `{"error_code":5,"message":"thành công"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"success without a code", create, 200, `{"message":"thành công"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"success with an error status", create, 400, `{"error_code":0,"message":"thành công"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.contradiction"},
	{"a bad code without words", create, 200, `{"error_code":-1,"message":""}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.unexplained"},
	{"no code and other words", create, 200, `{"message":"xin chào"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.uncoded"},
	{"an error of the system", create, 200, `{"error_code":-1,"message":"Lỗi hệ thống, vui lòng thử lại"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.system"},
	{"maintenance", create, 200, `{"error_code":-1,"message":"Hệ thống đang bảo trì"}`, gateway.Unavailable, gateway.ShelfDestination, "dvcqg.maintenance"},
	{"too much by text", create, 200, `{"error_code":-1,"message":"Quá nhiều yêu cầu"}`, gateway.Throttled, gateway.ShelfDestination, "dvcqg.throttled"},
	{"a version is no session", create, 200, `{"error_code":-1,"message":"Phiên bản dữ liệu sai"}`, gateway.RefusedData, gateway.ShelfSource, "dvcqg.refused:phiên bản dữ liệu sai"},

	{"empty", create, 200, "", gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.empty"},
	{"white space", create, 200, " \r\n", gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.empty"},
	{"a page", create, 200, `<html><body>Thành công</body></html>`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.markup"},
	{"a page for steps", onward, 200, `<html><body>Thành công</body></html>`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.markup"},
	{"broken off", create, 200, `{"error_code":0,"message":"Đồng bộ hồ sơ thành công"`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.broken_json"},
	{"two answers in one", create, 200, `{"error_code":0,"message":"thành công"}{}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.broken_json"},
	{"bare words", create, 200, `OK thành công`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.foreign"},
	{"an empty object", create, 200, `{}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.unexplained"},
	{"a list", create, 200, `[]`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.unexplained"},
	{"null", create, 200, `null`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.body.foreign"},

	{"fault of the axis in JSON", create, 200, `{"type":"Server.ClientProxy.UnknownMember","message":"Could not find addresses for service provider","detail":""}`, gateway.Unavailable, gateway.ShelfGateway, "dvcqg.axis.unknown_member"},
	{"fault of the axis in XML", onward, 200, `<soapenv:Fault><faultstring>Could not find addresses for service provider</faultstring></soapenv:Fault>`, gateway.Unavailable, gateway.ShelfGateway, "dvcqg.axis.unknown_member"},

	{"redirect", create, 302, "", gateway.Unknown, gateway.ShelfDestination, "dvcqg.http.302"},
	{"bad request", create, 400, "bad", gateway.RefusedData, gateway.ShelfGateway, "dvcqg.http.400"},
	{"no token", create, 401, `{"fault":{"code":900901,"message":"Invalid Credentials"}}`, gateway.Unavailable, gateway.ShelfGateway, "dvcqg.http.401"},
	{"no such path", create, 404, "", gateway.Unavailable, gateway.ShelfGateway, "dvcqg.http.404"},
	{"too large", create, 413, "", gateway.RefusedData, gateway.ShelfGateway, "dvcqg.http.413"},
	{"too much", create, 429, "", gateway.Throttled, gateway.ShelfDestination, "dvcqg.http.429"},
	{"server error", create, 500, `{"error_code":0,"message":"thành công"}`, gateway.Unknown, gateway.ShelfDestination, "dvcqg.http.500"},
	{"bad gateway", onward, 502, "<html>", gateway.Unknown, gateway.ShelfDestination, "dvcqg.http.502"},
	{"unavailable", create, 503, "", gateway.Unavailable, gateway.ShelfDestination, "dvcqg.http.503"},
	{"gateway timeout", create, 504, "", gateway.Unknown, gateway.ShelfDestination, "dvcqg.http.504"},
}

func TestSendClassifies(t *testing.T) {
	t.Parallel()
	for _, tc := range classified {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			door := openDoor(t, says(tc.status, tc.body))
			out := send(t, destination(t, config(door.URL), Deps{}), tc.op)
			require.Equal(t, tc.kind, out.Kind, "%+v", out)
			require.Equal(t, tc.shelf, out.Shelf)
			require.Equal(t, strings.ToLower(tc.cause), out.Cause)
			require.Equal(t, tc.status, out.HTTPStatus)
			require.True(t, out.Whole)
			require.NotContains(t, out.Message, "251103")
			_, calls := door.seen()
			require.Len(t, calls, 1, "an answer is never repeated")
			failed := out.Kind != gateway.Delivered && out.Kind != gateway.Exists && out.Kind != gateway.Absent
			require.Equal(t, failed, out.Err != nil, "failures have something for the log")
		})
	}
}

func TestSendKeepsRetryAfter(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{"30": 30 * time.Second, "99999": time.Hour, "": 0} {
		door := openDoor(t, func(_ int, _ envelope, w http.ResponseWriter) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		out := send(t, destination(t, config(door.URL), Deps{}), create)
		require.Equal(t, gateway.Throttled, out.Kind)
		require.Equal(t, want, out.RetryAfter)
	}
}

func TestSendWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	t.Run("nobody listens: nothing was taken", func(t *testing.T) {
		t.Parallel()
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		require.NoError(t, ln.Close())
		out := send(t, destination(t, config("http://"+ln.Addr().String()), Deps{}), create)
		require.Equal(t, gateway.Unavailable, out.Kind)
		require.Equal(t, "dvcqg.login.connection.refused", out.Cause)
		require.Equal(t, gateway.ShelfDestination, out.Shelf)
	})
	t.Run("the port closes after the login: nothing was taken", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, says(200, `{"error_code":0,"message":"thành công"}`))
		d := destination(t, config(door.URL), Deps{})
		require.Equal(t, gateway.Delivered, send(t, d, create).Kind)
		door.Close()
		d.Close()
		out := send(t, d, create)
		require.Equal(t, gateway.Unavailable, out.Kind, "%+v", out)
		require.Equal(t, "dvcqg.connection.refused", out.Cause)
	})
	t.Run("a reset after the request: doubt", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, func(int, envelope, http.ResponseWriter) { panic(http.ErrAbortHandler) })
		out := send(t, destination(t, config(door.URL), Deps{}), create)
		require.Equal(t, gateway.Unknown, out.Kind)
		require.Equal(t, "dvcqg.connection.reset", out.Cause)
		_, calls := door.seen()
		require.Len(t, calls, 1)
	})
	t.Run("no answer in time: doubt", func(t *testing.T) {
		t.Parallel()
		release := make(chan struct{})
		door := openDoor(t, func(int, envelope, http.ResponseWriter) { <-release })
		defer close(release)
		cfg := config(door.URL)
		cfg.Timeout = time.Second // enough for the login on a slow machine
		out := send(t, destination(t, cfg, Deps{}), onward)
		require.Equal(t, gateway.Unknown, out.Kind)
		require.Equal(t, "dvcqg.timeout", out.Cause)
	})
	t.Run("the caller is gone before anything left", func(t *testing.T) {
		t.Parallel()
		door := openDoor(t, says(200, ""))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		d := destination(t, config(door.URL), Deps{})
		out := d.Send(ctx, create, plannedCreate(t, d))[0]
		require.Equal(t, gateway.Unavailable, out.Kind)
		require.ErrorIs(t, out.Err, context.Canceled)
	})
}

func TestSendWritesTheEnvelope(t *testing.T) {
	t.Parallel()
	door := openDoor(t, says(200, `{"error_code":0,"message":"thành công"}`))
	cfg := config(door.URL)
	cfg.DstCodeIn = DstCodeInQuery
	d := destination(t, cfg, Deps{})
	one, two := birth(t), birth(t)
	two.Number = "H05.31-251103-0008"
	one.Steps, two.Steps = birthSteps(t), birthSteps(t)
	for _, op := range []gateway.Operation{create, onward, update} {
		var calls []gateway.PlannedCall
		for _, dossier := range []gateway.Wanted{destinationtest.Dossier(t, one), destinationtest.Dossier(t, two)} {
			all, err := d.Plan(dossier, gateway.Known{Exists: op == update})
			require.NoError(t, err)
			for _, c := range all {
				if c.Operation == op {
					calls = append(calls, c)
				}
			}
		}
		require.Len(t, calls, 2)
		outcomes := d.Send(t.Context(), op, calls)
		require.Len(t, outcomes, 2)
		require.Equal(t, outcomes[0], outcomes[1])
	}
	logins, calls := door.seen()
	require.Equal(t, 1, logins)
	require.Len(t, calls, 3, "one call each")
	for i, want := range []struct {
		service, updating string
		items             int
	}{{serviceDossier, "False", 2}, {serviceProgress, "", 4}, {serviceDossier, "True", 2}} {
		e := calls[i]
		require.Equal(t, "session-1", e.Session)
		require.Equal(t, "000.00.00.H05", e.Agency)
		require.Equal(t, want.service, e.Service)
		require.Equal(t, want.updating, e.IsUpdating)
		require.Len(t, e.Data, want.items)
		require.Contains(t, string(e.Data[0]), sampleKey)
		require.Contains(t, string(e.Data[want.items-1]), two.Number)
		require.Empty(t, door.hears[i].Get("dstcode"), "it stands in the query")
		require.Equal(t, "utf-8", door.hears[i].Get("Charset"))
	}
}

func TestSendRefusesWhatItCannotSend(t *testing.T) {
	t.Parallel()
	d := offline(t)
	require.Empty(t, d.Send(t.Context(), create, nil))
	for _, calls := range [][]gateway.PlannedCall{
		{{Operation: gateway.OpLookup}}, {{Operation: create, Payload: [][]byte{[]byte(`{}`)}}, {Operation: update, Payload: [][]byte{[]byte(`{}`)}}}, {{Operation: create}},
	} {
		outcomes := d.Send(t.Context(), calls[0].Operation, calls)
		require.Len(t, outcomes, len(calls))
		require.Equal(t, gateway.Unavailable, outcomes[0].Kind)
		require.Equal(t, gateway.ShelfGateway, outcomes[0].Shelf)
	}
}

func TestSendDoubtsARefusalThatMayHaveStoredSome(t *testing.T) {
	t.Parallel()
	door := openDoor(t, says(200, `{"error_code":-1,"message":"Thiếu trường MaTTHC"}`))
	cfg := config(door.URL)
	cfg.Partial = true
	d := destination(t, cfg, Deps{})
	call := plannedCreate(t, d)[0]
	require.Equal(t, gateway.RefusedData, d.Send(t.Context(), create, []gateway.PlannedCall{call})[0].Kind)
	for _, out := range d.Send(t.Context(), create, []gateway.PlannedCall{call, call}) {
		require.Equal(t, gateway.Unknown, out.Kind)
	}
}

func TestOwnRulesComeFirst(t *testing.T) {
	t.Parallel()
	door := openDoor(t, says(200, `{"error_code":17,"message":"Đang khóa sổ cuối năm"}`))
	cfg := config(door.URL)
	cfg.Rules = append(cfg.Rules, answerRules()[0])
	cfg.Rules[0].Name, cfg.Rules[0].Codes, cfg.Rules[0].All = "closed", []string{"17"}, []string{"khóa sổ"}
	cfg.Rules[0].Kind = gateway.Unavailable
	out := send(t, destination(t, cfg, Deps{}), create)
	require.Equal(t, gateway.Unavailable, out.Kind)
	require.Equal(t, "dvcqg.closed", out.Cause)
}

func TestCausesAndMessagesShowNobody(t *testing.T) {
	t.Parallel()
	d := birth(t)
	body := fmt.Sprintf(`{"error_code":-1,"message":"Hồ sơ %s của %s (%s, %s, %s) do TRẦN VĂN BÌNH nhập bị sai"}`,
		d.Number, strings.ToUpper(d.Applicant.Name), d.Applicant.Identifiers[0].Value, d.Applicant.Phone, d.Applicant.Email)
	door := openDoor(t, func(_ int, _ envelope, w http.ResponseWriter) { _, _ = io.WriteString(w, body) })
	out := send(t, destination(t, config(door.URL), Deps{}), create)
	require.Equal(t, gateway.RefusedData, out.Kind)
	for _, secret := range []string{"0007", "Hạnh", "HẠNH", "hạnh", "0271", "0912", "hanh.nt", "Bình", "BÌNH", "bình"} {
		require.NotContains(t, out.Cause, secret)
		require.NotContains(t, out.Message, secret)
		require.NotContains(t, out.Err.Error(), secret)
	}
	require.Contains(t, out.Cause, "bị sai")
}
