package schema

// Dossier is one administrative dossier (hồ sơ thủ tục hành chính) from
// submission to the returned result, complete enough for the national portal's
// dossier record. As the body of a record it is what one source said and Steps
// is empty; as the golden body of an entity it holds the whole trail.
type Dossier struct {
	Number           string        `json:"number"`                     // MaHoSo, upper case, opaque
	OtherNumbers     []string      `json:"other_numbers,omitempty"`    // numbers of the same dossier elsewhere
	Procedure        ProcedureRef  `json:"procedure"`                  //
	Channel          Channel       `json:"channel,omitzero"`           // how it was submitted
	BornAtPortal     bool          `json:"born_at_portal,omitzero"`    // submitted on the national portal
	Applicant        Applicant     `json:"applicant"`                  //
	Summary          string        `json:"summary,omitzero"`           // TrichYeuHoSo
	SubmittedAt      Time          `json:"submitted_at,omitzero"`      //
	ReceivedAt       Time          `json:"received_at,omitzero"`       // valid reception; the legal clock starts here
	DueAt            Time          `json:"due_at,omitzero"`            // appointment; zero: the procedure has no deadline
	FinishedAt       Time          `json:"finished_at,omitzero"`       // end of processing
	ReturnedAt       Time          `json:"returned_at,omitzero"`       // result handed over
	RefusedAt        Time          `json:"refused_at,omitzero"`        //
	Status           Status        `json:"status"`                     //
	ReturnMethod     ReturnMethod  `json:"return_method,omitzero"`     //
	ReturnInfo       string        `json:"return_info,omitzero"`       //
	ReceivingAgency  string        `json:"receiving_agency,omitzero"`  // QĐ 20/2020 code; reception no longer follows territory
	DecidingAgency   string        `json:"deciding_agency,omitzero"`   // same
	SupportingAgency string        `json:"supporting_agency,omitzero"` // that helped the citizen to submit, same
	ProcessingUnit   string        `json:"processing_unit,omitzero"`   // name of the unit that decides
	Papers           []Paper       `json:"papers,omitempty"`           //
	OtherPapers      []OtherPaper  `json:"other_papers,omitempty"`     //
	Fees             []Fee         `json:"fees,omitempty"`             //
	Supplements      []Supplement  `json:"supplements,omitempty"`      //
	Results          []ResultPaper `json:"results,omitempty"`          //
	Obligations      []Obligation  `json:"obligations,omitempty"`      // what other systems ask to be paid, by notice
	Digitised        bool          `json:"digitised,omitzero"`         // a component was digitised
	VNeID            bool          `json:"vneid,omitzero"`             // account verified by VNeID
	OnlinePayment    OnlinePayment `json:"online_payment,omitzero"`    //
	Databases        []string      `json:"databases,omitempty"`        // national databases consulted (MaCSDL)
	ReceiptNumber    string        `json:"receipt_number,omitzero"`    //
	OtherInfo        string        `json:"other_info,omitzero"`        //
	Note             string        `json:"note,omitzero"`              //
	Steps            []DossierStep `json:"steps,omitempty"`            // golden bodies only; by time
}

// ProcedureRef names a procedure by its national code.
type ProcedureRef struct {
	Code       string `json:"code"`                 // d.dddddd
	LocalCode  string `json:"local_code,omitzero"`  // as the province writes it, when that differs
	Name       string `json:"name,omitzero"`        //
	SectorCode string `json:"sector_code,omitzero"` //
	SectorName string `json:"sector_name,omitzero"` //
}

// Applicant is the owner of a dossier.
type Applicant struct {
	Kind          SubjectKind  `json:"kind,omitzero"`
	Name          string       `json:"name,omitzero"`
	Birth         Date         `json:"birth,omitzero"` // of a citizen
	Sex           Sex          `json:"sex,omitzero"`   // likewise
	Identifiers   []Identifier `json:"identifiers,omitempty"`
	PortalAccount string       `json:"portal_account,omitzero"` // TechID
	Phone         string       `json:"phone,omitzero"`
	Fax           string       `json:"fax,omitzero"`
	Email         string       `json:"email,omitzero"`
	Address       Address      `json:"address,omitzero"`
}

// Kind implements [Body].
func (*Dossier) Kind() Kind { return KindDossier }

// Keys returns the dossier's numbers.
func (d *Dossier) Keys() []Identifier { return dossierKeys(d.Number, d.OtherNumbers) }

func dossierKeys(number string, others []string) []Identifier {
	keys := []Identifier{{Scheme: SchemeDossier, Value: number}}
	for _, n := range others {
		keys = append(keys, Identifier{Scheme: SchemeDossier, Value: n})
	}
	return keys
}

// Mentions returns the applicant.
func (d *Dossier) Mentions() []Mention {
	a := d.Applicant
	if a.Name == "" && len(a.Identifiers) == 0 {
		return nil
	}
	kind := KindOrganisation
	if a.Kind == Citizen || a.Kind == "" {
		kind = KindPerson
	}
	return []Mention{{Role: "applicant", Kind: kind, Name: a.Name, Birth: a.Birth, Sex: a.Sex, Identifiers: a.Identifiers}}
}

// Validate implements [Body].
func (d *Dossier) Validate() []Problem {
	p := required(nil, "/number", d.Number)
	p = required(p, "/procedure/code", d.Procedure.Code)
	p = required(p, "/status", string(d.Status))
	if d.ReceivedAt.Before(d.SubmittedAt) && !d.ReceivedAt.IsZero() {
		p = append(p, disorder("/submitted_at", "Thời điểm nộp sau thời điểm tiếp nhận.", "Submitted after it was received."))
	}
	if d.DueAt.Before(d.ReceivedAt) && !d.DueAt.IsZero() {
		p = append(p, disorder("/due_at", "Hẹn trả trước khi tiếp nhận.", "Due before it was received."))
	}
	for i := range d.Steps {
		p = append(p, under(index("/steps", i), d.Steps[i].Validate())...)
	}
	return p
}

// LastTime returns the latest instant that the record itself speaks of. It
// tells which of two versions of a dossier is the older one, since the
// dossier systems send no version.
func (d *Dossier) LastTime() Time {
	last := d.SubmittedAt
	for _, t := range []Time{d.ReceivedAt, d.FinishedAt, d.ReturnedAt, d.RefusedAt} {
		if last.Before(t) {
			last = t
		}
	}
	for _, s := range d.Supplements {
		for _, t := range []Time{s.RequestedAt, s.ReceivedAt} {
			if last.Before(t) {
				last = t
			}
		}
	}
	return last
}

var _ Body = (*Dossier)(nil)
