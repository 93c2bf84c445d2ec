package units

import (
	"unicode/utf8"

	"github.com/lienthong/lienthong/schema"
)

// token is a word or a number of a line.
type token struct {
	lo, hi int32 // letters, in scan.fold and scan.marks
	src    int32 // bytes of the line
	end    int32
	number bool
	noise  bool     // a postcode, a telephone number, the country, "nay là"
	hard   bool     // a comma or the like stands before it
	place  bool     // a word that a hamlet, a street or a house follows
	typ    typeCode // the type word that starts here
	typLen int32    // its tokens
}

// maxTokens is what is read of a line, from its end: units stand there.
const maxTokens = 64

// tokenize splits the line into words and numbers in folded letters. Leftovers
// of typing methods (Telex, VNI) are taken out and merged words taken apart,
// where that makes known syllables.
func (s *scan) tokenize(line string) {
	s.text = schema.NFC(line)
	s.fold, s.marks, s.off, s.toks, s.marked = s.fold[:0], s.marks[:0], s.off[:0], s.toks[:0], false
	s.vni = s.looksVNI(s.text)
	cur := token{lo: -1}
	hard, vni := false, false
	for i, size := 0, 0; i < len(s.text); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s.text[i:])
		l := s.g.letters.of(r)
		if l.plain == 0 {
			if r >= 0x300 && r <= 0x36F || r == 0xAD || r >= 0x200B && r <= 0x200D || r == 0xFEFF {
				continue
			}
			s.finish(&cur, i)
			vni = false
			hard = hard || r == ',' || r == ';' || r == '(' || r == ')' || r == '|' || r == '\n' || r == '\t' || r == ':'
			continue
		}
		digit := l.plain <= '9'
		if cur.lo >= 0 && cur.number != digit {
			if digit && s.isVNI(cur, i, vni) {
				vni = true
				continue
			}
			s.finish(&cur, i)
		}
		if cur.lo < 0 {
			cur = token{lo: int32(len(s.fold)), src: int32(i), number: digit, hard: hard}
			hard, vni = false, false
		}
		s.marked = s.marked || l.mark&^(hatY<<3) != 0 && l.mark != hatY<<3
		s.fold, s.marks, s.off = append(s.fold, l.plain), append(s.marks, l.mark), append(s.off, int32(i))
	}
	s.finish(&cur, len(s.text))
	if extra := len(s.toks) - maxTokens; extra > 0 {
		s.toks = append(s.toks[:0], s.toks[extra:]...)
	}
	s.findTypes()
}

// isVNI reports whether the digit at byte i of the line is a mark of the VNI typing method: phu7o7ng2.
func (s *scan) isVNI(cur token, i int, seen bool) bool {
	c, letters := s.text[i], s.fold[cur.lo:]
	switch {
	case c == '0' || len(letters) < 2 && (c != '9' || letters[0] != 'd'):
		return false
	case s.vni:
		return true
	}
	next := byte(' ')
	if i+1 < len(s.text) {
		next = s.text[i+1]
	}
	if next >= '0' && next <= '9' {
		return false
	}
	return seen || c <= '5' && len(letters) >= 3 && s.isPlainSyllable(letters)
}

// isPlainSyllable reports whether a word is a syllable of names, and none that a number follows (tổ 5, phường 5).
func (s *scan) isPlainSyllable(word []byte) bool {
	return s.g.syllables[string(word)] && !placeWords[string(word)] && lineTypes[string(word)] == typeNone
}

// looksVNI reports whether a line was typed with VNI switched off: a digit within a word, or behind several.
func (s *scan) looksVNI(line string) bool {
	var buf [8]byte
	word, behind := buf[:0], 0
	for i := range len(line) {
		c := line[i] | 0x20
		switch {
		case c >= 'a' && c <= 'z':
			if n := len(word); i > 0 && n > 1 && line[i-1] >= '1' && line[i-1] <= '9' && (i < 2 || line[i-2] > '9') {
				return true
			}
			if i > 0 && line[i-1] < 'A' {
				word = word[:0]
			}
			if c == 'y' {
				c = 'i'
			}
			if len(word) < len(buf) {
				word = append(word, c)
			}
		case line[i] >= '1' && line[i] <= '9' && len(word) > 0 && line[i-1]|0x20 >= 'a':
			if len(word) > 1 && s.isPlainSyllable(word) {
				behind++
			}
		case line[i] < '0' || line[i] > '9':
			word = word[:0]
		}
	}
	return behind > 1
}

func (s *scan) knownWord(letters []byte) bool {
	return s.g.syllables[string(letters)] || placeWords[string(letters)] || noiseWords[string(letters)] || lineTypes[string(letters)] != typeNone
}

// finish ends the token that is being read, if there is one.
func (s *scan) finish(cur *token, end int) {
	if cur.lo < 0 {
		return
	}
	t := *cur
	cur.lo = -1
	t.hi, t.end = int32(len(s.fold)), int32(end)
	if t.number {
		for t.hi-t.lo > 1 && s.fold[t.lo] == '0' && t.hi-t.lo < 4 {
			t.lo++
		}
		t.noise = t.hi-t.lo >= 4
		s.toks = append(s.toks, t)
		return
	}
	if !s.knownWord(s.fold[t.lo:t.hi]) {
		if s.untelex(&t); s.split(t) {
			return
		}
	}
	s.toks = append(s.toks, t)
}

