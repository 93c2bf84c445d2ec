package gateway

import (
	"reflect"
	"strings"

	"github.com/lienthong/lienthong/schema"
)

// Voice is who may decide a field of an entity.
type Voice string

// Voices. Which source has which follows from what it sends, not from its name.
const (
	VoiceDossierSystem Voice = "dossier system" // sends the header: the one-stop system
	VoiceRegister      Voice = "register"       // the specialised system in its own field: civil registry, land, business
	VoicePayment       Voice = "payment"        // treasury or payment platform, by its proof of payment
	VoiceEverybody     Voice = "everybody"      // the union of what all say
	VoicePopulation    Voice = "population"     // records of the population database, then what registers mention
)

// ChangeRule says whether and how a decided field may change.
type ChangeRule string

// Rules of change.
const (
	SaidAnew       ChangeRule = "anew"        // each newer word replaces the one before
	SaidOnce       ChangeRule = "once"        // the first word stays
	SaidWithGround ChangeRule = "with ground" // only with an extension or a supplement
	SaidMore       ChangeRule = "adds"        // grows; nothing is taken away by silence
)

// FieldRule says of one field of a golden body whose word counts, how it may
// change, and why.
type FieldRule struct {
	Kind   schema.Kind
	Field  string  // JSON name
	Voices []Voice // best first
	May    ChangeRule
	Why    string // for people; English
}

// FieldRules returns the survivorship table: every field of every golden body.
// Derive follows it, docs/schema/survivorship.md shows it.
func FieldRules() []FieldRule {
	rules := append(dossierRules(), registerRules(schema.KindCivilEvent, reflect.TypeFor[schema.CivilEvent](),
		"the entry in the book outranks the application; the later word fills what the earlier leaves open")...)
	rules = append(rules, registerRules(schema.KindLandParcel, reflect.TypeFor[schema.LandParcel](),
		"a row of the land register outranks what a dossier says of the parcel")...)
	rules = append(rules, registerRules(schema.KindOrganisation, reflect.TypeFor[schema.Organisation](),
		"the business register, by its counter of changes; others only fill gaps")...)
	return append(rules, personRules()...)
}

func dossierRules() []FieldRule {
	of := func(field string, may ChangeRule, why string, voices ...Voice) FieldRule {
		return FieldRule{Kind: schema.KindDossier, Field: field, Voices: voices, May: may, Why: why}
	}
	desk := func(may ChangeRule, why string, fields ...string) (rules []FieldRule) {
		for _, f := range fields {
			rules = append(rules, of(f, may, why, VoiceDossierSystem))
		}
		return rules
	}
	rules := desk(SaidOnce, "the legal clock and the portal's score start from it; a later other value is not taken",
		"received_at", "submitted_at")
	rules = append(rules, desk(SaidOnce, "how and where a dossier came in is a fact of that moment", "channel", "born_at_portal", "receiving_agency", "supporting_agency")...)
	rules = append(rules, desk(SaidAnew, "the dossier system describes the dossier", "number", "procedure", "applicant", "summary", "return_method",
		"return_info", "processing_unit", "deciding_agency", "papers", "other_papers", "supplements", "digitised", "vneid", "databases",
		"receipt_number", "other_info", "note", "refused_at", "returned_at")...)
	return append(rules,
		of("other_numbers", SaidMore, "one dossier has a number at each system that handles it", VoiceEverybody),
		of("due_at", SaidWithGround, "an appointment given to a citizen moves only by an extension or a supplement", VoiceDossierSystem, VoiceRegister),
		of("finished_at", SaidAnew, "the first step that ends the processing, where the header does not tell", VoiceDossierSystem, VoiceRegister),
		of("status", SaidAnew, "the register that decides knows; once it has ended the processing (9) only handing over and withdrawal at the counter follow; a land system never says that a result was returned (10)",
			VoiceRegister, VoiceDossierSystem),
		of("steps", SaidMore, "the trail is what each system did; the portal scores it", VoiceEverybody),
		of("results", SaidAnew, "the header's list, else what the steps and notes of the registers brought", VoiceDossierSystem, VoiceRegister),
		of("fees", SaidAnew, "the header's list, else what notes say", VoiceDossierSystem, VoiceRegister),
		of("obligations", SaidMore, "a notice is the tax office's or the register's word, its payment that of the treasury or payment platform, never the clerk's", VoicePayment, VoiceRegister),
		of("online_payment", SaidAnew, "as the payment platform reported it to the dossier system", VoiceDossierSystem),
	)
}

// registerRules covers the kinds whose register decides every field.
func registerRules(kind schema.Kind, body reflect.Type, why string) (rules []FieldRule) {
	for i := range body.NumField() {
		rules = append(rules, FieldRule{Kind: kind, Field: jsonName(body.Field(i)), Voices: []Voice{VoiceRegister, VoiceEverybody}, May: SaidAnew, Why: why})
	}
	return rules
}

func personRules() (rules []FieldRule) {
	body := reflect.TypeFor[schema.Person]()
	for i := range body.NumField() {
		rules = append(rules, FieldRule{
			Kind: schema.KindPerson, Field: jsonName(body.Field(i)), Voices: []Voice{VoicePopulation, VoiceRegister}, May: SaidAnew,
			Why: "people are an index here: the population database is the master, a mention fills what nobody said and never replaces",
		})
	}
	return rules
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// fieldNames maps the JSON names of a body to those of its Go fields.
func fieldNames(body reflect.Type) map[string]string {
	names := make(map[string]string, body.NumField())
	for i := range body.NumField() {
		names[jsonName(body.Field(i))] = body.Field(i).Name
	}
	return names
}
