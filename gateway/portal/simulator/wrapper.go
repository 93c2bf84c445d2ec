package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// Wrapper is the doors that a province's own bus puts before the portal. Seen in the
// field: Hà Giang's /api/SynsTTHCC/ (always there unless Closed), three
// configured addresses (URLThemMoi, URLCapNhat, URLDongBoTienTrinh), the
// catalogues of KetNoiMotCuaQuocGia, and the English interface of 2017 (/token, /Document/…).
type Wrapper struct {
	Closed    bool   `json:"closed"`    // none of them answers
	Create    string `json:"create"`    // path of URLThemMoi; default /dvc/ThemMoi
	Update    string `json:"update"`    // path of URLCapNhat; default /dvc/CapNhat
	Steps     string `json:"steps"`     // path of URLDongBoTienTrinh; default /dvc/DongBoTienTrinh
	Catalogue string `json:"catalogue"` // folder of the catalogues; default /KetNoiMotCuaQuocGia
	Plain     bool   `json:"plain"`     // catalogues answer as the portal does; default: its JSON packed into a text
	Bearer    string `json:"bearer"`    // the catalogues want this token; "": none
}

func (w Wrapper) withDefaults() Wrapper {
	for path, standard := range map[*string]string{
		&w.Create: "/dvc/ThemMoi", &w.Update: "/dvc/CapNhat", &w.Steps: "/dvc/DongBoTienTrinh", &w.Catalogue: "/KetNoiMotCuaQuocGia",
	} {
		if *path == "" {
			*path = standard
		}
	}
	return w
}

func (w Wrapper) check(op string) error {
	paths := []string{w.Create, w.Update, w.Steps, w.Catalogue, "/api/SynsTTHCC", "/Document", "/token", "/Statistic", "/Vote"}
	for i, path := range paths {
		if len(path) < 2 || path[0] != '/' || strings.HasSuffix(path, "/") || strings.ContainsAny(path, "?# ") {
			return fault.New(fault.Usage, op, "a path of the wrapper begins with / and goes on")
		}
		for _, other := range append([]string{"/_sim", "/VXPAdapter", "/XrdAdapter", "/sink", folderOfMinistry}, paths[:i]...) {
			if path == other || strings.HasPrefix(path, other+"/") || strings.HasPrefix(other, path+"/") {
				return fault.New(fault.Usage, op, "two doors share the path "+path)
			}
		}
	}
	return nil
}

// door is one path of a bus.
type door struct {
	method string
	decode func(*settings, *http.Request, []byte) *call
}

// doorsOf returns the doors by path.
func doorsOf(w Wrapper) map[string]door {
	if w.Closed {
		return nil
	}
	doors := map[string]door{
		w.Create: {http.MethodPost, bareAt("DongBoHoSoMC", false)},
		w.Update: {http.MethodPost, bareAt("DongBoHoSoMC", true)},
		w.Steps:  {http.MethodPost, bareAt("CapNhatTienDoHoSoMC", false)},
	}
	for _, service := range []string{"DongBoHoSoMC", "CapNhatTienDoHoSoMC"} {
		doors["/api/SynsTTHCC/"+service] = door{http.MethodPost, func(rules *settings, r *http.Request, body []byte) *call {
			return rules.decoder.named(service, r.URL.Query(), body)
		}}
	}
	for service, argument := range catalogueDoors() {
		doors[w.Catalogue+"/"+service] = door{http.MethodGet, packedAt(service, argument)}
	}
	for _, service := range []string{serviceFile, servicePromotion} {
		doors[w.Catalogue+"/"+service] = door{http.MethodPost, packedAt(service, "")}
	}
	for path, decode := range doorsOf2017() {
		doors[path] = door{http.MethodPost, decode}
	}
	return doors
}

func bareAt(service string, updating bool) func(*settings, *http.Request, []byte) *call {
	return func(rules *settings, _ *http.Request, body []byte) *call {
		return rules.decoder.bare(service, updating, body)
	}
}

// bare reads a call whose body is the array and nothing else.
func (d *decoder) bare(service string, updating bool, body []byte) *call {
	c := &call{op: opOf(service), service: service, wrapper: true, voice: voiceWrapper, updating: updating}
	d.readItems(c, body)
	return c
}

// named reads a bare array with the rest in the query: MaDinhDanhDV and isUpdating.
func (d *decoder) named(service string, query url.Values, body []byte) *call {
	flag := query.Get("isUpdating")
	c := d.bare(service, strings.EqualFold(flag, "true"), body)
	c.agency = query.Get("MaDinhDanhDV")
	switch {
	case c.agency == "":
		c.problem = refuse(textMissing("MaDinhDanhDV"))
	case !slices.Contains([]string{"", "true", "false"}, strings.ToLower(flag)) && c.problem == nil:
		c.problem = refuse(textFormat("isUpdating"))
	}
	return c
}

// The services that only a bus has.
const (
	serviceStatus    = "DongBoTrangThaiHoSo"
	servicePromotion = "DongBoTrangThaiHoSoKM"
	serviceFile      = "getfile"
)

// catalogueDoors returns the catalogues of KetNoiMotCuaQuocGia and the parameter that each needs.
func catalogueDoors() map[string]string {
	return map[string]string{
		"LayDanhSachTTHC": "", "LayDanhSachTTHCDonVi": "maDonVi", "LayThuTuc": "maTTHC", "LayQDCB": "idQDCB", "LayDanhMucLinhVuc": "",
		"LayDanhMucLoaiThuTuc": "", "LayDanhMucNhomThuTuc": "", "LayDanhMucThuTucThuocLoai": "", "TraCuuTechID": "mstorcmnd",
	}
}

// packedAt reads a call to one of the catalogue's paths.
func packedAt(service, argument string) func(*settings, *http.Request, []byte) *call {
	return func(rules *settings, r *http.Request, body []byte) *call {
		c := &call{op: OpCatalogue, service: service, wrapper: true, voice: voicePacked}
		if rules.Wrapper.Plain {
			c.voice = voiceWrapper
		}
		c.denied = rules.Wrapper.Bearer != "" && bearer(r) != rules.Wrapper.Bearer
		switch service {
		case serviceFile:
			var asked struct {
				Path string `json:"DuongDan"`
			}
			if json.Unmarshal(body, &asked) != nil {
				c.problem = refuse(textMalformed)
			}
			argument, c.argument, c.voice = "DuongDan", asked.Path, voiceWrapper
		case servicePromotion:
			c.op, c.voice = OpStatus, voiceWrapper
			rules.decoder.readOne(c, unpacked(body))
		default:
			c.argument = r.URL.Query().Get(argument)
		}
		if argument != "" && c.argument == "" && c.problem == nil {
			c.problem = refuse(textMissing(argument))
		}
		return c
	}
}

// unpacked returns the record of a call that sends it bare or under "data".
func unpacked(body []byte) jsontext.Value {
	var e struct {
		Data jsontext.Value `json:"data"`
	}
	if json.Unmarshal(body, &e) == nil && len(e.Data) > 0 {
		return e.Data
	}
	return body
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
