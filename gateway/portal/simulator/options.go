package simulator

import (
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// Op is the class of a call: what faults are restricted to and what the log names.
type Op string

// The operations.
const (
	OpLogin     Op = "login"
	OpDossier   Op = "dossier"   // DongBoHoSoMC
	OpProgress  Op = "progress"  // CapNhatTienDoHoSoMC
	OpLookup    Op = "lookup"    // TraCuuHoSo
	OpCatalogue Op = "catalogue" // LayThuTuc, LayDanhSachTTHC, LayDanhMucLinhVuc
	OpOther     Op = "other"     // an unknown service, or a body nobody can read
)

// CodeStyle is how error_code is written; clients have seen all four.
type CodeStyle string

// The styles.
const (
	CodesMixed  CodeStyle = "mixed"  // numbers, but a duplicate as text "-3": as in the public samples
	CodesInt    CodeStyle = "int"    // always a number
	CodesString CodeStyle = "string" // always text
	CodesLegacy CodeStyle = "legacy" // text, success is "00"
)

// LookupMode is what TraCuuHoSo shows of a dossier it finds.
type LookupMode string

// The modes.
const (
	ShowExists LookupMode = "exists" // one object with MaHoSo only
	ShowHeader LookupMode = "header" // the stored record
	ShowTrail  LookupMode = "trail"  // the stored record and its steps under DanhSachTienDo
)

// AdapterFault is the form of the security server's own refusal.
type AdapterFault string

// The forms; both come with HTTP 200.
const (
	AdapterFaultJSON AdapterFault = "json"
	AdapterFaultXML  AdapterFault = "xml"
)

// Capacity is how much the portal can take. The zero value is unlimited.
type Capacity struct {
	CallsPerSecond float64 // evenly spaced; 0: no limit
	Concurrent     int     // calls handled at once; 0: no limit
	Reject         bool    // true: what is too much gets HTTP 503; false: it waits
}

// Options configure a [Simulator]. The zero value is a friendly portal that
// forgets everything when it ends.
type Options struct {
	Addr      string // where Run listens, e.g. "127.0.0.1:0"; empty: only Handler is used
	AdminAddr string // a second listener of Run for /_sim/ that stays up while Addr is down; loopback only
	LogPath   string // the log, created if missing; empty: nothing is kept

	Destination  string       // the dstcode it answers to; default [DefaultDestination]
	AdapterFault AdapterFault // default json

	Accounts      map[string]string // user name → password; empty: any pair that is not empty
	SessionTTL    time.Duration     // a session ends this long after its login; 0: never
	SessionCalls  int               // a session ends after this many calls; 0: never
	SingleSession bool              // a login ends the older sessions of its account

	Codes         CodeStyle        // default mixed
	CodesByOp     map[Op]CodeStyle // overrides Codes
	DuplicateCode string           // "-3" (default), "3" or "0", with the text "đã tồn tại"

	PartialAcceptance bool     // good records of a batch are stored, bad ones are named; default: one bad record refuses all
	MaxBatch          int      // records a call; 0: no limit
	Required          []string // members a dossier record must have, not empty; nil: [RequiredDossierFields]

	Lookup    LookupMode    // default trail
	LookupLag time.Duration // a write is visible to TraCuuHoSo after this long
	Settle    time.Duration // promise: no write is applied or becomes visible later than this; default 60 s

	Capacity   Capacity
	Procedures []Procedure // the catalogue; nil: [SampleProcedures]
	Faults     []Fault     // switched on at start
	Seed       uint64      // of the choices that Fault.Share makes
}

// DefaultDestination is the member of the national axis that fronts the portal.
const DefaultDestination = "VN:GOV:000.00.00.G22:vpcpdvcprovider"

const defaultSettle = time.Minute

func (o Options) withDefaults() (Options, error) {
	if o.Destination == "" {
		o.Destination = DefaultDestination
	}
	if o.AdapterFault == "" {
		o.AdapterFault = AdapterFaultJSON
	}
	if o.Codes == "" {
		o.Codes = CodesMixed
	}
	if o.DuplicateCode == "" {
		o.DuplicateCode = codeDuplicate
	}
	if o.Required == nil {
		o.Required = RequiredDossierFields()
	}
	if o.Lookup == "" {
		o.Lookup = ShowTrail
	}
	if o.Settle == 0 {
		o.Settle = defaultSettle
	}
	if o.Procedures == nil {
		o.Procedures = SampleProcedures()
	}
	return o, o.check()
}

func (o Options) check() error {
	const op = "simulator.New"
	for _, style := range append([]CodeStyle{o.Codes}, values(o.CodesByOp)...) {
		switch style {
		case CodesMixed, CodesInt, CodesString, CodesLegacy:
		default:
			return fault.New(fault.Usage, op, "unknown code style "+string(style))
		}
	}
	switch {
	case o.AdapterFault != AdapterFaultJSON && o.AdapterFault != AdapterFaultXML:
		return fault.New(fault.Usage, op, "unknown adapter fault form "+string(o.AdapterFault))
	case o.Lookup != ShowExists && o.Lookup != ShowHeader && o.Lookup != ShowTrail:
		return fault.New(fault.Usage, op, "unknown look-up mode "+string(o.Lookup))
	case o.DuplicateCode != "-3" && o.DuplicateCode != "3" && o.DuplicateCode != "0":
		return fault.New(fault.Usage, op, "a duplicate is answered with code -3, 3 or 0")
	case o.SessionTTL < 0 || o.SessionCalls < 0 || o.MaxBatch < 0 || o.LookupLag < 0 || o.Settle < 0:
		return fault.New(fault.Usage, op, "a limit or duration is negative")
	case o.Capacity.CallsPerSecond < 0 || o.Capacity.Concurrent < 0:
		return fault.New(fault.Usage, op, "a capacity is negative")
	}
	return nil
}

func values[K comparable, V any](m map[K]V) []V {
	all := make([]V, 0, len(m))
	for _, v := range m {
		all = append(all, v)
	}
	return all
}
