// Package adaptertest is the conformance suite that every adapter passes.
//
//	func TestConformance(t *testing.T) { adaptertest.Run(t, civil.Spec(), "testdata") }
//	func FuzzNormalize(f *testing.F)   { adaptertest.Fuzz(f, civil.Spec(), "testdata") }
//
// [Run] takes each golden case of dir/cases/*.txtar: the comment says what the
// case is about, in.json (or in.xml, in.ndjson) is the message, want.json what
// comes of it; a file named province may hold the code of the province that the
// adapter is configured for, else it is 24. Run the test with -update to write
// want.json.
//
// A bug becomes a case: name the file after it.
package adaptertest
