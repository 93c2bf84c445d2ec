package schema

// Kind says what a record describes.
type Kind string

// Kinds of records. Each but KindDossierStep and KindDossierNote is a kind of entity too.
const (
	KindDossier      Kind = "dossier"
	KindDossierStep  Kind = "dossier_step" // one progress step; it belongs to a dossier entity
	KindDossierNote  Kind = "dossier_note" // fees, notices, payments, results beside the trail; likewise
	KindCivilEvent   Kind = "civil_event"
	KindLandParcel   Kind = "land_parcel"
	KindOrganisation Kind = "organisation"
	KindPerson       Kind = "person"
)

// Kinds returns every kind of record.
func Kinds() []Kind {
	return []Kind{KindDossier, KindDossierStep, KindDossierNote, KindCivilEvent, KindLandParcel, KindOrganisation, KindPerson}
}

// Entity returns the kind of the entity that records of kind k describe.
func (k Kind) Entity() Kind {
	if k == KindDossierStep || k == KindDossierNote {
		return KindDossier
	}
	return k
}

// Valid reports whether k is one of [Kinds].
func (k Kind) Valid() bool { return k.New() != nil }

// New returns an empty body of kind k to decode into, nil for an unknown kind.
func (k Kind) New() Body {
	switch k {
	case KindDossier:
		return new(Dossier)
	case KindDossierStep:
		return new(DossierStep)
	case KindDossierNote:
		return new(DossierNote)
	case KindCivilEvent:
		return new(CivilEvent)
	case KindLandParcel:
		return new(LandParcel)
	case KindOrganisation:
		return new(Organisation)
	case KindPerson:
		return new(Person)
	}
	return nil
}
