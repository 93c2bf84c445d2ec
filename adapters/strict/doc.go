// Package strict is the one JSON decoder of the API and of the adapters. It
// takes what RFC 8259 and I-JSON (RFC 7493) allow and nothing else: duplicate
// keys, keys in the wrong case, nesting deeper than [MaxDepth], invalid UTF-8,
// NUL characters and trailing data are refused. What it refuses it names by
// place and rule, never by value.
//
//	dec := strict.New(strict.Options{})
//	unknown, err := dec.Decode(strict.Message(body), &wire)
//
// Unknown keys are reported by pointer, or refused with Options.RefuseUnknown.
// A problem of one field does not hide those of the others; only broken syntax
// ends the reading.
//
// Sources swing between 7, "7" and null, and write "" for an empty list: [Text]
// and [List] take them. [Elements], [Fields] and [Split] cut a message into
// parts without copying and without reading them twice; a part remembers where
// in the message it stood, so that every pointer is one into the message as sent.
package strict
