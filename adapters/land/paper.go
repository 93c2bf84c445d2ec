package land

import (
	"net/url"
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// papers lists the results; no code of a kind of result is invented for them.
func papers(r *field.Reader, list strict.List[resultPaper]) []schema.ResultPaper {
	var out []schema.ResultPaper
	for i := range list {
		at := r.Item("DanhSachGiayToKetQua", i)
		p := schema.ResultPaper{
			Name: at.Text("TenGiayTo", list[i].TenGiayTo),
			URL:  link(at, "LinkFile", list[i].LinkFile),
		}
		if p.Name != "" || p.URL != "" {
			out = append(out, p)
		}
	}
	return out
}

// link returns an address from which the portal can fetch a file, its path escaped; "" for anything else.
func link(r *field.Reader, key string, raw strict.Text) string {
	s := strings.TrimSpace(string(raw)) // no repair: the file bears the name that its server wrote
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
		if s = u.String(); schema.NFC(s) == s { // letters of a query stay as they are: only NFC is stored
			return s
		}
	}
	r.Note(key, doubt("url.invalid", "Đường dẫn tệp không hợp lệ; đã bỏ qua.", "Not a link to a file; dropped."))
	return ""
}
