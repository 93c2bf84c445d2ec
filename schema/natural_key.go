package schema

// Schemes of natural keys that are no personal identifiers. They meet the
// records of different sources in one entity.
const (
	SchemeCivilEntry Scheme = "civil_entry" // type | authority, or "old" and that of before 01/07/2025 | book | number | folded name of the subject
	SchemeCivilCase  Scheme = "civil_case"  // type | number of the dossier, here or at the linked-service software
	SchemeParcel     Scheme = "parcel"      // old commune | sheet | number
	SchemeParcelNew  Scheme = "parcel_new"  // new commune | sheet | number, where the old commune is not known
	SchemeGeohash    Scheme = "geohash"     // 12 characters
)

// Strong reports whether an identifier of the scheme decides by itself which
// person or organisation is meant. A CMND does not: provinces issued the same
// numbers twice.
func (s Scheme) Strong() bool { return s == SchemePersonalNumber || s == SchemeTaxCode }
