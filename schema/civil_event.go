package schema

import "slices"

// CivilEventType is a kind of civil-status event (sự kiện hộ tịch).
type CivilEventType string

// Types of events: the books of the registry (Luật Hộ tịch 2014, Điều 3).
const (
	Birth           CivilEventType = "birth"            // khai sinh
	Death           CivilEventType = "death"            // khai tử
	Marriage        CivilEventType = "marriage"         // kết hôn
	Recognition     CivilEventType = "recognition"      // nhận cha, mẹ, con
	Guardianship    CivilEventType = "guardianship"     // giám hộ
	GuardianshipEnd CivilEventType = "guardianship_end" // chấm dứt giám hộ
	Correction      CivilEventType = "correction"       // thay đổi, cải chính, bổ sung, xác định lại dân tộc
	MaritalStatus   CivilEventType = "marital_status"   // xác nhận tình trạng hôn nhân
	ForeignNote     CivilEventType = "foreign_note"     // ghi chú việc hộ tịch đã làm ở nước ngoài
)

// CivilEventTypes returns every type.
func CivilEventTypes() []CivilEventType {
	return []CivilEventType{Birth, Death, Marriage, Recognition, Guardianship, GuardianshipEnd, Correction, MaritalStatus, ForeignNote}
}

// CivilEvent is one civil-status event: the application for its registration
// or the entry in the book.
type CivilEvent struct {
	Type            CivilEventType `json:"type"`
	Stage           EventStage     `json:"stage"`
	Dossier         string         `json:"dossier,omitzero"`           // one-stop dossier number
	LinkedCase      string         `json:"linked_case,omitzero"`       // number at the linked-service software (DVCLT)
	Authority       string         `json:"authority,omitzero"`         // registering commune, code as of 01/07/2025
	OldAuthority    string         `json:"old_authority,omitzero"`     // the same as of 30/06/2025, for entries of that time
	RegType         string         `json:"registration_type,omitzero"` // loaiDangKy as the registry numbers it
	Entry           BookEntry      `json:"entry,omitzero"`             // where it stands in the book
	State           string         `json:"state,omitzero"`             // TinhTrangID as the registry numbers it
	HappenedOn      Date           `json:"happened_on,omitzero"`       // birth, death, or since when the marriage counts
	Clock           string         `json:"clock,omitzero"`             // hh:mm of a death
	Place           Address        `json:"place,omitzero"`             //
	Cause           string         `json:"cause,omitzero"`             // of a death
	Subject         Person         `json:"subject"`                    // child, deceased, husband, ward, or who the entry is about
	Origin          Address        `json:"origin,omitzero"`            // quê quán
	Parentage       string         `json:"parentage,omitzero"`         // nksLoaiKhaiSinh, loaiXacNhan as the registry numbers them
	Spouse          *Person        `json:"spouse,omitempty"`           // marriage: wife
	Mother          *Person        `json:"mother,omitempty"`           //
	Father          *Person        `json:"father,omitempty"`           //
	Parent          *Person        `json:"parent,omitempty"`           // recognition: father or mother
	Guardian        *Person        `json:"guardian,omitempty"`         //
	Requester       *Person        `json:"requester,omitempty"`        //
	Relation        string         `json:"relation,omitzero"`          // of the requester
	Certificate     string         `json:"certificate,omitzero"`       // birth or death notice
	CertificateType string         `json:"certificate_type,omitzero"`  // gbtLoai as the registry numbers it
	CertifiedOn     Date           `json:"certified_on,omitzero"`      //
	CertifiedBy     string         `json:"certified_by,omitzero"`      //
	Decision        string         `json:"decision,omitzero"`          // number of the decision that the entry rests on
	Reason          string         `json:"reason,omitzero"`            // of a guardianship or its end
	Changes         []EntryChange  `json:"changes,omitempty"`          // correction
	Marital         *MaritalPeriod `json:"marital,omitempty"`          // marital status
	Unions          *UnionCounts   `json:"unions,omitempty"`           // marriage: which one it is for each
	Foreign         *ForeignEntry  `json:"foreign,omitempty"`          // registered abroad before
	Copies          int            `json:"copies,omitzero"`            // extracts asked for
	Signer          Official       `json:"signer,omitzero"`            //
	Clerk           string         `json:"clerk,omitzero"`             // nguoiThucHien
	Note            string         `json:"note,omitzero"`              //
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

// Keys returns its place in the book and the cases that asked for it, as far as
// known. Of an entry from before 01/07/2025 the commune of that time counts: the
// books of merged communes have the same numbers.
func (e *CivilEvent) Keys() []Identifier {
	var keys []Identifier
	authority := e.Authority
	if e.OldAuthority != "" {
		authority = "old " + e.OldAuthority
	}
	if e.Entry.Number != "" && e.Entry.Book != "" && authority != "" {
		keys = append(keys, Identifier{
			Scheme: SchemeCivilEntry,
			Value:  string(e.Type) + "|" + authority + "|" + e.Entry.Book + "|" + e.Entry.Number + "|" + Fold(e.Subject.FullName),
		})
	}
	for _, number := range []string{e.Dossier, e.LinkedCase} {
		if number != "" {
			keys = append(keys, Identifier{Scheme: SchemeCivilCase, Value: string(e.Type) + "|" + number})
		}
	}
	return keys
}

// Mentions returns the people of the event in their roles.
func (e *CivilEvent) Mentions() []Mention {
	m := mentionIfNamed(nil, e.subjectRole(), &e.Subject)
	m = mentionIfNamed(m, "wife", e.Spouse)
	m = mentionIfNamed(m, "mother", e.Mother)
	m = mentionIfNamed(m, "father", e.Father)
	m = mentionIfNamed(m, "parent", e.Parent)
	m = mentionIfNamed(m, "guardian", e.Guardian)
	return mentionIfNamed(m, "requester", e.Requester)
}

func (e *CivilEvent) subjectRole() string {
	switch e.Type {
	case Birth, Recognition:
		return "child"
	case Death:
		return "deceased"
	case Marriage:
		return "husband"
	case Guardianship, GuardianshipEnd:
		return "ward"
	}
	return "subject"
}

// Validate implements [Body].
func (e *CivilEvent) Validate() []Problem {
	p := required(nil, "/type", string(e.Type))
	p = required(p, "/stage", string(e.Stage))
	p = required(p, "/subject/full_name", e.Subject.FullName)
	if len(e.Keys()) == 0 {
		p = required(p, "/dossier", e.Dossier)
	}
	if after(e.HappenedOn, e.Entry.Date) && e.Type != Marriage {
		p = append(p, disorder("/happened_on", "Sự kiện xảy ra sau ngày đăng ký.", "It happened after it was registered."))
	}
	if e.Type == Death && after(e.Subject.Birth, e.HappenedOn) {
		p = append(p, disorder("/subject/birth", "Ngày sinh sau ngày chết.", "Born after the death."))
	}
	if e.Type != "" && !slices.Contains(CivilEventTypes(), e.Type) {
		p = append(p, Problem{Pointer: "/type", Code: "value.unknown",
			Detail: "Loại sự kiện hộ tịch không có trong danh mục.", DetailEN: "There is no civil-status event of this type."})
	}
	return p
}

// after reports whether a day lies after another for certain, whatever their precision.
func after(a, b Date) bool {
	return !a.IsZero() && !b.IsZero() && !a.Agrees(b) && a.Compare(b) > 0
}

var _ Body = (*CivilEvent)(nil)
