package business

import "github.com/lienthong/lienthong/adapters/strict"

// nationalEnterprise is an enterprise as the national service tells it through
// NGSP (chiTietDoanhNghiep), the Data of its answer. Confirmed are NAME,
// ENTERPRISE_GDT_CODE, the two …_NAME, AddressFullText, FULL_NAME and the
// misspelt HOAdress; the other keys are those that clients of it read.
type nationalEnterprise struct {
	MainInformation mainInformation              `json:"MainInformation"`
	HOAdress        strict.List[nationalAddress] `json:"HOAdress"`
	HOAddress       strict.List[nationalAddress] `json:"HOAddress"`       // should it ever be spelt right
	Representatives strict.List[nationalPerson]  `json:"Representatives"` // the bare object where there is one
	Activities      strict.List[nationalLine]    `json:"BusinessActivity"`
}

type mainInformation struct {
	EnterpriseID   strict.Text `json:"ENTERPRISE_ID"`
	EnterpriseCode strict.Text `json:"ENTERPRISE_CODE"`
	TaxCode        strict.Text `json:"ENTERPRISE_GDT_CODE"`
	Name           strict.Text `json:"NAME"`
	ForeignName    strict.Text `json:"NAME_F"`
	ShortName      strict.Text `json:"SHORT_NAME"`
	StatusID       strict.Text `json:"ENTERPRISE_STATUS_ID"`
	StatusName     strict.Text `json:"ENTERPRISE_STATUS_NAME"`
	TypeID         strict.Text `json:"ENTERPRISE_TYPE_ID"`
	TypeName       strict.Text `json:"ENTERPRISE_TYPE_NAME"`
	Founded        strict.Text `json:"FOUNDING_DATE"`
	Amended        strict.Text `json:"LAST_AMEND_DATE"`
	Capital        strict.Text `json:"CAPITAL_AMOUNT"` // đồng, a decimal
	Changes        strict.Text `json:"NUMBER_CHANGES"`
	Phone          strict.Text `json:"PHONE"`
	Email          strict.Text `json:"EMAIL"`
	Website        strict.Text `json:"WEBSITE"`
}

// nationalAddress has ids of the register's own list of places, not codes of the
// statistics office, so the words tell.
type nationalAddress struct {
	CityID          strict.Text `json:"CityID"`
	CityName        strict.Text `json:"CityName"`
	DistrictID      strict.Text `json:"DistrictID"`
	DistrictName    strict.Text `json:"DistrictName"`
	WardID          strict.Text `json:"WardID"`
	WardName        strict.Text `json:"WardName"`
	StreetNumber    strict.Text `json:"StreetNumber"`
	AddressFullText strict.Text `json:"AddressFullText"`
}

type nationalPerson struct {
	FullName    strict.Text `json:"FULL_NAME"`
	Gender      strict.Text `json:"GENDER_ID"` // of a list that is not public
	Birth       strict.Text `json:"DATE_OF_BIRTH"`
	Nationality strict.Text `json:"NATIONALITY_NAME"`
	PaperNumber strict.Text `json:"PERS_DOC_NO"`
	PaperName   strict.Text `json:"PERS_DOC_NAME"`
	IssuedOn    strict.Text `json:"PERS_DOC_ISSUE_DATE"`
	IssuedAt    strict.Text `json:"PERS_DOC_ISSUE_PLACE"`
	ExpiresOn   strict.Text `json:"PERS_DOC_EXPIRE_DATE"`
}

type nationalLine struct {
	Code strict.Text `json:"Code"`
	Name strict.Text `json:"Name"`
}
