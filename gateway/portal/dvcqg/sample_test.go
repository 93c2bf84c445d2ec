package dvcqg

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/schema"
)

const sampleKey = "H05.31-251103-0007"

// birth is a birth registration that was submitted on the portal. All people are invented.
func birth(t testing.TB) *schema.Dossier {
	t.Helper()
	return &schema.Dossier{
		Number: sampleKey, BornAtPortal: true, Channel: schema.Online,
		Procedure: schema.ProcedureRef{Code: "1.001193", Name: "Thủ tục đăng ký khai sinh", SectorCode: "G15-HT01", SectorName: "Hộ tịch"},
		Applicant: schema.Applicant{
			Kind: schema.Citizen, Name: "Nguyễn Thị Hạnh", PortalAccount: "TECH-000123", Phone: "0912000001", Email: "hanh.nt@example.vn",
			Identifiers: []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}},
		},
		Summary:     "Đăng ký khai sinh cho con",
		SubmittedAt: destinationtest.When(t, "20251103080512"), ReceivedAt: destinationtest.When(t, "20251103083000"), DueAt: destinationtest.When(t, "20251103170000"),
		Status: schema.Received, ReturnMethod: schema.AtCounter, ProcessingUnit: "UBND phường Kinh Bắc",
		Papers: []schema.Paper{{ID: "88121", Name: "giay-chung-sinh.pdf", URL: "https://files.example.vn/f/88121", Digitised: true}},
		Fees:   []schema.Fee{{Name: "Lệ phí bản sao", Code: "1", Method: "1", Amount: 8000, Type: "1"}},

		Digitised: true, VNeID: true, OnlinePayment: schema.PaidAtPortal, Databases: []string{"1"},
	}
}

// steps are the first two of the birth registration.
func birthSteps(t testing.TB) []schema.DossierStep {
	t.Helper()
	return []schema.DossierStep{
		{
			Dossier: sampleKey, At: destinationtest.When(t, "20251103083000"), Status: schema.Received, Officer: "Trần Văn Bình",
			Position: "Công chức một cửa", Unit: "Trung tâm PVHCC", Text: "Tiếp nhận hồ sơ",
		},
		{
			Dossier: sampleKey, At: destinationtest.When(t, "20251103101500"), Status: schema.InProgress, Officer: "Lê Thị Cúc",
			Position: "Công chức TP-HT", Unit: "UBND phường Kinh Bắc", Text: "Chuyển hệ thống hộ tịch",
			StartedAt: destinationtest.When(t, "20251103101500"), DueAt: destinationtest.When(t, "20251103170000"),
		},
	}
}

// rich has something in every field and list.
func rich(t testing.TB) *schema.Dossier {
	t.Helper()
	d := birth(t)
	d.BornAtPortal, d.Channel = false, schema.Postal
	d.Applicant.Fax, d.Applicant.Address = "02223000001", schema.Address{Text: "Số 1, phố Vũ Ninh"}
	d.Applicant.Identifiers = append(d.Applicant.Identifiers, schema.Identifier{Scheme: schema.SchemeCMND, Value: "125123456"})
	d.Status, d.FinishedAt, d.ReturnedAt = schema.Returned, destinationtest.When(t, "20251104090000"), destinationtest.When(t, "20251104100000")
	d.RefusedAt = destinationtest.When(t, "20251103091500")
	d.ReturnMethod, d.ReturnInfo, d.ReceiptNumber = schema.ByPost, "Gửi bưu điện", "0042"
	d.OtherInfo, d.Note, d.OnlinePayment = "Khác", "Ghi chú", schema.NotPaidOnline
	d.Papers = append(d.Papers, schema.Paper{
		ID: "9", Name: "to-khai.pdf", Component: "TP01", URL: "https://files.example.vn/f/9", Deleted: true, Reuse: schema.ReusedResult,
		FromStore: true, ReplacingCode: "KQ.G15.000031",
	})
	d.OtherPapers = []schema.OtherPaper{{Name: "Giấy ủy quyền", Count: 2, Type: 1}}
	d.Supplements = []schema.Supplement{{
		ID: "77", RequestedBy: "Trần Văn Bình", Request: "Bổ sung bản sao", RequestedAt: destinationtest.When(t, "20251103090000"),
		ReceivedBy: "Trần Văn Bình", Reception: "Đã nhận", ReceivedAt: destinationtest.When(t, "20251103093000"), Complete: true,
		OldDueAt: destinationtest.When(t, "20251103170000"), NewDueAt: destinationtest.When(t, "20251104170000"),
		Papers: []schema.Paper{{ID: "88130", Name: "ban-sao.pdf", Component: "TP02", URL: "https://files.example.vn/f/88130", Digitised: true}},
		Fees:   []schema.Fee{{Name: "Lệ phí bổ sung", Code: "2", Method: "2", Amount: 3000, Type: "1"}},
	}, {ID: "a-b-c", Request: "Bổ sung lần hai"}}
	d.Results = []schema.ResultPaper{{
		ID: "kq-5521", Name: "Giấy khai sinh số 118", Component: "KQ1", URL: "https://files.example.vn/kq/5521", Code: "KQ.G15.000031",
	}}
	d.Databases = []string{"1", "7"}
	return d
}

