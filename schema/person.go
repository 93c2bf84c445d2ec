package schema

// Sex of a person as civil registration records it.
type Sex string

// Sexes; the empty value means that nothing is known.
const (
	Male         Sex = "male"
	Female       Sex = "female"
	Undetermined Sex = "undetermined"
)

// Person is what dossiers need to know of a person. The population database
// remains the master; names follow SEMIC Core Person.
type Person struct {
	FullName      string             `json:"full_name,omitzero"`
	OtherNames    []string           `json:"other_names,omitempty"`
	Birth         Date               `json:"birth,omitzero"`
	BirthWords    string             `json:"birth_words,omitzero"` // the date written out, as entries do
	BirthPlace    Address            `json:"birth_place,omitzero"`
	Origin        Address            `json:"origin,omitzero"` // quê quán
	Sex           Sex                `json:"sex,omitzero"`
	Ethnicity     string             `json:"ethnicity,omitzero"` // by name; numeric lists differ between systems
	Nationality   string             `json:"nationality,omitzero"`
	MaritalStatus string             `json:"marital_status,omitzero"` // in the source's words
	Identifiers   []Identifier       `json:"identifiers,omitempty"`
	Documents     []IdentityDocument `json:"documents,omitempty"` // what proved the identity, with its issue
	Residence     Address            `json:"residence,omitzero"`
	ResidenceType ResidenceType      `json:"residence_type,omitzero"`
	Phone         string             `json:"phone,omitzero"`
	Email         string             `json:"email,omitzero"`
	DiedOn        Date               `json:"died_on,omitzero"`
}

// IdentityDocument is a paper that proved an identity. Number is not an
// identifier by itself: Identifiers has what may identify.
type IdentityDocument struct {
	Type     string `json:"type,omitzero"` // cccd, cmnd, passport, …, or the source's own words
	Number   string `json:"number,omitzero"`
	IssuedOn Date   `json:"issued_on,omitzero"`
	IssuedBy string `json:"issued_by,omitzero"`
}

// ResidenceType says in what way a person lives at Residence (Luật Cư trú 2020).
type ResidenceType string

// Ways to reside; empty: not told.
const (
	Permanent ResidenceType = "permanent" // thường trú
	Temporary ResidenceType = "temporary" // tạm trú
	Present   ResidenceType = "present"   // nơi ở hiện tại
)

// Kind implements [Body].
func (*Person) Kind() Kind { return KindPerson }

// Keys returns the strong identifiers.
func (p *Person) Keys() []Identifier { return strong(p.Identifiers) }

// Mentions implements [Body]; a person mentions nobody.
func (*Person) Mentions() []Mention { return nil }

// Validate implements [Body].
func (p *Person) Validate() []Problem {
	return required(nil, "/full_name", p.FullName)
}

// Mention returns p as it is mentioned in a role.
func (p *Person) Mention(role string) Mention {
	return Mention{Role: role, Kind: KindPerson, Name: p.FullName, Birth: p.Birth, Sex: p.Sex, Identifiers: p.Identifiers}
}

// mentionIfNamed appends p in a role when anything identifies it.
func mentionIfNamed(to []Mention, role string, p *Person) []Mention {
	if p == nil || (p.FullName == "" && len(p.Identifiers) == 0) {
		return to
	}
	return append(to, p.Mention(role))
}

var _ Body = (*Person)(nil)
