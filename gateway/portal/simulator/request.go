package simulator

import (
	"net/url"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// call is one request as the portal reads it.
type call struct {
	seq     uint64 // of its line in the log
	arrived time.Time
	op      Op
	service string
	wrapper bool // came through the provincial wrapper: no session, bare array
	stray   bool // for another member of the axis: the adapter answers

	session, agency    string
	username, password string
	updating           bool
	items              []item
	key                string // of a look-up
	procedure          string // of LayThuTuc

	problem *refusal // what is wrong with the call as a whole
}

// keys lists the dossiers that a call is about.
func (c *call) keys() []string {
	if c.op == OpLookup {
		return []string{c.key}
	}
	keys := make([]string, len(c.items))
	for i := range c.items {
		keys[i] = c.items[i].key
	}
	return keys
}

func (c *call) writes() bool { return c.op == OpDossier || c.op == OpProgress }

// envelope is the body of every service call, and of a login.
type envelope struct {
	Session    string         `json:"session"`
	Agency     string         `json:"madonvi"`
	Service    string         `json:"service"`
	IsUpdating jsontext.Value `json:"isUpdating"`
	Data       jsontext.Value `json:"data"`
	Key        string         `json:"mahoso"`
	Procedure  string         `json:"maTTHC"`
}

type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// decoder turns bytes into calls. It accepts anything: what it cannot read
// becomes a call with a problem, since the portal answers even that with HTTP 200.
type decoder struct {
	dossier, step shape
	maxBatch      int
}

// login reads a login; a missing body is a business error, for it is a known connectivity probe.
func (d *decoder) login(body []byte) *call {
	c := &call{op: OpLogin, service: "login"}
	var who credentials
	if len(strings.TrimSpace(string(body))) == 0 {
		c.problem = refuse(textMissing("username"))
		return c
	}
	if json.Unmarshal(body, &who) != nil {
		c.problem = refuse(textMalformed)
		return c
	}
	c.username, c.password = who.Username, who.Password
	for _, field := range []struct{ name, value string }{{"username", who.Username}, {"password", who.Password}} {
		if field.value == "" && c.problem == nil {
			c.problem = refuse(textMissing(field.name))
		}
	}
	return c
}

// service reads a call of the envelope {session, madonvi, service, …}.
func (d *decoder) service(body []byte) *call {
	c := &call{op: OpOther}
	var e envelope
	if json.Unmarshal(body, &e) != nil {
		c.problem = refuse(textMalformed)
		return c
	}
	c.service, c.op = e.Service, opOf(e.Service)
	c.session, c.agency, c.key, c.procedure = e.Session, e.Agency, e.Key, e.Procedure
	switch {
	case c.op == OpOther:
		c.problem = refuse(textUnknown)
	case e.Agency == "":
		c.problem = refuse(textMissing("madonvi"))
	case c.op == OpLookup && e.Key == "":
		c.problem = refuse(textMissing("mahoso"))
	case e.Service == "LayThuTuc" && e.Procedure == "":
		c.problem = refuse(textMissing("maTTHC"))
	}
	if c.writes() {
		d.readItems(c, e.Data)
	}
	if c.op == OpDossier {
		var ok bool
		if c.updating, ok = readFlag(e.IsUpdating); !ok && c.problem == nil {
			c.problem = refuse(textFormat("isUpdating"))
		}
	}
	return c
}

// bare reads a call of the provincial wrapper: an array, the rest in the query.
func (d *decoder) bare(service string, query url.Values, body []byte) *call {
	c := &call{op: opOf(service), service: service, wrapper: true, agency: query.Get("MaDinhDanhDV")}
	if c.agency == "" {
		c.problem = refuse(textMissing("MaDinhDanhDV"))
	}
	d.readItems(c, body)
	switch flag := query.Get("isUpdating"); {
	case strings.EqualFold(flag, "true"):
		c.updating = true
	case flag != "" && !strings.EqualFold(flag, "false") && c.problem == nil:
		c.problem = refuse(textFormat("isUpdating"))
	}
	return c
}

func (d *decoder) readItems(c *call, data jsontext.Value) {
	var raws []jsontext.Value
	var problem *refusal
	switch {
	case len(data) == 0:
		problem = refuse(textMissing("data"))
	case json.Unmarshal(data, &raws) != nil:
		problem = refuse(textFormat("data"))
		raws = nil
	case len(raws) == 0:
		problem = refuse(textMissing("data"))
	case d.maxBatch > 0 && len(raws) > d.maxBatch:
		problem = refuse(textBatchSize)
	}
	if c.problem == nil {
		c.problem = problem
	}
	form := &d.dossier
	if c.op == OpProgress {
		form = &d.step
	}
	c.items = make([]item, len(raws))
	for i, raw := range raws {
		c.items[i] = form.read(raw)
	}
}

// readFlag reads isUpdating: "True", "true" or true; missing is false, as a first create.
func readFlag(v jsontext.Value) (flag, ok bool) {
	switch v.Kind() {
	case 't':
		return true, true
	case 'f', 'n':
		return false, true
	case '"':
		value, _ := text(v)
		return strings.EqualFold(value, "true"), value == "" || strings.EqualFold(value, "true") || strings.EqualFold(value, "false")
	}
	return false, len(v) == 0
}

func opOf(service string) Op {
	switch service {
	case "DongBoHoSoMC":
		return OpDossier
	case "CapNhatTienDoHoSoMC":
		return OpProgress
	case "TraCuuHoSo":
		return OpLookup
	case "LayThuTuc", "LayDanhSachTTHC", "LayDanhMucLinhVuc":
		return OpCatalogue
	}
	return OpOther
}
