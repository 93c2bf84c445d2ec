// Package schema is the canonical model: what every register's records become,
// so that nothing downstream has to know who sent them.
//
// A [Record] is what one source said about one thing. Its [Body] is one of
// [Dossier], [DossierStep], [CivilEvent], [LandParcel], [Organisation] or
// [Person]. A body knows its natural keys ([Body.Keys]), by which records of
// different sources meet in one entity, and the people and organisations that
// it mentions ([Body.Mentions]).
//
//	rec := schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d}
//	sealed, err := rec.Seal() // canonical JSON and its hash
//
// Text is NFC, dates carry their precision ([Date]), instants are seconds in
// Vietnamese time ([Time]), identifiers mask themselves when printed
// ([Identifier]). Bad data is an answer: parsers return [Problem] values that
// name a place and a rule, never the rejected value. The package does no I/O.
package schema
