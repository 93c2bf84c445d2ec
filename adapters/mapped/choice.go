package mapped

import (
	"reflect"

	"github.com/lienthong/lienthong/schema"
)

// choices are the values of the canonical fields that have few.
var choices = map[reflect.Type][]string{
	reflect.TypeFor[schema.Status]():           texts(schema.Statuses()...),
	reflect.TypeFor[schema.Sex]():              texts(schema.Male, schema.Female, schema.Undetermined),
	reflect.TypeFor[schema.CivilEventType]():   texts(schema.CivilEventTypes()...),
	reflect.TypeFor[schema.EventStage]():       texts(schema.Applied, schema.Registered),
	reflect.TypeFor[schema.ResidenceType]():    texts(schema.Permanent, schema.Temporary, schema.Present),
	reflect.TypeFor[schema.Channel]():          texts(schema.Direct, schema.Online, schema.Postal),
	reflect.TypeFor[schema.ReturnMethod]():     texts(schema.AtCounter, schema.ByPost),
	reflect.TypeFor[schema.OnlinePayment]():    texts(schema.PaidAtPortal, schema.PaidAtProvince, schema.NotPaidOnline),
	reflect.TypeFor[schema.PaperReuse]():       texts(schema.ReusedComponent, schema.ReusedResult),
	reflect.TypeFor[schema.OwnerGroup]():       texts(schema.SpouseGroup, schema.HouseholdGroup, schema.CoOwnerGroup),
	reflect.TypeFor[schema.SubjectKind]():      texts(schema.Citizen, schema.Enterprise, schema.StateAgency, schema.OtherOrganisation, schema.HouseholdBusiness),
	reflect.TypeFor[schema.OrganisationType](): texts(schema.OrgEnterprise, schema.OrgBranch, schema.OrgHouseholdBusiness, schema.OrgCooperative, schema.OrgRepresentativeOffice, schema.OrgBusinessLocation, schema.OrgOther),
}

func texts[T ~string](values ...T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
