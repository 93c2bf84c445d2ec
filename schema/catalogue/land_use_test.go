package catalogue_test

import (
	"slices"
	"testing"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

func TestLandUses(t *testing.T) {
	t.Parallel()
	count := map[catalogue.LandUseList]int{}
	for _, u := range catalogue.LandUses() {
		count[u.List]++
		if _, did := schema.CleanText(u.Name); u.Name == "" || did != nil {
			t.Errorf("%s: no clean name", u.Code)
		}
		for _, s := range u.Successor {
			if to, ok := catalogue.LandUseByCode(s); !ok || !to.InForce() || u.InForce() {
				t.Errorf("%s: successor %s", u.Code, s)
			}
		}
	}
	if count[catalogue.LandUse2024] != 53 || len(catalogue.LandUses()) != 110 {
		t.Errorf("%v of %d codes; TT 08/2024 has 53", count, len(catalogue.LandUses()))
	}
	for code, want := range map[string]catalogue.LandUseList{
		"ODT": catalogue.LandUse2024, "CLN": catalogue.LandUse2024, "BHK": catalogue.LandUse2013,
		"LUA": catalogue.LandUseAggregate, "LNQ": catalogue.LandUseOlder, "T": catalogue.LandUseInformal,
	} {
		if u, ok := catalogue.LandUseByCode(code); !ok || u.List != want {
			t.Errorf("%s is %q, want %q", code, u.List, want)
		}
	}
	if u, _ := catalogue.LandUseByCode("BHK"); !slices.Equal(u.Successor, []string{"HNK"}) {
		t.Errorf("BHK leads to %v", u.Successor)
	}
	if _, ok := catalogue.LandUseByCode("odt"); ok {
		t.Error("codes are in capitals")
	}
}

func TestLandOrigins(t *testing.T) {
	t.Parallel()
	if n := len(catalogue.LandOrigins()); n != 16 {
		t.Errorf("%d origins, the list has 16", n)
	}
	if o, ok := catalogue.LandOriginByCode("6"); !ok || o.Name != "Nhà nước giao đất để quản lý" {
		t.Errorf("6 is %q", o.Name)
	}
	if _, ok := catalogue.LandOriginByCode("17"); ok {
		t.Error("17 is no origin")
	}
}
