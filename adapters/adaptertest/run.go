package adaptertest

import (
	"bytes"
	"sync"
	"testing"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

// Run checks an adapter against its golden cases in dir/cases and against the
// rules of package adapters.
func Run(t *testing.T, spec adapters.Spec, dir string) {
	t.Helper()
	cases := load(t, dir)
	t.Run("the spec is complete", func(t *testing.T) { checkSpec(t, spec) })
	t.Run("every declared kind is seen", func(t *testing.T) { checkKinds(t, spec, cases) })
	t.Run("what is no message is refused", func(t *testing.T) { checkGarbage(t, spec) })
	t.Run("what is made to hurt is endured", func(t *testing.T) { checkHostile(t, spec) })
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, spec)
		})
	}
}

func open(t testing.TB, spec adapters.Spec, province string) adapters.Adapter {
	t.Helper()
	a, err := spec.New(adapters.Config{Province: province})
	if err != nil {
		t.Fatalf("%s does not open: %v", spec.Name, err)
	}
	return a
}

func (c testCase) check(t *testing.T, spec adapters.Spec) {
	a := open(t, spec, c.province)
	before := bytes.Clone(c.raw.Body)
	first := normalize(t, a, c.raw)
	view := first.marshal(t)
	c.compare(t, view)
	if !bytes.Equal(before, c.raw.Body) {
		t.Fatal("Normalize changed the message")
	}
	diff(t, "a second run differs", view, normalize(t, a, c.raw).marshal(t))
	diff(t, "a new adapter differs", view, normalize(t, open(t, spec, c.province), c.raw).marshal(t))
	c.checkConcurrent(t, a, view)

	checkOutcome(t, spec, first)
	if c.isJSON() {
		checkPointers(t, c.raw.Body, first)
	}
	checkSilence(t, c.raw, first)
	checkReplay(t, a, first)
	c.checkTruncated(t, a)
	c.checkStrict(t, a, first)
}

// checkConcurrent runs the adapter from several goroutines; -race sees the rest.
func (c testCase) checkConcurrent(t *testing.T, a adapters.Adapter, want []byte) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { diff(t, "a concurrent run differs", want, normalize(t, a, c.raw).marshal(t)) })
	}
	wg.Wait()
}

func checkSpec(t *testing.T, spec adapters.Spec) {
	if spec.Name == "" || spec.Version < 1 || spec.Summary == "" || len(spec.Forms) == 0 || spec.New == nil {
		t.Errorf("the spec %q lacks a name, a version, a summary, forms or New", spec.Name)
	}
	for _, k := range spec.Kinds {
		switch k.Order {
		case adapters.ByVersion, adapters.ByVersionThenArrival, adapters.ByEventTime, adapters.ByArrival:
		default:
			t.Errorf("kind %s has no order", k.Kind)
		}
	}
	o := normalize(t, open(t, spec, "24"), adapters.Raw{Body: []byte(spec.Example)})
	if o.err != nil || len(o.records) == 0 {
		t.Fatalf("the example gives %d records and %v", len(o.records), o.err)
	}
	checkOutcome(t, spec, o)
}

func checkKinds(t *testing.T, spec adapters.Spec, cases []testCase) {
	seen := map[schema.Kind]bool{}
	for _, c := range cases {
		for _, rec := range normalize(t, open(t, spec, c.province), c.raw).records {
			seen[rec.Kind] = true
		}
	}
	for _, k := range spec.Kinds {
		if !seen[k.Kind] {
			t.Errorf("no case yields a %s", k.Kind)
		}
	}
}

// checkGarbage feeds what no source should send.
func checkGarbage(t *testing.T, spec adapters.Spec) {
	a := open(t, spec, "24")
	deep := bytes.Repeat([]byte("["), 100_000)
	for name, body := range map[string][]byte{
		"nothing": nil, "white space": []byte(" \n"), "null": []byte("null"), "a number": []byte("1"), "a string": []byte(`"x"`),
		"an object of another world": []byte(`{"x":1}`), "an array of scalars": []byte(`[1,"x",null]`),
		"deep nesting": deep, "html": []byte("<html><body>502 Bad Gateway</body></html>"), "two values": []byte(`{} {}`),
	} {
		o := normalize(t, a, adapters.Raw{Body: body})
		if o.err == nil || len(o.records) > 0 {
			t.Errorf("%s gives %d records and error %v", name, len(o.records), o.err)
		}
		checkCode(t, o)
	}
}

// checkCode holds errors to the codes that package adapters promises.
func checkCode(t testing.TB, o outcome) {
	t.Helper()
	switch o.Code {
	case "", fault.Invalid, fault.Malformed, fault.UnknownForm, fault.UnsupportedMedia:
	default:
		t.Errorf("the error has code %s", o.Code)
	}
	if o.Code == fault.Invalid && len(o.Problems) == 0 {
		t.Error("an error of code invalid names no problem")
	}
	if o.Code == fault.UnknownForm && len(o.records) > 0 {
		t.Error("a message of unknown form gives records")
	}
}

// checkTruncated cuts the message short: whatever was inside, nothing of it counts.
func (c testCase) checkTruncated(t *testing.T, a adapters.Adapter) {
	body := bytes.TrimSpace(c.raw.Body)
	if len(body) < 2 || c.raw.ContentType == mediaTypes[".ndjson"] || c.raw.ContentType == mediaTypes[".csv"] {
		return // the lines before the cut are whole
	}
	for _, part := range []int{1, 2, 3} {
		o := normalize(t, a, adapters.Raw{ContentType: c.raw.ContentType, Body: body[:len(body)*part/4]})
		if o.err == nil || len(o.records) > 0 {
			t.Errorf("%d/4 of the message give %d records and error %v", part, len(o.records), o.err)
		}
	}
	if golden.Update() {
		t.Logf("%s written", c.path)
	}
}