func config(url string) Config {
	return Config{
		Code: "dvcqg", URL: url + "/VXPAdapter/RestService/forward", Agency: "000.00.00.H05", Username: "000.00.00.H05",
		Password: "mat-khau-canary", Timeout: 10 * time.Second,
	}
}

func destination(t testing.TB, cfg Config, deps Deps) *Destination {
	t.Helper()
	d, err := New(cfg, deps)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// offline returns a destination for what calls nobody.
func offline(t testing.TB) *Destination { return destination(t, config("http://127.0.0.1:1"), Deps{}) }

// door is a portal of one's own words: it logs in by number, and answers every
// other call as the test says.
type door struct {
	*httptest.Server
	mu     sync.Mutex
	logins int
	calls  []envelope
	hears  []http.Header
}

// opened starts a door. answer gets the n-th call, from 1, and its envelope.
func openDoor(t testing.TB, answer func(n int, e envelope, w http.ResponseWriter)) *door {
	t.Helper()
	d := &door{}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/VXPAdapter/RestService/forward/mapi/login" {
			d.mu.Lock()
			d.logins++
			token := "session-" + string(rune('0'+d.logins))
			d.mu.Unlock()
			_, _ = io.WriteString(w, `{"error_code":0,"message":"Thành công","session":"`+token+`"}`)
			return
		}
		var e envelope
		_ = json.Unmarshal(body, &e)
		d.mu.Lock()
		d.calls, d.hears = append(d.calls, e), append(d.hears, r.Header.Clone())
		n := len(d.calls)
		d.mu.Unlock()
		answer(n, e, w)
	}))
	t.Cleanup(d.Close)
	return d
}

func (d *door) seen() (logins int, calls []envelope) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.logins, append([]envelope(nil), d.calls...)
}

func says(status int, body string) func(int, envelope, http.ResponseWriter) {
	return func(_ int, _ envelope, w http.ResponseWriter) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func plannedCreate(t testing.TB, d *Destination) []gateway.PlannedCall {
	t.Helper()
	calls, err := d.Plan(destinationtest.Dossier(t, birth(t)), gateway.Known{})
	require.NoError(t, err)
	require.Len(t, calls, 1)
	return calls
}

func send(t testing.TB, d *Destination, op gateway.Operation) gateway.Outcome {
	t.Helper()
	call := plannedCreate(t, d)[0]
	call.Operation = op
	outcomes := d.Send(context.Background(), op, []gateway.PlannedCall{call})
	require.Len(t, outcomes, 1)
	return outcomes[0]
}

func indented(t testing.TB, data []byte) []byte {
	t.Helper()
	v := jsontext.Value(append([]byte(nil), data...))
	require.NoError(t, v.Indent(jsontext.WithIndent("  ")))
	return append(v, '\n')
}
