package schema

// CivilEventType is a kind of civil-status event (sự kiện hộ tịch).
type CivilEventType string

// Types of events, as far as the forms in use name them.
const (
	Birth    CivilEventType = "birth"
	Death    CivilEventType = "death"
	Marriage CivilEventType = "marriage"
)

// CivilEvent is one civil-status event: the application for its registration
// or the entry in the book.
type CivilEvent struct {
	Type        CivilEventType `json:"type"`
	Stage       EventStage     `json:"stage"`
	Dossier     string         `json:"dossier,omitzero"`           // one-stop dossier number
	LinkedCase  string         `json:"linked_case,omitzero"`       // number at the linked-service software (DVCLT)
	Authority   string         `json:"authority,omitzero"`         // registering commune, code as of 01/07/2025
	RegType     string         `json:"registration_type,omitzero"` // loaiDangKy as the registry numbers it
	Entry       BookEntry      `json:"entry,omitzero"`             // where it stands in the book
	HappenedOn  Date           `json:"happened_on,omitzero"`       //
	Place       Address        `json:"place,omitzero"`             //
	Subject     Person         `json:"subject"`                    // child, deceased, or husband
	Origin      Address        `json:"origin,omitzero"`            // quê quán
	Spouse      *Person        `json:"spouse,omitempty"`           // marriage: wife
	Mother      *Person        `json:"mother,omitempty"`           //
	Father      *Person        `json:"father,omitempty"`           //
	Requester   *Person        `json:"requester,omitempty"`        //
	Relation    string         `json:"relation,omitzero"`          // of the requester
	Certificate string         `json:"certificate,omitzero"`       // birth or death notice
	CertifiedOn Date           `json:"certified_on,omitzero"`      //
}

// EventStage tells an application from an entry.
type EventStage string

// Stages of a civil event's record.
const (
	Applied    EventStage = "applied"
	Registered EventStage = "registered"
)

// BookEntry is the place of an event in the paper book.
type BookEntry struct {
	Book   string `json:"book,omitzero"`   // quyenSo, "02/2025"
	Number string `json:"number,omitzero"` // soDangKy
	Page   string `json:"page,omitzero"`   // trangSo
	Date   Date   `json:"date,omitzero"`   // ngayDangKy
}

// Kind implements [Body].
func (*CivilEvent) Kind() Kind { return KindCivilEvent }

// Keys returns the dossier that asked for the event and its place in the book, as far as known.
func (e *CivilEvent) Keys() []Identifier {
	var keys []Identifier
	if e.Entry.Number != "" && e.Entry.Book != "" && e.Authority != "" {
		keys = append(keys, Identifier{
			Scheme: SchemeCivilEntry,
			Value:  string(e.Type) + "|" + e.Authority + "|" + e.Entry.Book + "|" + e.Entry.Number + "|" + Fold(e.Subject.FullName),
		})
	}
	if e.Dossier != "" {
		keys = append(keys, Identifier{Scheme: SchemeCivilCase, Value: string(e.Type) + "|" + e.Dossier})
	}
	return keys
}

// Mentions returns the people of the event in their roles.
func (e *CivilEvent) Mentions() []Mention {
	subject := map[CivilEventType]string{Birth: "child", Death: "deceased", Marriage: "husband"}[e.Type]
	m := mentionIfNamed(nil, subject, &e.Subject)
	m = mentionIfNamed(m, "wife", e.Spouse)
	m = mentionIfNamed(m, "mother", e.Mother)
	m = mentionIfNamed(m, "father", e.Father)
	return mentionIfNamed(m, "requester", e.Requester)
}

// Validate implements [Body].
func (e *CivilEvent) Validate() []Problem {
	p := required(nil, "/type", string(e.Type))
	p = required(p, "/stage", string(e.Stage))
	p = required(p, "/subject/full_name", e.Subject.FullName)
	if len(e.Keys()) == 0 {
		p = required(p, "/dossier", e.Dossier)
	}
	return p
}

var _ Body = (*CivilEvent)(nil)
