package simulator

import (
	"bytes"
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
	} {
		f.Add([]byte(body), "isUpdating=True&MaDinhDanhDV=x")
	}
	d := decoder{dossier: dossierShape(RequiredDossierFields()), step: stepShape(), maxBatch: 50}
	f.Fuzz(func(t *testing.T, body []byte, rawQuery string) {
		query, err := url.ParseQuery(rawQuery)
		if err != nil {
			query = url.Values{}
		}
		for _, c := range []*call{
			d.login(bytes.Clone(body)), d.service(bytes.Clone(body)),
			d.bare("DongBoHoSoMC", query, bytes.Clone(body)), d.bare("CapNhatTienDoHoSoMC", query, bytes.Clone(body)),
		} {
			if _, err := json.Marshal(&callLine{Op: c.op, Service: c.service, Keys: c.keys(), Items: len(c.items)}); err != nil {
				t.Fatalf("no line of the log: %v", err)
			}
			form := &d.dossier
			if c.op == OpProgress {
				form = &d.step
			}
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
