package onestop

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/schema"
)

// goldenMessage returns the message of a golden case below testdata.
func goldenMessage(t testing.TB, path string) adapters.Raw {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", path+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if media := messageMedia[f.Name]; media != "" {
			return adapters.Raw{ContentType: media, Body: f.Data}
		}
	}
	t.Fatal(path, "holds no message")
	return adapters.Raw{}
}

// A case of every form, good ones without a refusal.
var goodForms = []string{
	"cases/create-birth-registration-online", "cases/progress-steps", "cases/state-of-portal-born-dossier",
	"cases/gen2-create", "cases/gen2-progress", "cases/gen2-status", "cases/lgsp-document", "cases/igate-look-up-page",
	"cases/social-affairs", "cases/lgsp-traces", "cases/promotion-notice", "cases/promotion-amendment", "cases/opencps-states",
	"cases/wrapped-items-in-data", "cases/sheet-of-steps", "cases/sheet-of-dossiers", "cases/lines-of-dossiers",
}

// The figure to look at is records a second of one core.
func BenchmarkForms(b *testing.B) {
	a := open(b)
	for _, path := range goodForms {
		b.Run(filepath.Base(path), func(b *testing.B) {
			raw := goldenMessage(b, path)
			b.SetBytes(int64(len(raw.Body)))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				records, err := a.Normalize(context.Background(), raw)
				if len(records) == 0 {
					b.Fatal(err)
				}
				n += len(records)
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// A form is told by its items, so an item alone and one in an array of others are taken alike.
func TestEveryFormStandsAlone(t *testing.T) {
	a := open(t)
	for _, path := range goodForms {
		records, _ := a.Normalize(context.Background(), goldenMessage(t, path))
		if len(records) == 0 {
			t.Errorf("%s gives nothing", path)
		}
		for _, rec := range records {
			for name, body := range map[string][]byte{
				"alone":          rec.Raw,
				"in a list":      []byte("[" + string(rec.Raw) + "," + string(rec.Raw) + "]"),
				"in an envelope": []byte(`{"session":"s","data":[` + string(rec.Raw) + `]}`),
			} {
				again, err := a.Normalize(context.Background(), adapters.Raw{Body: body})
				if err != nil || len(again) == 0 || again[0].ID != rec.ID || !bytes.Equal(seal(t, again[0]), seal(t, rec)) {
					t.Errorf("%s: a %s %s is another record: %d, %v", path, rec.Kind, name, len(again), err)
				}
			}
		}
	}
}

// Spreadsheets save "Unicode text" as UTF-16 with tabulators. That it was
// converted is said once, with the first record.
func TestSheetInUTF16(t *testing.T) {
	raw := goldenMessage(t, "cases/sheet-of-steps")
	text := strings.ReplaceAll(string(raw.Body), ";", "\t")
	body := []byte{}
	for _, unit := range utf16.Encode([]rune(text)) { // with the byte order mark of the case
		body = append(body, byte(unit), byte(unit>>8))
	}
	records, err := open(t).Normalize(context.Background(), adapters.Raw{ContentType: "text/csv", Body: body})
	if err != nil || len(records) != 2 {
		t.Fatal(len(records), err)
	}
	said := func(rec schema.Record) bool {
		for _, p := range rec.Problems {
			if p.Pointer == "" { // about the bytes as a whole
				return true
			}
		}
		return false
	}
	if !said(records[0]) || said(records[1]) {
		t.Error("the conversion is not said, or not once")
	}
}

// The key of a caller stays out of what is kept, as the session does.
func TestAcceptKeyIsNotKept(t *testing.T) {
	raw := goldenMessage(t, "cases/social-affairs-with-key")
	if !bytes.Contains(raw.Body, []byte("khoa-bi-mat")) {
		t.Fatal("the case has no key")
	}
	records, err := open(t).Normalize(context.Background(), raw)
	if err != nil || len(records) != 1 {
		t.Fatal(len(records), err)
	}
	if bytes.Contains(records[0].Raw, []byte("khoa-bi-mat")) || bytes.Contains(seal(t, records[0]), []byte("khoa-bi-mat")) {
		t.Error("the key is kept")
	}
}

func seal(t testing.TB, rec schema.Record) []byte {
	t.Helper()
	sealed, err := rec.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return sealed.JSON
}

var messageMedia = map[string]string{"in.json": "application/json", "in.csv": "text/csv", "in.ndjson": "application/x-ndjson"}
