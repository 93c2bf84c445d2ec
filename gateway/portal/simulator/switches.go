package simulator

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/lienthong/lienthong/internal/fault"
)

// Switches are everything of [Options] that can be switched while the portal
// runs, as a document: GET and POST /_sim/switches in JSON, a file in YAML or JSON.
// What a document does not name stays as it is.
type Switches struct {
	Destination  string       `json:"destination"`
	AdapterFault AdapterFault `json:"adapter_fault"`

	Accounts      map[string]string `json:"accounts,omitempty"` // is taken, but never shown
	SessionTTL    Span              `json:"session_ttl"`
	SessionCalls  int               `json:"session_calls"`
	SingleSession bool              `json:"single_session"`

	Codes         CodeStyle        `json:"codes"`
	CodesByOp     map[Op]CodeStyle `json:"codes_by_op"` // "" takes a style away
	DuplicateCode string           `json:"duplicate_code"`

	PartialAcceptance bool     `json:"partial_acceptance"`
	MaxBatch          int      `json:"max_batch"`
	Required          []string `json:"required"`
	AnyLength         bool     `json:"any_length"`
	AnyBorn           bool     `json:"any_born"`

	Lookup    LookupMode `json:"lookup"`
	LookupLag Span       `json:"lookup_lag"`
	Settle    Span       `json:"settle"`

	Transitions Transitions `json:"transitions"` // a row that is named replaces that row
	Capacity    Capacity    `json:"capacity"`
	Peak        Peak        `json:"peak"`
	Files       Files       `json:"files"`
	Wrapper     Wrapper     `json:"wrapper"`
	Ministry    Ministry    `json:"ministry"`
	Sink        Sink        `json:"sink"`

	// Faults that are on. A document that has the member names all that shall be on
	// afterwards; without it they stay as they are.
	Faults []FaultSwitch `json:"faults,omitempty"`
}

// DefaultSwitches is what the zero [Options] stand for.
func DefaultSwitches() Switches {
	o, err := Options{}.withDefaults("simulator.DefaultSwitches")
	if err != nil {
		return Switches{} // a test keeps this from happening
	}
	return o.switches()
}

// switches copies what can be switched; accounts are left out, for they are secrets.
func (o *Options) switches() Switches {
	peak, files := o.Peak, o.Files
	peak.Windows, files.Missing = slices.Clone(peak.Windows), slices.Clone(files.Missing)
	byOp := maps.Clone(o.CodesByOp)
	if byOp == nil {
		byOp = map[Op]CodeStyle{}
	}
	return Switches{
		Destination: o.Destination, AdapterFault: o.AdapterFault,
		SessionTTL: Span(o.SessionTTL), SessionCalls: o.SessionCalls, SingleSession: o.SingleSession,
		Codes: o.Codes, CodesByOp: byOp, DuplicateCode: o.DuplicateCode,
		PartialAcceptance: o.PartialAcceptance, MaxBatch: o.MaxBatch, Required: slices.Clone(o.Required), AnyLength: o.AnyLength, AnyBorn: o.AnyBorn,
		Lookup: o.Lookup, LookupLag: Span(o.LookupLag), Settle: Span(o.Settle),
		Transitions: o.Transitions.clone(), Capacity: o.Capacity, Peak: peak, Files: files, Wrapper: o.Wrapper, Sink: o.Sink,
		Ministry: o.Ministry,
	}
}

// With returns the options with everything that sw says. Nil accounts and nil faults leave those of o.
func (o Options) With(sw Switches) Options {
	o.Destination, o.AdapterFault = sw.Destination, sw.AdapterFault
	if sw.Accounts != nil {
		o.Accounts = maps.Clone(sw.Accounts)
	}
	o.SessionTTL, o.SessionCalls, o.SingleSession = time.Duration(sw.SessionTTL), sw.SessionCalls, sw.SingleSession
	o.Codes, o.DuplicateCode = sw.Codes, sw.DuplicateCode
	o.CodesByOp = maps.Clone(sw.CodesByOp)
	maps.DeleteFunc(o.CodesByOp, func(_ Op, style CodeStyle) bool { return style == "" })
	o.PartialAcceptance, o.MaxBatch, o.AnyLength, o.AnyBorn = sw.PartialAcceptance, sw.MaxBatch, sw.AnyLength, sw.AnyBorn
	if o.Required = slices.Clone(sw.Required); o.Required == nil {
		o.Required = []string{}
	}
	o.Lookup, o.LookupLag, o.Settle = sw.Lookup, time.Duration(sw.LookupLag), time.Duration(sw.Settle)
	o.Transitions, o.Capacity, o.Peak, o.Files, o.Wrapper, o.Sink = sw.Transitions.clone(), sw.Capacity, sw.Peak, sw.Files, sw.Wrapper, sw.Sink
	o.Ministry = sw.Ministry
	o.Peak.Windows, o.Files.Missing = slices.Clone(sw.Peak.Windows), slices.Clone(sw.Files.Missing)
	if sw.Faults != nil {
		o.Faults = nil
		for _, one := range sw.Faults {
			if f := one.fault(); f.On {
				o.Faults = append(o.Faults, f)
			}
		}
	}
	return o
}

// ReadSwitches lays a document in YAML or JSON over sw. An unknown key or a
// wrong type is a [fault.Usage] with its line and column.
func ReadSwitches(document []byte, over Switches) (Switches, error) {
	const op = "simulator.ReadSwitches"
	var content any
	if err := yaml.Unmarshal(document, &content); err != nil {
		return over, fault.New(fault.Usage, op, yaml.FormatError(err, false, true))
	}
	if content == nil {
		return over, nil // the decoder would clear everything
	}
	rows, styles := over.Transitions.clone(), maps.Clone(over.CodesByOp)
	if err := yaml.NewDecoder(bytes.NewReader(document), yaml.Strict()).Decode(&over); err != nil {
		return over, fault.New(fault.Usage, op, yaml.FormatError(err, false, true))
	}
	over.Transitions, over.CodesByOp = overlaid(rows, over.Transitions), overlaid(styles, over.CodesByOp)
	return over, nil
}

// overlaid puts what was read over what stood; the decoder replaces maps as a whole.
func overlaid[M ~map[K]V, K comparable, V any](stood, read M) M {
	if stood == nil {
		return read
	}
	maps.Copy(stood, read)
	return stood
}
