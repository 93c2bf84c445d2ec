package schema

import (
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
)

// Letters of the single-byte encodings by their bytes; a dot is a byte that the
// encoding leaves as it is in Windows-1252. TCVN 5712:1993 (the ABC fonts) from
// A1, VISCII (RFC 1456) from 80. VISCII has six more capitals below 20.
const (
	tcvn3Letters = "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ.......ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"
	visciiHigh   = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
	visciiLow    = "\x02Ẳ\x05Ẵ\x06Ẫ\x14Ỷ\x19Ỹ\x1eỴ"
)

// VNI writes a base letter and a second byte for its marks. The lists give, for
// each base letter, the letters that its marks make of it, in the order of the
// marks; y has no nặng, which like ơ, ư, đ and the i with lower tones is one byte.
const (
	vniMarks  = "ùøûõïâáàåãäêéèúüë"
	vniPairs  = "aáàảãạâấầẩẫậăắằẳẵặ eéèẻẽẹêếềểễệ oóòỏõọôốồổỗộ ôớờởỡợ uúùủũụ öứừửữự yýỳỷỹ"
	vniSingle = "ôơöưæỉóĩòịîỵñđ"
)

// windows1258 are the bases and the tones, in the order of tonedVowels from 1,
// that Windows-1258 has where Windows-1252 has other letters.
const (
	windows1258Bases = "ÃĂãăÐĐðđÕƠõơÝƯýưþ₫"
	windows1258Tones = "ÌÒÞìò"
)

// An encoding is one of the legacy encodings of Vietnamese.
type encoding struct {
	code   string // of the repair
	name   string
	prior  int // how much more often it is met than the rarest, in units of the score
	least  int // letters of its words that prove it
	decode func([]byte) reading
}

// A reading is text as one encoding gives it, letter by letter.
type reading struct {
	encoding
	runes  []rune
	legacy []bool // the letter came of a byte above 7F, or of one that the encoding uses
	length int    // letters of the words that are judged
	words  int    // words with such letters, or with a symbol that no text has there
	valid  int    // of them spelled as Vietnamese syllables
	score  int    // how common they are, 0 to 3 each
}

var (
	windows1252 = encoding{TextWindows1252, "Windows-1252", 1, 1, readWindows1252}
	tcvn3       = encoding{TextTCVN3, "TCVN3 (ABC)", 1, 1, readTCVN3}
	legacies    = []encoding{
		tcvn3, {TextVNI, "VNI", 1, 1, readVNI},
		{TextWindows1258, "Windows-1258", 1, 1, readWindows1258}, {TextVISCII, "VISCII", 0, 4, readVISCII},
	}
	tcvn3Table  = byteTable(0xA1, tcvn3Letters, "")
	visciiTable = byteTable(0x80, visciiHigh, visciiLow)
	vniTable    = vniLetters()
)

// byteTable returns the letters of an encoding by byte, 0 where it has none.
func byteTable(first int, letters, low string) *[256]rune {
	var t [256]rune
	for _, r := range letters {
		if r != '.' {
			t[first] = r
		}
		first++
	}
	pairs := []rune(low)
	for i := 0; i < len(pairs); i += 2 {
		t[pairs[i]] = pairs[i+1]
	}
	return &t
}

// vniLetters returns the letter of each pair of bytes, and of each single byte with 0.
func vniLetters() map[[2]rune]rune {
	t := map[[2]rune]rune{}
	marks := []rune(vniMarks)
	for _, list := range strings.Fields(vniPairs) {
		letters := []rune(list)
		base := letters[0]
		for i, letter := range letters[1:] {
			for _, mark := range []rune{marks[i], unicode.ToUpper(marks[i])} {
				t[[2]rune{base, mark}] = letter
				t[[2]rune{unicode.ToUpper(base), mark}] = unicode.ToUpper(letter)
			}
		}
	}
	singles := []rune(vniSingle)
	for i := 0; i < len(singles); i += 2 {
		t[[2]rune{singles[i]}] = singles[i+1]
		t[[2]rune{unicode.ToUpper(singles[i])}] = unicode.ToUpper(singles[i+1])
	}
	return t
}

// latin returns the character that Windows-1252 has for a byte, the control
// character of Latin-1 for the five that it leaves open.
func latin(b byte) rune {
	if r := charmap.Windows1252.DecodeByte(b); r != unicode.ReplacementChar {
		return r
	}
	return rune(b)
}

// latinBytes returns the bytes whose reading as Windows-1252 or Latin-1 is s,
// and false when s holds any other character.
func latinBytes(s string) ([]byte, bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		b, ok := latinByte(r)
		if !ok {
			return nil, false
		}
		out = append(out, b)
	}
	return out, true
}

func latinByte(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}

func newReading(b []byte) reading {
	return reading{runes: make([]rune, 0, len(b)), legacy: make([]bool, 0, len(b))}
}

func (r *reading) add(letter rune, legacy bool) {
	r.runes, r.legacy = append(r.runes, letter), append(r.legacy, legacy)
}

func readWindows1252(b []byte) reading {
	r := newReading(b)
	for _, c := range b {
		r.add(mapped("ÐĐðđ", latin(c)), c >= 0x80) // eth for đ is a fault of its own
	}
	return r
}

func readTCVN3(b []byte) reading {
	r := readTable(b, tcvn3Table)
	r.capitals()
	return r
}

func readVISCII(b []byte) reading { return readTable(b, visciiTable) }

func readTable(b []byte, table *[256]rune) reading {
	r := newReading(b)
	for _, c := range b {
		if letter := table[c]; letter != 0 {
			r.add(letter, true)
		} else {
			r.add(latin(c), c >= 0x80)
		}
	}
	return r
}

func readVNI(b []byte) reading {
	r := newReading(b)
	for i := 0; i < len(b); i++ {
		c := latin(b[i])
		if i+1 < len(b) && b[i+1] >= 0xC0 {
			if letter, ok := vniTable[[2]rune{c, latin(b[i+1])}]; ok {
				r.add(letter, true)
				i++
				continue
			}
		}
		if letter, ok := vniTable[[2]rune{c}]; ok {
			c = letter
		}
		r.add(c, b[i] >= 0x80)
	}
	return r
}

func readWindows1258(b []byte) reading {
	r := newReading(b)
	for _, c := range b {
		l := latin(c)
		if tone := toneNumber(l); tone > 0 && len(r.runes) > 0 {
			last := len(r.runes) - 1
			if v, ok := vowelIndex[r.runes[last]]; ok && v%tones == 0 {
				r.runes[last], r.legacy[last] = vowelRunes[v+tone], true
				continue
			}
		}
		r.add(mapped(windows1258Bases, l), c >= 0x80)
	}
	return r
}

// toneNumber returns the place in tonedVowels of a tone byte of Windows-1258, 0 for any other.
func toneNumber(l rune) int {
	for i, t := range []rune(windows1258Tones) {
		if t == l {
			return i + 1
		}
	}
	return 0
}

// mapped returns what follows key in a list of pairs, key itself where the list has no such pair.
func mapped(pairs string, key rune) rune {
	list := []rune(pairs)
	for i := 0; i+1 < len(list); i += 2 {
		if list[i] == key {
			return list[i+1]
		}
	}
	return key
}
