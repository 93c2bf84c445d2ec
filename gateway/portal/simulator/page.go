package simulator

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// pages are the templates by the name of their file.
var pages = parsePages("overview", "dossiers", "dossier", "born", "switches", "mistake")

func parsePages(names ...string) map[string]*template.Template {
	base := template.Must(template.New("base").Funcs(pageFuncs()).ParseFS(pageFiles, "page/base.html"))
	all := map[string]*template.Template{}
	for _, name := range names {
		all[name] = template.Must(template.Must(base.Clone()).ParseFS(pageFiles, "page/"+name+".html"))
	}
	return all
}

func pageFuncs() template.FuncMap {
	return template.FuncMap{
		"n": thousands, "limit": limitText, "label": statusLabel, "moment": momentText, "tone": toneOf, "place": placeOf,
		"clock": func(t time.Time) string { return t.In(vietnam).Format("15:04:05.000") },
		"stamp": func(t time.Time) string { return t.In(vietnam).Format("15:04:05 02/01/2006") },
		"faultVi": func(name FaultName) string {
			for _, w := range DescribeFaults() {
				if w.Name == name {
					return w.Vi
				}
			}
			return ""
		},
		"faultParams": faultText,
	}
}

// thousands writes a number as Vietnamese readers expect it: 12.345.
func thousands(number any) string {
	digits := ""
	switch v := number.(type) {
	case int:
		digits = strconv.Itoa(v)
	case uint64:
		digits = strconv.FormatUint(v, 10)
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "." + digits[at:]
	}
	return digits
}

func limitText(number any) string {
	switch v := number.(type) {
	case int:
		if v > 0 {
			return thousands(v)
		}
	case float64:
		if v > 0 {
			return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", ",", 1)
		}
	}
	return "không hạn chế · no limit"
}

// momentText writes yyyyMMddHHmmss for people.
func momentText(moment string) string {
	t, err := time.Parse("20060102150405", moment)
	if err != nil {
		return moment
	}
	return t.Format("15:04:05 02/01/2006")
}

func toneOf(c Call) string {
	switch {
	case c.Status >= 400:
		return "bad"
	case c.Code != "" && c.Code != codeOK && c.Code != "00":
		return "warn"
	}
	return "good"
}

// placeOf is where a call's dossier is shown, "" when nowhere.
func placeOf(c Call) string {
	switch {
	case c.Key == "":
		return ""
	case c.Op == OpDossier || c.Op == OpProgress || c.Op == OpLookup:
		return "/_sim/dossiers/" + url.PathEscape(c.Key)
	case c.Op == OpStatus:
		return "/_sim/born"
	}
	return ""
}

// faultText lists the members of a fault that say something.
func faultText(f Fault) string {
	var parts []string
	add := func(name, value string, say bool) {
		if say {
			parts = append(parts, name+" "+value)
		}
	}
	add("share", strconv.FormatFloat(f.Share, 'f', -1, 64), f.Share > 0)
	add("delay", f.Delay.String(), f.Delay > 0)
	add("count", strconv.Itoa(f.Count), f.Count > 0)
	add("rate", strconv.FormatFloat(f.Rate, 'f', -1, 64), f.Rate > 0)
	add("ending", string(f.Ending), f.Ending != "")
	add("stored", strconv.FormatBool(f.Stored != nil && *f.Stored), f.Stored != nil)
	add("ops", strings.Join(texts(f.Ops), " + "), len(f.Ops) > 0)
	add("of", strings.Join(texts(f.Of), " + "), len(f.Of) > 0)
	return strings.Join(parts, " · ")
}

// frame is what every page has.
type frame struct {
	Title   string
	Now     string
	Refresh int  // seconds; 0: never
	Own     bool // the simulator has a listener of its own, so it can be closed
	State   State
	Tabs    []tab
	Error   string
}

type tab struct {
	Path, Vi, En string
	Here         bool
}

func (s *Simulator) frame(title, path string) frame {
	f := frame{Title: title, Now: time.Now().In(vietnam).Format("15:04:05 02/01/2006"), Own: s.front.isRunning(), State: s.State(), Tabs: []tab{
		{Path: "/_sim/", Vi: "Tổng quan", En: "overview"}, {Path: "/_sim/dossiers", Vi: "Hồ sơ", En: "dossiers"},
		{Path: "/_sim/born", Vi: "Sinh tại Cổng", En: "portal-born"}, {Path: "/_sim/switches", Vi: "Công tắc", En: "switches"},
	}}
	for i := range f.Tabs {
		f.Tabs[i].Here = f.Tabs[i].Path == path
	}
	return f
}

// show renders a page whole before the first byte leaves.
func show(w http.ResponseWriter, status int, name string, view any) {
	var out bytes.Buffer
	if err := pages[name].ExecuteTemplate(&out, "base", view); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // the reader may have left
}

func serveStyle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, pageFiles, "page/style.css")
}
