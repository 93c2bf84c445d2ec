package units

import "github.com/lienthong/lienthong/schema"

// letter is a Latin letter as the resolver compares it: the plain letter behind
// it, with y as i (Mỹ = Mĩ), and its mark, hat<<3 | tone.
type letter struct{ plain, mark byte }

// Hats of a mark. hatY tells y from i where everything else agrees.
const (
	hatCircumflex = 1
	hatBreve      = 2
	hatHorn       = 3
	hatStroke     = 4
	hatY          = 5

	toneMask = 7
)

// vietnameseVowels are the twelve vowels, each with its six tones.
const vietnameseVowels = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵ" +
	"AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬEÈẺẼÉẸÊỀỂỄẾỆIÌỈĨÍỊOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢUÙỦŨÚỤƯỪỬỮỨỰYỲỶỸÝỴ"

// The plain letter and the hat of each group of six in vietnameseVowels.
const (
	vowelPlain = "aaaeeiooouui"
	vowelHats  = "\x00\x02\x01\x00\x01\x00\x00\x01\x03\x00\x03\x05"
)

// letterTable covers every precomposed Vietnamese letter (up to U+1EF9).
type letterTable [0x1F00]letter

func newLetterTable() *letterTable {
	var t letterTable
	for r := range rune(len(t)) {
		if r >= 0x250 && r < 0x1E00 {
			continue // no Latin letters
		}
		folded := schema.Fold(string(r))
		if len(folded) == 1 && (folded[0] >= 'a' && folded[0] <= 'z' || folded[0] >= '0' && folded[0] <= '9') {
			t[r] = letter{plain: folded[0]}
		}
	}
	group := len(vowelPlain) * 6
	for i, r := range []rune(vietnameseVowels) {
		k := i % group
		t[r] = letter{vowelPlain[k/6], vowelHats[k/6]<<3 | byte(k%6)}
	}
	t['đ'], t['Đ'] = letter{'d', hatStroke << 3}, letter{'d', hatStroke << 3}
	t['ð'], t['Ð'] = t['đ'], t['Đ']
	return &t
}

// of returns the letter or digit behind r; a zero plain means a separator.
func (t *letterTable) of(r rune) letter {
	if int(r) < len(t) {
		return t[r]
	}
	return letter{}
}

// key returns the letters of a name without separators, and their marks.
func (t *letterTable) key(name string) (key, marks string) {
	k, m := make([]byte, 0, len(name)), make([]byte, 0, len(name))
	for _, r := range name {
		if l := t.of(r); l.plain != 0 {
			k, m = append(k, l.plain), append(m, l.mark)
		}
	}
	return string(k), string(m)
}

// Penalties of diacritics, in the unit of the score of a chain.
const (
	costWrongMark   = 1.7
	costMissingMark = 0.5
	costYForI       = 0.2
	maxWrongMarks   = 5.0
	maxMissingMarks = 2.2
)

// markCost says how badly the marks of a text agree with those of a name of the
// same letters. A tone counts as placed right on a neighbouring letter too
// (hoà, hòa). Text without any marks costs nothing: it says nothing.
// whole reports that all marks are there, and no others.
func markCost(text []byte, name string, marked bool) (cost float32, whole bool) {
	if !marked {
		return 0, false
	}
	wrong, missing, swaps := 0, 0, 0
	for k, m := range text {
		switch has, want := m>>3, name[k]>>3; {
		case has == want:
		case has == hatY || want == hatY:
			swaps++
		case has == 0:
			missing++
		default:
			wrong++
		}
		has, want := m&toneMask, name[k]&toneMask
		if has != 0 && !toneNear(name, k, has) {
			wrong++
		}
		if want != 0 && !anyToneNear(text, k) {
			missing++
		}
	}
	cost = min(costWrongMark*float32(wrong), maxWrongMarks) + min(costMissingMark*float32(missing), maxMissingMarks) + costYForI*float32(swaps)
	return cost, wrong+missing == 0
}

func toneNear(name string, k int, tone byte) bool {
	for i := max(0, k-1); i <= min(len(name)-1, k+1); i++ {
		if name[i]&toneMask == tone {
			return true
		}
	}
	return false
}

func anyToneNear(text []byte, k int) bool {
	for i := max(0, k-1); i <= min(len(text)-1, k+1); i++ {
		if text[i]&toneMask != 0 {
			return true
		}
	}
	return false
}
