package schema

// Organisation is an enterprise, branch, household business or cooperative.
// Names follow SEMIC Core Business.
type Organisation struct {
	Type            OrganisationType `json:"type,omitzero"`
	LegalName       string           `json:"legal_name"`
	ForeignName     string           `json:"foreign_name,omitzero"`
	ShortName       string           `json:"short_name,omitzero"`
	Identifiers     []Identifier     `json:"identifiers"`               // tax code first
	Parent          string           `json:"parent,omitzero"`           // tax code of the enterprise that a branch belongs to
	Certificate     string           `json:"certificate,omitzero"`      // number of the certificate where it is not the tax code
	LegalForm       string           `json:"legal_form,omitzero"`       // label as registered
	LegalFormCode   string           `json:"legal_form_code,omitzero"`  // the register's own code
	RegisteredOn    Date             `json:"registered_on,omitzero"`    //
	ChangedOn       Date             `json:"changed_on,omitzero"`       //
	ChangeCount     int64            `json:"change_count"`              // monotone; the source's version
	Status          LegalStatus      `json:"status,omitzero"`           //
	CapitalVND      int64            `json:"capital_vnd,omitzero"`      // charter capital, đồng
	Representatives []Person         `json:"representatives,omitempty"` // legal representatives, or the owner of a household business
	HeadOffice      Address          `json:"head_office,omitzero"`      //
	Phone           string           `json:"phone,omitzero"`            //
	Email           string           `json:"email,omitzero"`            //
	Website         string           `json:"website,omitzero"`          //
	Activities      []Activity       `json:"activities,omitempty"`      // VSIC
}

// OrganisationType says what kind of organisation it is (Luật Doanh nghiệp 2020; NĐ 168/2025/NĐ-CP).
type OrganisationType string

// Types of organisations.
const (
	OrgEnterprise           OrganisationType = "enterprise"
	OrgBranch               OrganisationType = "branch" // dependent unit with a tax code of 13 digits: branch, office or location
	OrgHouseholdBusiness    OrganisationType = "household_business"
	OrgCooperative          OrganisationType = "cooperative"
	OrgRepresentativeOffice OrganisationType = "representative_office"
	OrgBusinessLocation     OrganisationType = "business_location"
	OrgOther                OrganisationType = "other"
)

// LegalStatus is the legal state of an organisation. Labels are data: the register's numbers are not public.
type LegalStatus struct {
	Label  string `json:"label,omitzero"`
	Code   string `json:"code,omitzero"`
	From   Date   `json:"from,omitzero"`
	Until  Date   `json:"until,omitzero"`
	Reason string `json:"reason,omitzero"`
}

// Activity is a line of business.
type Activity struct {
	Code string `json:"code"` // VSIC
	Name string `json:"name,omitzero"`
	Main bool   `json:"main,omitzero"`
}

// Kind implements [Body].
func (*Organisation) Kind() Kind { return KindOrganisation }

// Keys returns the strong identifiers.
func (o *Organisation) Keys() []Identifier { return strong(o.Identifiers) }

// Mentions returns the representatives.
func (o *Organisation) Mentions() []Mention {
	var m []Mention
	for i := range o.Representatives {
		m = mentionIfNamed(m, "legal_representative", &o.Representatives[i])
	}
	return m
}

// Validate implements [Body].
func (o *Organisation) Validate() []Problem {
	p := required(nil, "/legal_name", o.LegalName)
	if len(o.Keys()) == 0 {
		p = required(p, "/identifiers", "")
	}
	return p
}

var _ Body = (*Organisation)(nil)
