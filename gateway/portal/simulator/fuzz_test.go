package simulator

import (
	"bytes"
	"net/http/httptest"
	"net/url"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// FuzzDecode holds the decoder to three promises: it never panics, every call
// can be written as one line of the log, and a record that it calls good is one
// line of JSON with its key in it, which reads the same the second time.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"username":"a","password":"b"}`, `{"session":"s","madonvi":"m","service":"TraCuuHoSo","mahoso":"A-1"}`,
		`{"session":"s","madonvi":"m","service":"DongBoHoSoMC","isUpdating":"True","data":[` + record("A-1") + `]}`,
		`{"session":"s","madonvi":"m","service":"CapNhatTienDoHoSoMC","data":[` + progressStep("A-1", "20251103083000", "2") + `]}`,
		"[" + record("A-1", "GhiChu", `"\u00e0\n"`, "DanhSachLePhi", "[ 1e400 ]") + "]", "[[]]", "", "{", "\xff", `{"data":null,"service":"DongBoHoSoMC"}`,
		`{"session":"s","madonvi":"m","service":"DongBoTrangThaiHoSo","data":` + sentBack("G22-1", "H42-1", "2", "20251104080000") + `}`,
		`{"DocCode":"H42-0001"}`, `{"DuongDan":"/a"}`, `{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}`,
	} {
		f.Add([]byte(body), "isUpdating=True&MaDinhDanhDV=x")
	}
	rules := settingsOf(Options{Required: RequiredDossierFields(), MaxBatch: 50, Wrapper: Wrapper{}.withDefaults()})
	d := newDecoder(&Options{Required: RequiredDossierFields(), MaxBatch: 50})
	f.Fuzz(func(t *testing.T, body []byte, rawQuery string) {
		query, err := url.ParseQuery(rawQuery)
		if err != nil {
			query = url.Values{}
		}
		var calls []*call
		for _, one := range rules.doors {
			calls = append(calls, one.decode(rules, httptest.NewRequest(one.method, "/?"+query.Encode(), nil), bytes.Clone(body)))
		}
		for _, c := range append(calls, []*call{
			d.login(bytes.Clone(body)), d.service(bytes.Clone(body)),
			d.named("DongBoHoSoMC", query, bytes.Clone(body)), d.named("CapNhatTienDoHoSoMC", query, bytes.Clone(body)),
		}...) {
			if _, err := json.Marshal(&callLine{Op: c.op, Service: c.service, Keys: c.keys(), Items: len(c.items)}); err != nil {
				t.Fatalf("no line of the log: %v", err)
			}
			form := d.form(c.op)
			for _, it := range c.items {
				if it.problem != nil {
					continue
				}
				if it.key == "" || !utf8.ValidString(it.key) || bytes.ContainsAny(it.body, "\r\n") || !it.body.IsValid() {
					t.Fatalf("a good record that is none: %q", it.body)
				}
				if again := form.read(it.body.Clone()); again.problem != nil || again.hash != it.hash || !bytes.Equal(again.body, it.body) {
					t.Fatalf("read again it differs: %q", it.body)
				}
			}
		}
	})
}
