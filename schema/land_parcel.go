package schema

// LandParcel is one parcel (thửa đất) as a land system describes it.
type LandParcel struct {
	Commune     string   `json:"commune,omitzero"`     // code as of 01/07/2025
	OldCommune  string   `json:"old_commune,omitzero"` // code until 30/06/2025; sheet numbers restart in each
	Sheet       string   `json:"sheet"`                // số hiệu tờ bản đồ
	Number      string   `json:"number"`               // số thứ tự thửa
	OldSheet    string   `json:"old_sheet,omitzero"`   //
	OldNumber   string   `json:"old_number,omitzero"`  //
	Geohash     string   `json:"geohash,omitzero"`     // 12 characters, WGS 84
	AreaM2      float64  `json:"area_m2,omitzero"`     // square metres
	Address     Address  `json:"address,omitzero"`     //
	Dossier     string   `json:"dossier,omitzero"`     // the dossier that brought this record
	Owners      []Person `json:"owners,omitempty"`     // registered owners
	Applicant   *Person  `json:"applicant,omitempty"`  // who filed the dossier, not necessarily an owner
	Certificate string   `json:"certificate,omitzero"` // serial of the certificate
}

// Kind implements [Body].
func (*LandParcel) Kind() Kind { return KindLandParcel }

// Keys returns the parcel key in the old commune where that is known, and the geohash.
// A key in the new commune is a scheme of its own: after the mergers the same
// sheet and number exist once per old commune.
func (l *LandParcel) Keys() []Identifier {
	var keys []Identifier
	if l.OldCommune != "" && l.Sheet != "" && l.Number != "" {
		keys = append(keys, Identifier{Scheme: SchemeParcel, Value: l.OldCommune + "|" + l.Sheet + "|" + l.Number})
	}
	if len(l.Geohash) == 12 {
		keys = append(keys, Identifier{Scheme: SchemeGeohash, Value: l.Geohash})
	}
	if len(keys) == 0 && l.Commune != "" && l.Sheet != "" && l.Number != "" {
		keys = append(keys, Identifier{Scheme: SchemeParcelNew, Value: l.Commune + "|" + l.Sheet + "|" + l.Number})
	}
	return keys
}

// Mentions returns owners and applicant.
func (l *LandParcel) Mentions() []Mention {
	var m []Mention
	for i := range l.Owners {
		m = mentionIfNamed(m, "owner", &l.Owners[i])
	}
	return mentionIfNamed(m, "applicant", l.Applicant)
}

// Validate implements [Body].
func (l *LandParcel) Validate() []Problem {
	p := required(nil, "/sheet", l.Sheet)
	p = required(p, "/number", l.Number)
	if l.Commune == "" && l.OldCommune == "" {
		p = required(p, "/commune", "")
	}
	return p
}

var _ Body = (*LandParcel)(nil)
