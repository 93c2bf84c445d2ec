package simulator

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// call is one request as the portal reads it.
type call struct {
	seq     uint64 // of its line in the log
	rules   *settings
	arrived time.Time
	op      Op
	service string
	wrapper bool  // came through a provincial bus: no session
	voice   voice // in which it is answered
	stray   bool  // for another member of the axis: the adapter answers
	denied  bool  // a bus that wants a token got none, or a wrong one

	session, agency    string
	username, password string
	updating           bool
	items              []item
	key                string // of a look-up
	argument           string // what a catalogue is asked for: maTTHC, mstorcmnd, DuongDan

	problem *refusal // what is wrong with the call as a whole
}

// keys lists the dossiers that a call is about.
func (c *call) keys() []string {
	if c.op == OpLookup || c.op == OpEventLookup {
		return []string{c.key}
	}
	keys := make([]string, len(c.items))
	for i := range c.items {
		keys[i] = c.items[i].key
	}
	return keys
}

// place is where a call goes.
func (c *call) place() Place {
	switch c.voice {
	case voiceMinistry:
		return PlaceMinistry
	case voiceEvent:
		return PlaceSink
	}
	return PlaceNational
}

// issues says whether a call of gen-2 is to be given something.
func (c *call) issues() bool { return c.op == OpNumber || c.op == OpUpload }

func (c *call) writes() bool {
	return c.op == OpDossier || c.op == OpProgress || c.op == OpStatus || c.op == OpDocument || c.op == OpEvent ||
		c.issues() || c.op == OpState
}

// envelope is the body of every service call, and of a login.
type envelope struct {
	Session    string         `json:"session"`
	Agency     string         `json:"madonvi"`
	Service    string         `json:"service"`
	IsUpdating jsontext.Value `json:"isUpdating"`
	Data       jsontext.Value `json:"data"`
	Key        string         `json:"mahoso"`
	Procedure  string         `json:"maTTHC"`
	Owner      string         `json:"mstorcmnd"`
}

type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// decoder turns bytes into calls. It accepts anything: what it cannot read
// becomes a call with a problem, since the portal answers even that with HTTP 200.
type decoder struct {
	dossier, step, status, born, document shape
	maxBatch                              int
}

func newDecoder(o *Options) decoder {
	return decoder{
		dossier: dossierShape(o.Required, o.AnyLength), step: stepShape(o.AnyLength), status: statusShape(),
		born: bareShape("MaHoSo"), document: bareShape("DocCode"), maxBatch: o.MaxBatch,
	}
}

// aside is the shape of what a line of this type stores.
func (d *decoder) aside(lineType string) *shape {
	switch lineType {
	case typeBorn:
		return &d.born
	case typeStatus:
		return &d.status
	}
	return &d.document
}

// form is the shape of the records of an operation.
func (d *decoder) form(op Op) *shape {
	switch op {
	case OpProgress:
		return &d.step
	case OpStatus:
		return &d.status
	case OpDocument:
		return &d.document
	}
	return &d.dossier
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
	c.session, c.agency, c.key, c.argument = e.Session, e.Agency, e.Key, e.Procedure
	switch {
	case c.op == OpOther:
		c.problem = refuse(textUnknown)
	case e.Agency == "":
		c.problem = refuse(textMissing("madonvi"))
	case c.op == OpLookup && e.Key == "":
		c.problem = refuse(textMissing("mahoso"))
	case e.Service == "LayThuTuc" && e.Procedure == "":
		c.problem = refuse(textMissing("maTTHC"))
	case e.Service == "TraCuuTechID":
		if c.argument = e.Owner; e.Owner == "" {
			c.problem = refuse(textMissing("mstorcmnd"))
		}
	}
	switch {
	case c.op == OpStatus:
		d.readOne(c, e.Data)
	case c.writes():
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

// readOne reads the one object that some calls send.
func (d *decoder) readOne(c *call, data jsontext.Value) {
	if len(data) == 0 {
		data = jsontext.Value("null")
	}
	c.items = []item{d.form(c.op).read(data)}
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
	form := d.form(c.op)
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
	case "LayThuTuc", "LayDanhSachTTHC", "LayDanhMucLinhVuc", "LayDanhMucCoQuan", "TraCuuTechID":
		return OpCatalogue
	case serviceStatus:
		return OpStatus
	}
	return OpOther
}
