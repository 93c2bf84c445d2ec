package schema_test

import (
	"strings"
	"testing"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

func TestIsSyllable(t *testing.T) {
	t.Parallel()
	for _, s := range strings.Fields("a Nguyễn NGUYỄN Đường nghiêng khuya khuỷu Huỳnh quốc quý gì giếng giá già gịa yên thuở hoà hòa thúy thuý hoàn Quỳnh ước Hường") {
		if !schema.IsSyllable(s) {
			t.Errorf("%q is one", s)
		}
	}
	for _, s := range strings.Fields("Krông Đắk Hng TNHH hòan hàc cat qúôc tếp2 Nguyênn quuốc giì áà Phơng w f Sch") {
		if schema.IsSyllable(s) {
			t.Errorf("%q is none", s)
		}
	}
	if schema.IsSyllable("") || schema.IsSyllable("hai từ") {
		t.Error("one syllable, no more and no less")
	}
}

// The names of procedures hold hardly a word with Vietnamese letters that is no syllable.
func TestSyllablesCoverOfficialText(t *testing.T) {
	t.Parallel()
	all, missed := 0, 0
	for _, p := range catalogue.Procedures("") {
		for _, w := range strings.FieldsFunc(p.Name, func(r rune) bool { return strings.ContainsRune(" ,.;:()/-–“”\"", r) }) {
			if schema.Fold(w) == strings.ToLower(w) {
				continue // no letter of Vietnamese in it
			}
			all++
			if !schema.IsSyllable(w) {
				missed++
			}
		}
	}
	if all < 20000 || missed*200 > all {
		t.Errorf("%d of %d words are no syllables", missed, all)
	}
}
