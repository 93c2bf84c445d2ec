package schema

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// onsets are the consonants that begin a syllable, longer ones first. The u of
// qu and the i of gi belong to them when a vowel follows.
var onsets = strings.Fields("ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p r s t v x")

// rhymes are the vowels and finals of Vietnamese without their tones.
var rhymes = wordSet(`a ac ach ai am an ang anh ao ap at au ay
	ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
	e ec em en eng eo ep et  ê êch êm ên ênh êp êt êu
	i ich im in inh ip it iu ia iêc iêm iên iêng iêp iêt iêu
	o oc oi om on ong op ot oong ooc
	oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
	ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
	u ua uc ui um un ung up ut uôc uôi uôm uôn uông uôt
	uâ uân uât uâng uây uê uên uênh uêch uêt uơ uy uya uych uyên uyêt uyn uynh uyp uyt uyu
	ư ưa ưc ưi ưm ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
	y yêm yên yêng yêt yêu ynh ych yt`)

//go:embed data/syllables.txt
var syllableList string

// A spelling is what is known of a syllable without its tone.
type spelling struct {
	seats [longestSyllable]bool // letters that may bear the tone
	stop  bool                  // ends in c, ch, p or t: sắc or nặng
	rank  [tones]int8           // how common it is with each tone, 3 (frequent) to 0
}

// spellings holds the syllables by their letters without tones, with the ranks
// of the list, which internal/syllables made of administrative texts, unit names
// and the parts of personal names.
var spellings = sync.OnceValue(func() map[string]*spelling {
	all := make(map[string]*spelling, 5000)
	for _, onset := range append(slices.Clone(onsets), "") {
		for rhyme := range rhymes {
			if glides(onset, rhyme) {
				spell(all, []rune(onset), []rune(rhyme))
			}
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(syllableList), "\n") {
		for _, s := range strings.Fields(line) {
			if known, tone, ok := spelled(all, []rune(s)); ok {
				known.rank[tone] = int8(3 - i)
			}
		}
	}
	return all
})

// spell adds the syllable of an onset and a rhyme. Some have two ways to be
// taken apart (gi-a, g-ia) and may bear the tone on either vowel.
func spell(all map[string]*spelling, onset, rhyme []rune) {
	vowels := slices.IndexFunc(rhyme, func(r rune) bool { _, ok := vowelIndex[r]; return !ok })
	if vowels < 0 {
		vowels = len(rhyme)
	}
	plain := string(onset) + string(rhyme)
	known := all[plain]
	if known == nil {
		known = &spelling{stop: stopFinal(rhyme[vowels:])}
		all[plain] = known
	}
	right, other := toneSeat(rhyme[:vowels], vowels == len(rhyme))
	known.seats[len(onset)+right], known.seats[len(onset)+other] = true, true
}

// spelled finds the syllable that a word in NFC and any case is, and its tone by
// the order of tonedVowels.
func spelled(all map[string]*spelling, word []rune) (known *spelling, tone int, ok bool) {
	if len(word) == 0 || len(word) > longestSyllable {
		return nil, 0, false
	}
	var letters [longestSyllable * utf8.UTFMax]byte
	plain, at := letters[:0], -1
	for i, r := range word {
		if r < utf8.RuneSelf {
			if r >= 'A' && r <= 'Z' {
				r += 'a' - 'A'
			}
			plain = append(plain, byte(r))
			continue
		}
		r = unicode.ToLower(r)
		if v, isVowel := vowelIndex[r]; isVowel && v%tones != 0 {
			if at >= 0 {
				return nil, 0, false
			}
			tone, at, r = v%tones, i, vowelRunes[v-v%tones]
		}
		plain = utf8.AppendRune(plain, r)
	}
	known = all[string(plain)]
	if known == nil || at >= 0 && !known.seats[at] || known.stop && tone != toneAcute && tone != toneDot {
		return nil, 0, false
	}
	return known, tone, true
}

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// syllableRank returns how common a syllable is, 3 to 1, 0 for one that the
// language allows but none of the lists has, and -1 for what is no syllable.
func syllableRank(word []rune) int {
	known, tone, ok := spelled(spellings(), word)
	if !ok {
		return -1
	}
	return int(known.rank[tone])
}

// IsSyllable reports whether s, in NFC and any case, is spelled as one
// Vietnamese syllable, whether or not the language uses it: onset, rhyme, at
// most one tone and that on the right vowel, only sắc and nặng before c, ch, p and t.
func IsSyllable(s string) bool { return isSyllable([]rune(s)) }

func isSyllable(word []rune) bool {
	_, _, ok := spelled(spellings(), word)
	return ok
}

const (
	toneAcute = 4 // in the order of tonedVowels
	toneDot   = 5
)

// glides reports whether a rhyme may follow an onset: no second u after qu, no
// second i after gi.
func glides(onset, rhyme string) bool {
	switch onset {
	case "qu":
		return !strings.HasPrefix(rhyme, "o") && !strings.HasPrefix(rhyme, "u") && !strings.HasPrefix(rhyme, "ư")
	case "gi":
		return !strings.HasPrefix(rhyme, "i") && !strings.HasPrefix(rhyme, "y")
	}
	return true
}

func stopFinal(final []rune) bool {
	switch string(final) {
	case "c", "ch", "p", "t":
		return true
	}
	return false
}

// toneSeat returns which of a rhyme's vowels bears the tone, and the second
// place that is in use for oa, oe and uy.
func toneSeat(vowels []rune, open bool) (right, other int) {
	for i := len(vowels) - 1; i >= 0; i-- {
		if strings.ContainsRune("ăâêôơ", vowels[i]) {
			return i, i
		}
	}
	switch {
	case len(vowels) == 1:
		return 0, 0
	case len(vowels) == 3:
		return 1, 1
	case !open:
		return 1, 1
	}
	switch string(vowels) {
	case "oa", "oe", "uy":
		return 0, 1
	}
	return 0, 0
}