// untelex takes the letters that the Telex typing method uses for marks out of a
// word (phuowngf, ddoongf), where a known syllable is left.
func (s *scan) untelex(t *token) {
	word := s.fold[t.lo:t.hi]
	var buf [24]byte
	if len(word) < 3 || len(word) > len(buf) {
		return
	}
	out := buf[:0]
	vowel, marks := false, false
	for i, c := range word {
		switch {
		case c == 'w' && i > 0, i > 0 && c == word[i-1] && (c == 'a' || c == 'e' || c == 'o' || c == 'd'):
			marks = marks || c == 'w' || c != 'd'
			continue
		case vowel && (c == 's' || c == 'f' || c == 'r' || c == 'x' || c == 'j'):
			continue
		case c == 'w':
			c = 'u'
		}
		vowel = vowel || c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'
		out = append(out, c)
	}
	if len(out) == len(word) || len(out) < 2 || !s.knownWord(out) && !marks {
		return
	}
	n := copy(s.fold[t.lo:], out)
	t.hi = t.lo + int32(n)
	clear(s.marks[t.lo:t.hi])
	s.fold, s.marks, s.off = s.fold[:t.hi], s.marks[:t.hi], s.off[:t.hi]
}

// split takes a merged word apart: into known syllables (phuongbadinh), else
// into a type word and a name (pdaikim). It reports whether it did.
func (s *scan) split(t token) bool {
	word := s.fold[t.lo:t.hi]
	if _, name := s.g.index[string(word)]; len(word) < 5 || len(word) > 60 || name && len(word) < 12 {
		return false
	}
	if cuts, ok := s.syllabify(word); ok {
		s.cutUp(t, cuts)
		return true
	}
	for _, typ := range gluedTypes {
		if n := len(typ); len(word) >= n+3 && string(word[:n]) == typ && (n > 1 || len(word) > 5) {
			if s.isName(word[n:], n) {
				s.cutUp(t, 1<<n)
				return true
			}
		}
	}
	return false
}

// isName reports whether a word is a name, or one typing error away when the type word before it had n > 1 letters.
func (s *scan) isName(word []byte, n int) bool {
	if _, ok := s.g.index[string(word)]; ok {
		return true
	}
	if n < 2 || len(word) < minFuzzy+1 {
		return false
	}
	s.near = s.g.deletes.near(s.g.keys, word, s.near[:0])
	return len(s.near) > 0 || n > 3
}

// syllabify returns where to cut a word into the fewest known syllables, as bits.
func (s *scan) syllabify(word []byte) (cuts uint64, ok bool) {
	if len(word) < 6 {
		return 0, false
	}
	const none = 127
	var best [61]uint8
	var from [61]uint8
	for j := 1; j <= len(word); j++ {
		best[j] = none
		for i := max(0, j-7); i <= j-2; i++ {
			if best[i]+1 < best[j] && s.g.syllables[string(word[i:j])] {
				best[j], from[j] = best[i]+1, uint8(i)
			}
		}
	}
	if best[len(word)] >= none {
		return 0, false
	}
	for j := from[len(word)]; j > 0; j = from[j] {
		cuts |= 1 << j
	}
	return cuts, true
}

// cutUp appends the pieces of a token.
func (s *scan) cutUp(t token, cuts uint64) {
	piece := t
	for k := int32(1); k < t.hi-t.lo; k++ {
		if cuts&(1<<k) == 0 {
			continue
		}
		piece.hi, piece.end = t.lo+k, s.off[t.lo+k]
		s.toks = append(s.toks, piece)
		piece.lo, piece.src, piece.hard = piece.hi, piece.end, false
	}
	piece.hi, piece.end = t.hi, t.end
	s.toks = append(s.toks, piece)
}

// findTypes marks type words, words before hamlets and streets, and noise.
func (s *scan) findTypes() {
	for i := range s.toks {
		t := &s.toks[i]
		if t.number {
			continue
		}
		word := s.fold[t.lo:t.hi]
		t.place = placeWords[string(word)] && (string(word) != "kiet" || i == 0 || t.hard || s.toks[i-1].number) // Lý Thường Kiệt
		t.noise = t.noise || string(word) == "vn" || string(word) == "vietnam"
		t.typ, t.typLen = lineTypes[string(word)], 1
		if t.typ == typeNone && len(word) >= 5 && !s.g.syllables[string(word)] {
			t.typ = nearType(word)
		}
		if i+1 == len(s.toks) || s.toks[i+1].hard || s.toks[i+1].number {
			continue
		}
		pair := s.fold[t.lo:s.toks[i+1].hi]
		switch typ := lineTypes[string(pair)]; {
		case typ != typeNone:
			t.typ, t.typLen = typ, 2
		case len(pair) >= 7 && pair[0] == 't' && oneEdit("thanhpho", pair):
			t.typ, t.typLen = typeThanhPho, 2
		case len(pair) >= 6 && pair[0] == 't' && oneEdit("thitran", pair):
			t.typ, t.typLen = typeThiTran, 2
		case string(pair) == "vietnam":
			t.noise, s.toks[i+1].noise = true, true
		case placeWords[string(pair)]:
			t.place, s.toks[i+1].place = true, true
		}
	}
}

// nearType returns the type word that a word of five or more letters is one typing error away from.
func nearType(word []byte) typeCode {
	switch {
	case oneEdit("phuong", word):
		return typePhuong
	case oneEdit("huien", word):
		return typeHuyen
	}
	return typeNone
}
