package simulator

import (
	"maps"
	"slices"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// Op is the class of a call: what faults are restricted to and what the log names.
type Op string

// The operations.
const (
	OpLogin       Op = "login"
	OpDossier     Op = "dossier"      // DongBoHoSoMC
	OpProgress    Op = "progress"     // CapNhatTienDoHoSoMC
	OpLookup      Op = "lookup"       // TraCuuHoSo
	OpCatalogue   Op = "catalogue"    // LayThuTuc, LayDanhSachTTHC, LayDanhMuc…, TraCuuTechID, getfile
	OpStatus      Op = "status"       // DongBoTrangThaiHoSo, DongBoTrangThaiHoSoKM: back to a portal-born dossier
	OpDocument    Op = "document"     // SyncDocument, UpdateDocumentTraces of the interface of 2017
	OpNumber      Op = "number"       // gen-2: GetNextValue
	OpUpload      Op = "upload"       // gen-2: UploadFile
	OpState       Op = "state"        // gen-2: CapNhatTrangThai; its other services are dossier and progress
	OpEvent       Op = "event"        // events for the sink
	OpEventLookup Op = "event_lookup" // whether the sink has a subject
	OpOther       Op = "other"        // an unknown service, or a body nobody can read
)

// Ops returns every operation.
func Ops() []Op {
	return []Op{OpLogin, OpDossier, OpProgress, OpLookup, OpCatalogue, OpStatus, OpDocument, OpNumber, OpUpload, OpState, OpEvent, OpEventLookup, OpOther}
}

// Place is one of the systems that the simulator is.
type Place string

// The places.
const (
	PlaceNational Place = "national" // the portal of the first generation, with its bus
	PlaceMinistry Place = "ministry" // under /ministry/
	PlaceSink     Place = "sink"     // under /sink/
)

// Places returns every place.
func Places() []Place { return []Place{PlaceNational, PlaceMinistry, PlaceSink} }

// CodeStyle is how error_code is written; clients have seen all four.
type CodeStyle string

// The styles.
const (
	CodesMixed  CodeStyle = "mixed"  // numbers, but a duplicate as text "-3": as in the public samples
	CodesInt    CodeStyle = "int"    // always a number
	CodesString CodeStyle = "string" // always text
	CodesLegacy CodeStyle = "legacy" // text, success is "00"
)

// CodeStyles returns every style.
func CodeStyles() []CodeStyle { return []CodeStyle{CodesMixed, CodesInt, CodesString, CodesLegacy} }

func duplicateCodes() []string { return []string{codeDuplicate, "3", codeOK} }

// LookupMode is what TraCuuHoSo shows of a dossier it finds.
type LookupMode string

// The modes.
const (
	ShowExists LookupMode = "exists" // one object with MaHoSo only
	ShowHeader LookupMode = "header" // the stored record
	ShowTrail  LookupMode = "trail"  // the stored record and its steps under DanhSachTienDo
)

// LookupModes returns every mode.
func LookupModes() []LookupMode { return []LookupMode{ShowExists, ShowHeader, ShowTrail} }

// AdapterFault is the form of the security server's own refusal.
type AdapterFault string

// The forms; both come with HTTP 200.
const (
	AdapterFaultJSON AdapterFault = "json"
	AdapterFaultXML  AdapterFault = "xml"
)

// AdapterFaults returns both forms.
func AdapterFaults() []AdapterFault { return []AdapterFault{AdapterFaultJSON, AdapterFaultXML} }

// Options configure a [Simulator]. The zero value is a friendly portal that
// forgets everything when it ends. Everything from Destination to Sink can be
// switched while it runs; see [Switches].
type Options struct {
	Addr      string // where Run listens, e.g. "127.0.0.1:0"; empty: only Handler is used
	AdminAddr string // a second listener of Run for /_sim/ that stays up while Addr is down; loopback only
	LogPath   string // the log, created if missing; empty: nothing is kept

	Destination  string       // the dstcode it answers to; default [DefaultDestination]; "*": any, or none
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
	Required          []string // members a dossier record must have, not empty; nil: [RequiredDossierFields]; MaHoSo always
	AnyLength         bool     // texts may be longer than the clients of the field cut them
	AnyBorn           bool     // a status is taken for any portal number; default: only for those that were announced

	Lookup    LookupMode    // default trail
	LookupLag time.Duration // a write is visible to TraCuuHoSo after this long
	Settle    time.Duration // promise: no write is applied or becomes visible later than this; default 60 s

	Transitions Transitions // of the fault order_enforcing; nil: [DefaultTransitions]
	Capacity    Capacity    // default: no limit
	Peak        Peak        // default off
	Files       Files       // default: files are not pulled
	Wrapper     Wrapper     // the doors of a provincial bus
	Ministry    Ministry    // the portal of a ministry, under /ministry/
	Sink        Sink        // a data store that takes events, beside the portal

	Procedures []Procedure // the catalogue; nil: [SampleProcedures]
	Faults     []Fault     // switched on at start
	Seed       uint64      // of the choices that Fault.Share and Files.Share make
}

// DefaultDestination is the member of the national axis that fronts the portal.
const DefaultDestination = "VN:GOV:000.00.00.G22:vpcpdvcprovider"

// anyDestination as Options.Destination accepts every dstcode.
const anyDestination = "*"

const defaultSettle = time.Minute

func (o Options) withDefaults(op string) (Options, error) {
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
	if o.Transitions == nil {
		o.Transitions = DefaultTransitions()
	}
	o.Capacity, o.Peak, o.Files, o.Wrapper = o.Capacity.withDefaults(), o.Peak.withDefaults(), o.Files.withDefaults(), o.Wrapper.withDefaults()
	o.Faults = slices.Clone(o.Faults)
	if o.Procedures == nil {
		o.Procedures = SampleProcedures()
	}
	return o, o.check(op)
}

// check returns the first thing that makes no sense; op names who asked.
func (o *Options) check(op string) error {
	usage := func(msg string) error { return fault.New(fault.Usage, op, msg) }
	for _, style := range append([]CodeStyle{o.Codes}, slices.Collect(maps.Values(o.CodesByOp))...) {
		if !oneOf(style, CodeStyles()) {
			return usage("unknown code style " + string(style) + ": mixed, int, string or legacy")
		}
	}
	for own := range o.CodesByOp {
		if !oneOf(own, Ops()) {
			return usage("unknown operation " + string(own))
		}
	}
	switch {
	case !oneOf(o.AdapterFault, AdapterFaults()):
		return usage("unknown adapter fault form " + string(o.AdapterFault) + ": json or xml")
	case !oneOf(o.Lookup, LookupModes()):
		return usage("unknown look-up mode " + string(o.Lookup) + ": exists, header or trail")
	case !oneOf(o.DuplicateCode, duplicateCodes()):
		return usage("a duplicate is answered with code -3, 3 or 0")
	case o.SessionTTL < 0 || o.SessionCalls < 0 || o.MaxBatch < 0 || o.LookupLag < 0 || o.Settle < 0:
		return usage("a limit or duration is negative")
	case o.LookupLag > o.Settle:
		return usage("the look-up lag is longer than the declared settle time")
	}
	for _, err := range []error{
		o.Transitions.check(op), o.Capacity.check(op), o.Peak.check(op), o.Files.check(op), o.Wrapper.check(op), o.Sink.check(op),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func oneOf[T comparable](v T, all []T) bool { return slices.Contains(all, v) }
