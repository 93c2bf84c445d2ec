package land

import (
	"slices"
	"strings"
	"unicode"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// uses reads the MUCDICH of a row: a list, or codes in one text.
func (run *run) uses(r *field.Reader, pointer string, raw jsontext.Value) []schema.LandUse {
	if text, isText := textOf(raw); isText {
		return combinedUses(r, "MUCDICH", text, "", "")
	}
	var list strict.List[use]
	unknown, err := run.dec.Decode(strict.Part{Data: raw, Pointer: pointer + "/MUCDICH"}, &list)
	if err != nil {
		run.nested(r, "MUCDICH", err)
		return nil
	}
	r.Unknown(unknown)
	var out []schema.LandUse
	for i := range list {
		at, w := r.Item("MUCDICH", i), &list[i]
		codes := useCodes(at, "KYHIEU", w.KyHieu)
		u := schema.LandUse{
			Main:   at.Flag("LAMUCDICHCHINH", w.LaMucDichChinh),
			Shared: at.Flag("SUDUNGCHUNG", w.SuDungChung),
			Origin: origin(at, "NGUONGOCSDTH", w.NguonGoc),
			AreaM2: areaValue(at, "DIENTICH", w.DienTich),
		}
		u.Term, u.Until = term(at, w.ThoiHanSuDung, w.DenNgay)
		at.Require("KYHIEU", strings.Join(codes, "+"))
		if len(codes) > 1 {
			u = ofAll(at, "KYHIEU", u)
			u.AreaM2 = 0
		}
		for _, code := range codes {
			u.Code = code
			out = append(out, u)
		}
	}
	return out
}

func mainFirst(a, b schema.LandUse) int {
	switch {
	case a.Main == b.Main:
		return 0
	case a.Main:
		return -1
	}
	return 1
}

// flatUses reads the use that a joined line has as columns.
func flatUses(r *field.Reader, w *row) []schema.LandUse {
	areas, isText := textOf(w.DienTichMucDich)
	if !isText {
		areas = strict.Text(w.DienTichMucDich)
	}
	out := combinedUses(r, "KYHIEU", w.KyHieu, "DIENTICHMUCDICH", areas)
	if len(out) == 0 {
		return nil
	}
	u := schema.LandUse{
		Main:   r.Flag("LAMUCDICHCHINH", w.LaMucDichChinh),
		Shared: r.Flag("SUDUNGCHUNG", w.SuDungChung),
		Origin: origin(r, "NGUONGOCSDTH", w.NguonGoc),
	}
	u.Term, u.Until = term(r, w.ThoiHanSuDung, w.DenNgay)
	if len(out) > 1 {
		u = ofAll(r, "KYHIEU", u)
	}
	for i := range out {
		u.Code, u.AreaM2 = out[i].Code, out[i].AreaM2
		out[i] = u
	}
	return out
}

// ofAll drops what is said once for several purposes: homestead land is for
// good, the garden beside it is not, and of which of them it is said is not told.
func ofAll(r *field.Reader, key string, u schema.LandUse) schema.LandUse {
	if u.Main || u.Term != "" || !u.Until.IsZero() || u.AreaM2 != 0 {
		r.Note(key, doubt("land_use.combined", "Nhiều mục đích chung một ô; không rõ thời hạn, diện tích hay mục đích chính là của mục đích nào.",
			"Several purposes stand in one field; of which of them term, area or main use are is not told."))
	}
	return schema.LandUse{Shared: u.Shared, Origin: u.Origin, AreaM2: u.AreaM2}
}

// combinedUses reads "ODT+CLN" with areas "100+20.5" in a text of their own, or none.
func combinedUses(r *field.Reader, key string, raw strict.Text, areaKey string, areas strict.Text) []schema.LandUse {
	codes := useCodes(r, key, raw)
	var parts []string
	if text := strings.TrimSpace(string(areas)); text != "" && len(codes) > 0 {
		if parts = strings.Split(text, "+"); len(parts) != len(codes) {
			parts = strings.Split(text, ";")
		}
		if len(parts) != len(codes) {
			r.Note(areaKey, doubt("land_use.areas", "Số diện tích không khớp số mục đích sử dụng; đã bỏ qua.",
				"There are not as many areas as purposes; passed over."))
			parts = nil
		}
	}
	var out []schema.LandUse
	for i, code := range codes {
		u := schema.LandUse{Code: code}
		if parts != nil {
			u.AreaM2 = area(r, areaKey, strict.Text(parts[i]))
		}
		out = append(out, u)
	}
	return out
}

// useCodes returns the codes of a text like "ODT+CLN", in capitals, each once.
// What no list has is kept with a warning. A code of an earlier list is kept
// too: no successor is certain enough to rewrite what a certificate says.
func useCodes(r *field.Reader, key string, raw strict.Text) []string {
	text := strings.ToUpper(r.Text(key, raw))
	var codes []string
	for code := range strings.FieldsFuncSeq(text, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("+,;/&-", c) }) {
		if slices.Contains(codes, code) {
			continue
		}
		codes = append(codes, code)
		switch known, ok := catalogue.LandUseByCode(code); {
		case !ok:
			r.Note(key, doubt("land_use.unknown", "Mã mục đích sử dụng đất không có trong danh mục.", "No list has this land-use code."))
		case !known.InForce():
			p := doubt("land_use.legacy", "Mã mục đích sử dụng đất không còn trong danh mục hiện hành (TT 08/2024/TT-BTNMT).",
				"The land-use code is not in the list in force (TT 08/2024/TT-BTNMT).")
			p.Expected = strings.Join(known.Successor, ", ")
			r.Note(key, p)
		}
	}
	return codes
}

// term returns how long the use lasts: a day, or the source's words ("Lâu dài", "50 năm").
func term(r *field.Reader, words, until strict.Text) (string, schema.Date) {
	end := r.Date("DENNGAY", until, schema.DateAny)
	text := r.Text("THOIHANSUDUNG", words)
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(text), "đến "), "ngày ")
	if bare == "" || bare[0] < '0' || bare[0] > '9' {
		return text, end
	}
	day, err := schema.ParseDate(bare, schema.DateAny)
	if err != nil || day.IsZero() {
		return text, end
	}
	return "", day
}

// origin returns the number of the origin of a right; anything else is kept as
// it is, with a warning, since certificates use letters of their own.
func origin(r *field.Reader, key string, raw strict.Text) string {
	code := r.Text(key, raw)
	if code == "" || code == "0" {
		return ""
	}
	if _, ok := catalogue.LandOriginByCode(code); !ok {
		r.Note(key, doubt("land_origin.unknown", "Nguồn gốc sử dụng đất không có trong danh mục; giữ nguyên.",
			"The origin of the right is in no list here; kept as it is."))
	}
	return code
}
