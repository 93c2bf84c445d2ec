package adaptertest

import (
	"testing"

	"github.com/lienthong/lienthong/adapters"
)

// checkReplay sends the raw part of each record again, as a message of its own:
// it is what the gateway keeps, and has to give the same record once more.
func checkReplay(t testing.TB, a adapters.Adapter, o outcome) {
	t.Helper()
	for i, rec := range o.records {
		if rec.Raw == nil {
			continue
		}
		want, found := o.Records[i], false
		for _, again := range normalize(t, a, adapters.Raw{Body: rec.Raw}).Records {
			same := again.Kind == want.Kind && again.ID == want.ID
			found = found || same
			if same && (string(again.Body) != string(want.Body) || again.Version != want.Version || again.EventTime != want.EventTime) {
				t.Errorf("record %d, a %s: its raw part by itself gives another record:\n%s\n%s", i, rec.Kind, want.Body, again.Body)
			}
		}
		if !found {
			t.Errorf("record %d, a %s: its raw part by itself does not give it", i, rec.Kind)
		}
	}
}
