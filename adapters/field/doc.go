// Package field is what adapters share when they turn a source's fields into
// canonical values: a [Reader] stands at one object of a message, reads its
// fields through the parsers of package schema and notes what was wrong with
// each, by a pointer into the message as sent. A [Harvest] collects the records
// of one message and keeps the good ones apart from the bad.
//
//	r := field.At(part.Pointer)
//	d := &schema.Dossier{
//		Number:     r.Dossier("MaHoSo", w.MaHoSo),
//		ReceivedAt: r.Time("NgayTiepNhan", w.NgayTiepNhan, schema.TimeCompact),
//	}
//	r.Require("MaHoSo", d.Number)
//	harvest.Take(schema.Record{Kind: d.Kind(), ID: d.Number, Body: d, Raw: part.Data}, r)
//
// A problem of level Refused keeps the record out; warnings and repairs go with it.
package field
