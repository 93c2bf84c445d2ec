package dvcqg

import (
	"cmp"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// Where the routing code of the axis stands; both are in use.
const (
	DstCodeInHeader = "header"
	DstCodeInQuery  = "query"
)

// Config is one connection to the portal. Code, URL, Agency, Username and
// Password are required; behind a bus that is never asked, the last two are not.
type Config struct {
	Code            string // of the destination, "dvcqg"
	URL             string // of the adapter: http://…/VXPAdapter/RestService/forward
	LoginPath       string // default "mapi/login"
	IntegrationPath string // writes and look-ups; default "mapi/g"
	SharePath       string // catalogues; default "mapi/s"; this destination reads none
	DstCode         string // member that fronts the portal; default VN:GOV:000.00.00.G22:vpcpdvcprovider
	DstCodeIn       string // "header" (default) or "query"
	Agency          string // madonvi, code of the caller: 000.00.00.H05
	Username        string // of the account, usually the agency's code
	Password        portal.Secret

	Wire       string // how writes are wrapped: WireEnvelope (default), WireNamed or WireAddresses
	CreatePath string // the three paths of WireAddresses
	UpdatePath string
	StepsPath  string
	LookupURL  string // behind a bus: where the portal itself is asked, as URL is without one; empty: nowhere, and Lookup is none

	Lookup   gateway.LookupMode // what TraCuuHoSo shows; default exists, none where nobody can be asked
	Settle   time.Duration      // default 60 s
	Timeout  time.Duration      // of one call, logins included; default 10 s
	Lanes    int                // default 8
	Batch    int                // deliveries a call; default 10
	Chunk    int                // steps of one dossier a call; default 10, as other clients send them
	Receives []schema.Kind      // default, and all that this portal shows: dossiers

	Born        string       // beginning of the numbers that the portal issues; default "G22", NoBorn: no state is sent back
	Partial     bool         // a refused call of several items may have stored some of them
	Household   string       // LoaiDoiTuong of a household business, "2" or "4"; default "2"
	Rules       portal.Rules // tried before the built-in ones: texts of a portal that changed its wording
	AllowRemote bool         // without it the portal must be on this machine
}

func (c Config) withDefaults() Config {
	text := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	text(&c.LoginPath, "mapi/login")
	text(&c.IntegrationPath, "mapi/g")
	text(&c.SharePath, "mapi/s")
	text(&c.DstCode, "VN:GOV:000.00.00.G22:vpcpdvcprovider")
	text(&c.DstCodeIn, DstCodeInHeader)
	text(&c.Household, "2")
	text(&c.Wire, WireEnvelope)
	text(&c.Born, "G22")
	if c.Lookup == "" && c.throughBus() && c.LookupURL == "" {
		c.Lookup = gateway.ShowsNothing
	}
	if c.Lookup == "" {
		c.Lookup = gateway.ShowsExistence
	}
	c.Settle, c.Timeout = cmp.Or(c.Settle, portal.DefaultSettle), cmp.Or(c.Timeout, portal.DefaultTimeout)
	c.Lanes = cmp.Or(c.Lanes, portal.DefaultLanes)
	if c.Batch == 0 {
		c.Batch = 10
	}
	if c.Chunk == 0 {
		c.Chunk = 10
	}
	if len(c.Receives) == 0 {
		c.Receives = []schema.Kind{schema.KindDossier}
	}
	return c
}

func (c Config) check() error {
	account := c.Lookup != gateway.ShowsNothing
	for _, field := range []struct {
		name, value string
		needed      bool
	}{
		{"code", c.Code, true}, {"url", c.URL, true}, {"agency", c.Agency, true},
		{"username", c.Username, account}, {"password", c.Password.Reveal(), account},
	} {
		if field.needed && field.value == "" {
			return c.wrong(field.name + " is missing")
		}
	}
	if wrong := c.checkWire(); wrong != "" {
		return c.wrong(wrong)
	}
	for _, address := range []string{c.URL, c.asked()} {
		if _, ok := portal.ParseAddress(address); !ok {
			return c.wrong("url is no http or https URL")
		}
	}
	switch {
	case c.DstCodeIn != DstCodeInHeader && c.DstCodeIn != DstCodeInQuery:
		return c.wrong("the routing code stands in the header or in the query")
	case account && c.Lookup != gateway.ShowsExistence && c.Lookup != gateway.ShowsHeader && c.Lookup != gateway.ShowsTrail:
		return c.wrong("a look-up shows exists, header or trail")
	case c.Household != "2" && c.Household != "4":
		return c.wrong("a household business is shown as 2 or 4")
	case c.Settle < 0 || c.Timeout < 0 || c.Lanes < 0 || c.Lanes > gateway.Slots || c.Batch < 0 || c.Chunk < 0:
		return c.wrong("a limit or duration is out of range")
	}
	for _, k := range c.Receives {
		if k != schema.KindDossier {
			return c.wrong("the portal shows dossiers only")
		}
	}
	if c.AllowRemote {
		return nil
	}
	if err := portal.CheckLoopback(c.URL); err != nil {
		return err
	}
	return portal.CheckLoopback(c.asked())
}

func (c Config) wrong(what string) error {
	return fault.New(fault.Usage, "dvcqg.New", what)
}

// address returns the URL of a path of the portal itself with the routing code where it belongs.
func (c Config) address(path string) string {
	address := below(c.asked(), path)
	if c.DstCodeIn == DstCodeInQuery {
		separator := "?"
		if strings.Contains(address, "?") {
			separator = "&"
		}
		address += separator + "dstcode=" + url.QueryEscape(c.DstCode)
	}
	return address
}

// LogValue shows the code alone.
func (c Config) LogValue() slog.Value { return slog.StringValue("destination " + c.Code) }
