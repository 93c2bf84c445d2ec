package sink

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// eventOf plans a parcel that nobody has yet and reads its event.
func eventOf(t *testing.T, d *Destination, w gateway.Wanted) (e Event, call gateway.PlannedCall) {
	t.Helper()
	calls, err := d.Plan(w, gateway.Known{})
	require.NoError(t, err)
	require.Len(t, calls, 1)
	require.NoError(t, json.Unmarshal(calls[0].Payload[0], &e))
	return e, calls[0]
}

func TestEvent(t *testing.T) {
	t.Parallel()
	d := destination(t, config("http://127.0.0.1:1"), Deps{})
	first, call := eventOf(t, d, wanted(t, 1, 1))
	require.Equal(t, []string{
		"1.0", "/systems/lienthong", "vn.land_parcel.created.v1", "land_parcel/0190c3d2-0000-7000-8000-000000000001", "00000000000000000001",
	}, []string{first.SpecVersion, first.Source, first.Type, first.Subject, first.Sequence})
	require.EqualValues(t, 8, first.ID.Version())
	require.JSONEq(t, string(wanted(t, 1, 1).Body), string(first.Data))

	changed, _ := eventOf(t, d, wanted(t, 1, 2))
	require.Equal(t, "vn.land_parcel.changed.v1", changed.Type)
	back := wanted(t, 1, 1)
	back.Revision = 3
	again, sameContent := eventOf(t, d, back)
	restored := wanted(t, 1, 2)
	restored.Revision = 1
	other, _ := eventOf(t, d, restored)
	cfg := config("http://127.0.0.1:1")
	cfg.Code = "kho-2"
	elsewhere, _ := eventOf(t, destination(t, cfg, Deps{}), wanted(t, 1, 1))
	ids := map[string]string{}
	for why, e := range map[string]Event{
		"first": first, "another revision": changed, "back to the content of the first": again,
		"another content of one revision": other, "another destination": elsewhere,
	} {
		require.Empty(t, ids[e.ID.String()], why)
		ids[e.ID.String()] = why
	}
	require.Equal(t, call.HeaderHash, sameContent.HeaderHash, "rebuilt alike it is not sent again")
	calls, err := d.Plan(back, gateway.Known{Exists: true, HeaderHash: call.HeaderHash})
	require.NoError(t, err)
	require.Empty(t, calls)
}

func TestPurposeIsTold(t *testing.T) {
	t.Parallel()
	cfg := config("http://127.0.0.1:1")
	cfg.Receives, cfg.Purpose = []schema.Kind{schema.KindPerson}, "kho-dan-cu"
	w := wanted(t, 1, 1)
	w.Kind = schema.KindPerson
	e, _ := eventOf(t, destination(t, cfg, Deps{}), w)
	require.Equal(t, "kho-dan-cu", e.PurposeCode)
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Config){
		"no code":                   func(c *Config) { c.Code = "" },
		"no address":                func(c *Config) { c.URL = "kho" },
		"a password in the address": func(c *Config) { c.URL = "http://u:canary@127.0.0.1/" },
		"another machine":           func(c *Config) { c.URL = "http://192.0.2.1/" },
		"nothing received":          func(c *Config) { c.Receives = nil },
		"steps":                     func(c *Config) { c.Receives = []schema.Kind{schema.KindDossierStep} },
		"people without a purpose":  func(c *Config) { c.Receives = []schema.Kind{schema.KindPerson} },
		"a purpose in prose":        func(c *Config) { c.Purpose = "Kho dữ liệu" },
		"a look-up of the trail":    func(c *Config) { c.Lookup = gateway.ShowsTrail },
		"a short secret":            func(c *Config) { c.Secret = "whsec_canary" },
		"a secret of another form":  func(c *Config) { c.Secret = portal.Secret(sampleSecret[6:]) },
	} {
		cfg := config("http://127.0.0.1:1")
		spoil(&cfg)
		_, err := New(cfg, Deps{})
		require.Equal(t, fault.Usage, fault.CodeOf(err), name)
		require.NotContains(t, err.Error(), "canary")
	}
}

