package land

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/schema"
)

// supplementHandedOn: the one-stop system reports the supplement itself, with
// its time; here only the words and the new appointment are kept.
func (run *run) supplementHandedOn(m message) {
	var w supplementHandedOn
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	due := optionalInstant(r, "NgayHenTraMoi", w.NgayHenTraMoi)
	n := &schema.DossierNote{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		Text:    r.Text("GhiChu", w.GhiChu),
	}
	n.Topic = topic("supplement", n.Text, due.Gen1())
	if !due.IsZero() {
		n.Text = strings.TrimSpace(n.Text + "\nNgày hẹn trả mới: " + due.Std().In(schema.VietNam()).Format("02/01/2006 15:04"))
	}
	run.told(m, r, n, unknown)
}

// wrongResult says that a result was wrong, not when: what it means for the
// status shows with the land system's next step.
func (run *run) wrongResult(m message) {
	var w wrongResult
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	n := &schema.DossierNote{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		Text:    r.Text("NoiDung", w.NoiDung),
	}
	n.Topic = topic("wrong_result", n.Text)
	r.Require("NoiDung", n.Text)
	run.told(m, r, n, unknown)
}

// remark keeps the words of one of three operations that cannot be told apart.
func (run *run) remark(m message) {
	var w remark
	unknown, ok := run.decode(m, &w)
	if !ok {
		return
	}
	r := m.reader()
	n := &schema.DossierNote{
		Dossier: r.Dossier("SoBienNhan", w.SoBienNhan),
		Unit:    r.Text("MaCanBoXuLy", w.MaCanBoXuLy),
		Text:    r.Text("GhiChu", w.GhiChu),
	}
	n.Topic = topic("remark", n.Text)
	r.Require("GhiChu", n.Text)
	r.Note("", doubt("form.ambiguous",
		"Không phân biệt được yêu cầu cập nhật, thông báo sai quy trình và thông báo trả thuế; chỉ ghi nhận nội dung.",
		"A request to update, a wrong procedure or a tax return: they have the same fields, so only the words are kept."))
	run.told(m, r, n, unknown)
}

// told takes a note that has nothing but words.
func (run *run) told(m message, r *field.Reader, n *schema.DossierNote, unknown []string) {
	r.Require("SoBienNhan", n.Dossier)
	r.Unknown(unknown)
	run.note(m, r, n)
}

// topic names what has no number of its own by what it says, so that a repeat
// is the same note and another text is another one.
func topic(kind string, said ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(said, "\n")))
	return kind + "/" + hex.EncodeToString(sum[:4])
}
