package schema

// Address is a place in Viet Nam as far as the source told. Codes carry their
// code system: a bare commune code is ambiguous, since most codes of the list
// in force since 01/07/2025 existed before with another meaning.
type Address struct {
	Text        string   `json:"text,omitzero"`         // the whole line, when the source sends one line
	Street      string   `json:"street,omitzero"`       // house, street, hamlet
	Commune     string   `json:"commune,omitzero"`      // 5 digits, list in force since 01/07/2025
	Province    string   `json:"province,omitzero"`     // 2 digits, same list
	OldCommune  string   `json:"old_commune,omitzero"`  // 5 digits, list until 30/06/2025
	OldDistrict string   `json:"old_district,omitzero"` // 3 digits, list until 30/06/2025
	OldProvince string   `json:"old_province,omitzero"` // 2 digits, list until 30/06/2025
	Candidates  []string `json:"candidates,omitempty"`  // new communes, when an old commune was split and nothing decides
}

// IsZero reports whether nothing is known.
func (a Address) IsZero() bool {
	return a.Text == "" && a.Street == "" && a.Commune == "" && a.Province == "" && a.OldCommune == "" &&
		a.OldDistrict == "" && a.OldProvince == "" && len(a.Candidates) == 0
}
