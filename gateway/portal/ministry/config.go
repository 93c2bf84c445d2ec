package ministry

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// What is done about a create of which nobody knows whether it arrived.
const (
	RepeatCreate = "repeat" // once settled it is sent again under its number, which the portal refuses a second time
	ParkCreate   = "park"   // it waits for a person: for a portal that is not known to refuse
)

// Config is one connection to a portal. Code, URL, ClientID, ClientSecret,
// NumberCode and Unit are required.
type Config struct {
	Code         string // of the destination, "ministry"
	URL          string // what the paths are below
	TokenPath    string // default "GetToken"
	NumberPath   string // default "GetNextValue"
	UploadPath   string // default "UploadFile"
	CreatePath   string // default "CreateDossier"
	StepsPath    string // default "CapNhatTienTrinh"
	StatusPath   string // default "CapNhatTrangThai"
	ClientID     string
	ClientSecret portal.Secret
	NumberCode   string // whose numbers are issued: 000.00.07.G15
	Unit         string // MaDonViTiepNhan, which begins the numbers: G15.07
	Reference    string // member of EformThongTinChiTiet that holds our own number; default "SoHoSoNguon", NoReference: none

	FileHosts []string // where papers may be fetched: host or host:port; none: a dossier with papers is held back
	FileLimit int64    // bytes of a file; default 20 MiB

	UnknownCreate string        // RepeatCreate (default) or ParkCreate
	Settle        time.Duration // default 60 s
	Timeout       time.Duration // of one call, with its token and its file; default 10 s
	Lanes         int           // default 8
	Receives      []schema.Kind // default, and all that this portal shows: dossiers

	Rules       portal.Rules // tried before the built-in ones: texts of a portal that changed its wording
	AllowRemote bool         // without it the portal and the papers must be on this machine
}

// NoReference as Config.Reference keeps our own number at home.
const NoReference = "-"

func (c Config) withDefaults() Config {
	for field, value := range map[*string]string{
		&c.TokenPath: "GetToken", &c.NumberPath: "GetNextValue", &c.UploadPath: "UploadFile", &c.CreatePath: "CreateDossier",
		&c.StepsPath: "CapNhatTienTrinh", &c.StatusPath: "CapNhatTrangThai", &c.Reference: "SoHoSoNguon", &c.UnknownCreate: RepeatCreate,
	} {
		if *field == "" {
			*field = value
		}
	}
	if c.FileLimit == 0 {
		c.FileLimit = 20 << 20
	}
	c.Settle, c.Timeout = cmp.Or(c.Settle, portal.DefaultSettle), cmp.Or(c.Timeout, portal.DefaultTimeout)
	c.Lanes = cmp.Or(c.Lanes, portal.DefaultLanes)
	if len(c.Receives) == 0 {
		c.Receives = []schema.Kind{schema.KindDossier}
	}
	return c
}

func (c Config) check() error {
	for _, field := range []struct{ name, value string }{
		{"code", c.Code}, {"url", c.URL}, {"client_id", c.ClientID}, {"client_secret", c.ClientSecret.Reveal()},
		{"number_code", c.NumberCode}, {"unit", c.Unit},
	} {
		if field.value == "" {
			return c.wrong(field.name + " is missing")
		}
	}
	u, ok := portal.ParseAddress(c.URL)
	switch {
	case !ok || u.RawQuery != "":
		return c.wrong("url is no http or https URL without a query")
	case c.UnknownCreate != RepeatCreate && c.UnknownCreate != ParkCreate:
		return c.wrong("a create of unknown outcome is repeated or parked")
	case c.Settle < 0 || c.Timeout < 0 || c.Lanes < 0 || c.Lanes > gateway.Slots || c.FileLimit < 0:
		return c.wrong("a limit or duration is out of range")
	case slices.ContainsFunc(c.Receives, func(k schema.Kind) bool { return k != schema.KindDossier }):
		return c.wrong("the portal shows dossiers only")
	case slices.ContainsFunc(c.FileHosts, func(h string) bool { return h == "" || strings.ContainsAny(h, "/*@ ") }):
		return c.wrong("a file host is a host or host:port")
	}
	if !c.AllowRemote {
		return portal.CheckLoopback(c.URL)
	}
	return nil
}

func (c Config) wrong(what string) error {
	return fault.New(fault.Usage, "ministry.New", what)
}

// address returns the URL of a path.
func (c Config) address(path string) string {
	return strings.TrimRight(c.URL, "/") + "/" + strings.TrimLeft(path, "/")
}

// fetchable says what is wrong with the address of a paper's file; "" when it may be fetched.
func (c Config) fetchable(address string) string {
	if address == "" {
		return "paper.no_file"
	}
	u, ok := portal.ParseAddress(address)
	if !ok || u.User != nil {
		return "paper.url_invalid"
	}
	for _, host := range c.FileHosts {
		if strings.EqualFold(u.Host, host) || strings.EqualFold(u.Hostname(), host) {
			return ""
		}
	}
	return "paper.host_not_allowed"
}

// LogValue shows the code alone.
func (c Config) LogValue() slog.Value { return slog.StringValue("destination " + c.Code) }