// TestSign holds the signature against one that was computed elsewhere (openssl dgst -sha256 -mac HMAC).
func TestSign(t *testing.T) {
	t.Parallel()
	key, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	require.NoError(t, err)
	h := http.Header{}
	sign(h, key, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	require.Equal(t, "msg_p5jXN8AQM9LWM0D4loKWxJek", h.Get("webhook-id"))
	require.Equal(t, "1614265330", h.Get("webhook-timestamp"))
	require.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", h.Get("webhook-signature"))
}

func TestRequest(t *testing.T) {
	t.Parallel()
	var heard []http.Header
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		heard, bodies = append(heard, r.Header.Clone()), append(bodies, string(body))
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	d := destination(t, config(server.URL), Deps{Token: tokens(), Now: func() time.Time { return time.Unix(1700000000, 0) }})
	e, one := eventOf(t, d, wanted(t, 1, 1))
	_, two := eventOf(t, d, wanted(t, 2, 1))
	for _, calls := range [][]gateway.PlannedCall{{one}, {one, two}, {one, two}, {two, one}} {
		require.Equal(t, gateway.Delivered, d.Send(t.Context(), gateway.OpCreate, calls)[0].Kind)
	}
	require.Equal(t, typeEvent, heard[0].Get("Content-Type"))
	require.Equal(t, strconv.Quote(e.ID.String()), heard[0].Get("Idempotency-Key"))
	require.Equal(t, e.ID.String(), heard[0].Get("webhook-id"))
	require.Equal(t, "1700000000", heard[0].Get("webhook-timestamp"))
	require.Equal(t, "Bearer canary-token-1", heard[0].Get("Authorization"))
	require.Equal(t, string(one.Payload[0]), bodies[0])
	require.Equal(t, typeBatch, heard[1].Get("Content-Type"))
	require.Equal(t, "["+string(one.Payload[0])+","+string(two.Payload[0])+"]", bodies[1])
	require.Equal(t, heard[1].Get("Idempotency-Key"), heard[2].Get("Idempotency-Key"), "the same call again")
	require.NotEqual(t, heard[1].Get("Idempotency-Key"), heard[3].Get("Idempotency-Key"))
	require.NotContains(t, heard[1].Get("webhook-id"), ".")
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	const (
		delivered, refused, unknown = gateway.Delivered, gateway.RefusedData, gateway.Unknown
		source, ours, far           = gateway.ShelfSource, gateway.ShelfGateway, gateway.ShelfDestination
	)
	for _, tc := range []struct {
		name   string
		status int
		body   string // ID stands for that of the event
		after  string // Retry-After
		kind   gateway.OutcomeKind
		shelf  gateway.Shelf
		cause  string
	}{
		{"taken", 202, "", "", delivered, "", ""},
		{"taken, with a word", 200, "OK", "", delivered, "", ""},
		{"a page", 200, " <html>", "", unknown, far, "kho.body.markup"},
		{"JSON that breaks off", 200, `{"taken":`, "", unknown, far, "kho.body.broken_json"},
		{"partly taken", 207, `[]`, "", refused, ours, "kho.http.207"},
		{"taken before", 409, `{"id":"ID"}`, "", delivered, "", ""},
		{"a conflict with another", 409, `{"id":"x","title":"Trùng"}`, "", refused, source, "kho.http.409:trùng"},
		{"still being worked on", 409, ``, "1", gateway.Throttled, far, "kho.http.409"},
		{"malformed", 400, `{"code":"event.invalid","title":"Sai"}`, "", refused, source, "kho.http.400:event.invalid"},
		{"refused", 422, `{"type":"about:blank","title":"Thiếu diện tích","detail":"thửa 101"}`, "", refused, source, "kho.http.422:thiếu diện tích"},
		{"too large", 413, ``, "", refused, ours, "kho.http.413"},
		{"no rights", 403, ``, "", gateway.Unavailable, ours, "kho.http.403"},
		{"a wrong address", 404, ``, "", gateway.Unavailable, ours, "kho.http.404"},
		{"not for events", 415, ``, "", gateway.Unavailable, ours, "kho.http.415"},
		{"throttled", 429, ``, "9", gateway.Throttled, far, "kho.http.429"},
		{"away", 503, ``, "", gateway.Unavailable, far, "kho.http.503"},
		{"away for a while", 503, ``, "9", gateway.Throttled, far, "kho.http.503"},
		{"broken", 500, ``, "", unknown, far, "kho.http.500"},
		{"no answer behind the proxy", 504, ``, "", unknown, far, "kho.http.504"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			var id string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls++
				if tc.after != "" {
					w.Header().Set("Retry-After", tc.after)
				}
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, strings.ReplaceAll(tc.body, "ID", id))
			}))
			t.Cleanup(server.Close)
			d := destination(t, config(server.URL), Deps{})
			e, call := eventOf(t, d, wanted(t, 1, 1))
			id = e.ID.String()
			out := d.Send(t.Context(), gateway.OpCreate, []gateway.PlannedCall{call})[0]
			require.Equal(t, []any{tc.kind, tc.shelf, tc.cause}, []any{out.Kind, out.Shelf, out.Cause})
			require.Equal(t, 1, calls)
		})
	}
	t.Run("a conflict about a batch is narrowed down first", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) }))
		t.Cleanup(server.Close)
		d := destination(t, config(server.URL), Deps{})
		_, one := eventOf(t, d, wanted(t, 1, 1))
		_, two := eventOf(t, d, wanted(t, 2, 1))
		for _, out := range d.Send(t.Context(), gateway.OpCreate, []gateway.PlannedCall{one, two}) {
			require.Equal(t, gateway.RefusedData, out.Kind)
			require.True(t, out.Whole)
		}
	})
}

func TestSecretHasAForm(t *testing.T) {
	t.Parallel()
	for _, n := range []int{24, 64} {
		_, err := ParseSecret(secretOf(n))
		require.NoError(t, err)
	}
	for _, n := range []int{23, 65} {
		_, err := ParseSecret(secretOf(n))
		require.Error(t, err)
	}
}

func secretOf(bytes int) portal.Secret {
	return portal.Secret("whsec_" + base64.StdEncoding.EncodeToString(make([]byte, bytes)))
}
