package schema

import "github.com/lienthong/lienthong/internal/fault"

// DossierStep is one progress step of a dossier, as one source reports it. A
// step is a record of its own: it arrives in any order, repeats are unchanged,
// and the trail of a dossier is the union of its steps.
type DossierStep struct {
	Dossier      string        `json:"dossier"`                 // MaHoSo
	OtherNumbers []string      `json:"other_numbers,omitempty"` // of the same dossier elsewhere, when the source tells both
	At           Time          `json:"at"`                      // ThoiDiemXuLy
	Status       Status        `json:"status"`                  // TrangThai
	Officer      string        `json:"officer,omitzero"`        // NguoiXuLy
	Position     string        `json:"position,omitzero"`       // ChucDanh
	Unit         string        `json:"unit,omitzero"`           // PhongBanXuLy
	Text         string        `json:"text,omitzero"`           // NoiDungXuLy
	StartedAt    Time          `json:"started_at,omitzero"`     // NgayBatDau
	DueAt        Time          `json:"due_at,omitzero"`         // NgayKetThucTheoQuyDinh
	NewDueAt     Time          `json:"new_due_at,omitzero"`     // the appointment that the step moved: after a supplement, by an extension
	Results      []ResultPaper `json:"results,omitempty"`       // papers that the step brought, when the source says so
}

// StepKey identifies a step at every destination: dossier, time and status,
// without the text, so that a later fix of its wording sends nothing again.
type StepKey string

// Key returns the step's key: "<MaHoSo>/<yyyyMMddHHmmss>/<code>".
func (s *DossierStep) Key() StepKey {
	return StepKey(s.Dossier + "/" + s.At.Gen1() + "/" + s.Status.Gen1())
}

// ID returns the local id of the step's record; it equals its key.
func (s *DossierStep) ID() string { return string(s.Key()) }

// Kind implements [Body].
func (*DossierStep) Kind() Kind { return KindDossierStep }

// Keys returns the numbers of the dossier that the step belongs to.
func (s *DossierStep) Keys() []Identifier { return dossierKeys(s.Dossier, s.OtherNumbers) }

// Mentions implements [Body]; officials are no entities.
func (*DossierStep) Mentions() []Mention { return nil }

// Validate implements [Body].
func (s *DossierStep) Validate() []Problem {
	p := required(nil, "/dossier", s.Dossier)
	p = required(p, "/status", string(s.Status))
	if s.At.IsZero() {
		p = append(p, fault.Problem{
			Pointer: "/at", Code: "field.required",
			Detail: "Thiếu thời điểm xử lý.", DetailEN: "The time of the step is missing.",
		})
	}
	return p
}

var _ Body = (*DossierStep)(nil)
