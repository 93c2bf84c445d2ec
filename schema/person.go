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
	FullName    string       `json:"full_name,omitzero"`
	Birth       Date         `json:"birth,omitzero"`
	Sex         Sex          `json:"sex,omitzero"`
	Ethnicity   string       `json:"ethnicity,omitzero"` // by name; numeric lists differ between systems
	Nationality string       `json:"nationality,omitzero"`
	Identifiers []Identifier `json:"identifiers,omitempty"`
	Residence   Address      `json:"residence,omitzero"`
	Phone       string       `json:"phone,omitzero"`
	Email       string       `json:"email,omitzero"`
}

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
