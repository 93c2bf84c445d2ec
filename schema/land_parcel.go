package schema

// LandParcel is one parcel (thửa đất) as a land system describes it.
type LandParcel struct {
	Commune     string           `json:"commune,omitzero"`       // code as of 01/07/2025
	OldCommune  string           `json:"old_commune,omitzero"`   // code until 30/06/2025; sheet numbers restart in each
	Sheet       string           `json:"sheet"`                  // số hiệu tờ bản đồ
	Number      string           `json:"number"`                 // số thứ tự thửa
	OldSheet    string           `json:"old_sheet,omitzero"`     // of the survey before
	OldNumber   string           `json:"old_number,omitzero"`    //
	Geohash     string           `json:"geohash,omitzero"`       // 12 characters, WGS 84
	RegisterID  string           `json:"register_id,omitzero"`   // of the land database, THUADATID
	AreaM2      float64          `json:"area_m2,omitzero"`       // square metres
	LegalAreaM2 float64          `json:"legal_area_m2,omitzero"` // as the papers say, DIENTICHPHAPLY
	Address     Address          `json:"address,omitzero"`       //
	Uses        []LandUse        `json:"uses,omitempty"`         // main use first
	Origin      string           `json:"origin,omitzero"`        // of the use right, code of the origin list
	Disputed    bool             `json:"disputed,omitzero"`      //
	State       string           `json:"state,omitzero"`         // TRANGTHAI as the register numbers it
	Dossier     string           `json:"dossier,omitzero"`       // the dossier that brought this record
	Owners      []Owner          `json:"owners,omitempty"`       // registered owners
	Applicant   *Person          `json:"applicant,omitempty"`    // who filed the dossier, not necessarily an owner
	Certificate *LandCertificate `json:"certificate,omitempty"`  // giấy chứng nhận
	Obligations []Obligation     `json:"obligations,omitempty"`  // tax notices that name the parcel
}

// LandUse is one purpose with its part of the area.
type LandUse struct {
	Code   string  `json:"code"`             // ONT, CLN, … (TT 08/2024/TT-BTNMT)
	AreaM2 float64 `json:"area_m2,omitzero"` // square metres; 0: not told
	Term   string  `json:"term,omitzero"`    // "Lâu dài" or the source's words
	Until  Date    `json:"until,omitzero"`   // end of the term where it is a day
	Main   bool    `json:"main,omitzero"`    //
	Shared bool    `json:"shared,omitzero"`  // used in common
	Origin string  `json:"origin,omitzero"`  // NGUONGOCSDTH
}

// LandCertificate is a certificate of land-use right.
type LandCertificate struct {
	Serial   string `json:"serial,omitzero"`   // "CP 123456", since 2025 "AA 01234567"
	Register string `json:"register,omitzero"` // số vào sổ, "CS 01234"
	IssuedOn Date   `json:"issued_on,omitzero"`
}

// Owner holds a right in a parcel: a person or an organisation, alone or in a group.
type Owner struct {
	Person       *Person      `json:"person,omitempty"`
	Organisation *OwnerEntity `json:"organisation,omitempty"`
	Group        OwnerGroup   `json:"group,omitzero"`
	Share        string       `json:"share,omitzero"` // "1/2"; empty: undivided or not told
}

// OwnerEntity is an organisation that owns land.
type OwnerEntity struct {
	Name        string       `json:"name,omitzero"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
}

// OwnerGroup says how an owner holds the right together with others (LADM group party).
type OwnerGroup string

// Groups; empty: alone or not told.
const (
	SpouseGroup    OwnerGroup = "spouse"    // vợ chồng
	HouseholdGroup OwnerGroup = "household" // hộ gia đình
	CoOwnerGroup   OwnerGroup = "co_owner"  // đồng sử dụng
)

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
	for _, o := range l.Owners {
		m = mentionIfNamed(m, "owner", o.Person)
		if org := o.Organisation; org != nil && (org.Name != "" || len(org.Identifiers) > 0) {
			m = append(m, Mention{Role: "owner", Kind: KindOrganisation, Name: org.Name, Identifiers: org.Identifiers})
		}
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
