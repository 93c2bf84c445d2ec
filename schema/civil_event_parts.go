package schema

// Official signs an entry.
type Official struct {
	Name     string `json:"name,omitzero"`
	Position string `json:"position,omitzero"`
}

// EntryChange is one change or correction of a book entry.
type EntryChange struct {
	Field  string `json:"field,omitzero"`  // loaiThayDoi: what is changed, in the registry's words
	Before string `json:"before,omitzero"` //
	After  string `json:"after,omitzero"`  //
	Ground string `json:"ground,omitzero"` // căn cứ
}

// MaritalPeriod is what a certificate of marital status certifies.
type MaritalPeriod struct {
	Status      string `json:"status,omitzero"`       // the registry's own sentence
	Place       string `json:"place,omitzero"`        // where the subject lived
	From        Date   `json:"from,omitzero"`         //
	Until       Date   `json:"until,omitzero"`        //
	PurposeType string `json:"purpose_type,omitzero"` // 1 to 5 as the registry numbers it
	Purpose     string `json:"purpose,omitzero"`      //
}

// UnionCounts says which marriage it is for each spouse; 0: not told.
type UnionCounts struct {
	Husband int `json:"husband,omitzero"`
	Wife    int `json:"wife,omitzero"`
}

// ForeignEntry is where an event was registered abroad.
type ForeignEntry struct {
	Event   string `json:"event,omitzero"` // of a foreign note: marriage, divorce, birth, death, other
	Number  string `json:"number,omitzero"`
	Date    Date   `json:"date,omitzero"`
	Agency  string `json:"agency,omitzero"`
	Country string `json:"country,omitzero"`
}
