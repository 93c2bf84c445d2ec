// Package briefing makes a page for print of what happened overnight: no
// scripts, one style whose hash the page's own policy names, nothing from elsewhere.
package briefing

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

//go:embed page.html
var source string

//go:embed page.css
var style string

var page = template.Must(template.New("page").Parse(source))

// view is what the page shows, in one language.
type view struct {
	Lang, Title, Line string
	Policy            string
	Style             template.CSS
	Head              map[string]string
	Todo              []string
	Places            []place
	Due               []due
	Truncated         bool
}

type place struct {
	Code     string
	Waiting  int
	Failed   int
	Outages  []string
	Causes   []cause
	Agencies []gateway.AgencyCount
}

type cause struct {
	Words, Code, First, Last string
	Count                    int
}

type due struct{ Number, Place, Agency, At, State, Cause string }

// words of the page itself.
var words = map[string]gateway.Text{
	"title": {VI: "Tình hình đêm qua", EN: "The night"}, "todo": {VI: "Việc cần làm ngay", EN: "To do now"}, "due": {VI: "Quá hạn, đến hạn hôm nay và ngày mai, nơi nhận chưa hiển thị", EN: "Overdue, due today and tomorrow, not shown yet"},
	"number": {VI: "Mã hồ sơ", EN: "Dossier"}, "place": {VI: "Nơi nhận", EN: "Destination"}, "agency": {VI: "Đơn vị", EN: "Agency"}, "at": {VI: "Hạn trả", EN: "Deadline"},
	"state": {VI: "Trạng thái", EN: "State"}, "cause": {VI: "Nguyên nhân", EN: "Cause"}, "count": {VI: "Số hồ sơ", EN: "Dossiers"}, "first": {VI: "Lần đầu", EN: "First"},
	"last": {VI: "Lần cuối", EN: "Last"}, "waiting": {VI: "đang chờ", EN: "wait"}, "failed": {VI: "lỗi", EN: "failed"}, "outages": {VI: "Thời gian ngừng", EN: "Down"},
	"more": {VI: "Chỉ liệt kê các hồ sơ có hạn sớm nhất của mỗi loại.", EN: "Of each kind only the first deadlines are listed."},
}

// Write writes the page of a morning.
func Write(w io.Writer, m gateway.Morning, lang string) error {
	hash := sha256.Sum256([]byte(style))
	v := view{
		Lang: lang, Line: m.Line(lang), Style: template.CSS(style), Head: map[string]string{}, Truncated: truncated(m),
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'",
	}
	for name, t := range words {
		v.Head[name] = t.In(lang)
	}
	for _, t := range m.Todo() {
		v.Todo = append(v.Todo, t.In(lang))
	}
	for _, d := range m.Destinations {
		v.Places = append(v.Places, placeOf(d, m.At, lang))
	}
	for _, d := range m.Due {
		v.Due = append(v.Due, due{d.Number, d.Destination, d.Agency, stamp(d.DueAt), d.State.Words().In(lang), causeWords(d.Cause, lang)})
	}
	return fault.Wrap(page.Execute(w, v), fault.Internal, "briefing.Write")
}

// truncated reports whether there are more deadlines than are listed.
func truncated(m gateway.Morning) bool {
	all := 0
	for _, d := range m.Destinations {
		all += d.Overdue + d.DueToday + d.DueTomor
	}
	return all > len(m.Due)
}

func placeOf(d gateway.MorningDestination, now time.Time, lang string) place {
	p := place{Code: d.Code, Waiting: d.Waiting, Failed: d.Failed, Agencies: d.Agencies}
	for _, o := range d.Outages {
		p.Outages = append(p.Outages, o.Words(now).In(lang))
	}
	for _, c := range d.Causes {
		p.Causes = append(p.Causes, cause{Words: causeWords(c.Cause, lang), Code: c.Cause, Count: c.Count, First: stamp(c.First), Last: stamp(c.Last)})
	}
	return p
}

func causeWords(code, lang string) string {
	if code == "" {
		return ""
	}
	return gateway.Explain(code).What.In(lang)
}

func stamp(t time.Time) string { return t.In(schema.VietNam()).Format("15:04 02/01/2006") }
