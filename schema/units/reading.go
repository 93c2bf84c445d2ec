package units

import (
	"strings"
	"sync"

	"github.com/lienthong/lienthong/schema"
)

// Place is the units of an address in one list, codes and names. What the text
// does not decide is empty; DistrictCode and District are of [NSO2004] only.
type Place struct {
	ProvinceCode string
	Province     string // "Tỉnh Bắc Ninh"
	DistrictCode string
	District     string // "Thành phố Bắc Ninh"
	CommuneCode  string
	Commune      string // "Phường Kinh Bắc"
}

// Candidate is one of several places that a text may mean.
type Candidate struct {
	Old, New   Place
	Confidence float64 // 0 to 1; those of one reading sum up to 1 at most
}

// Reading is what [ReadLine] makes of an address line.
type Reading struct {
	Text       string
	Street     string // what stands before the units: house, street, hamlet
	Old        Place  // the units of [NSO2004], when the text names those
	New        Place  // the units of [NSO2025]; the successors, when the text names old ones
	Confidence float64
	Ambiguous  bool        // the text means one of several communes, and does not say which
	Candidates []Candidate // those, the likeliest first; the codes above hold what they share
}

// Address returns the reading as an address: its codes where the text decides
// them, what all candidates share where it does not, and the candidates' new communes.
func (r Reading) Address() schema.Address {
	a := schema.Address{
		Text: r.Text, Street: r.Street,
		Commune: r.New.CommuneCode, Province: r.New.ProvinceCode,
		OldCommune: r.Old.CommuneCode, OldDistrict: r.Old.DistrictCode, OldProvince: r.Old.ProvinceCode,
	}
	for _, c := range r.Candidates {
		if code := c.New.CommuneCode; r.Ambiguous && code != "" {
			a.Candidates = union(code, "", a.Candidates)
		}
	}
	return a
}

// scan is the memory of one reading, used again and again.
type scan struct {
	g     *gazetteer
	text  string
	fold  []byte
	marks []byte
	off   []int32

	toks     []token
	marked   bool // the line has diacritics
	vni      bool // it has digits for them
	noise    uint64
	near     []int32
	mentions []mention
	hits     []hit
	chains   []chain

	heads []int32 // of each place: its last hit, valid where round agrees
	round []uint32
	now   uint32
}

var scans = sync.Pool{New: func() any {
	g := gazetteers()
	return &scan{g: g, heads: make([]int32, g.first[ranks]), round: make([]uint32, g.first[ranks])}
}}

func (s *scan) head(place int32) int32 {
	if s.round[place] != s.now {
		return -1
	}
	return s.heads[place]
}

func (s *scan) setHead(place, h int32) { s.heads[place], s.round[place] = h, s.now }

// ReadLine finds the administrative units in an address of one line, old (three
// levels) or new (two), in any order, with abbreviations, typing errors, missing
// or wrong diacritics and words run together. asOf is the day of whose list the
// text speaks, zero when it is not known; see [ResolveCode].
//
// A district or a province of the old list tells that the text is old. A name
// that fits several places is ambiguous and stays so: the reading then has
// candidates and only the codes that they share. A commune that vanished before
// 2025 without a known successor has the new communes of its district as
// candidates. What stands as written is never taken for a misspelt other name. It
// takes about 0.1 ms, and is safe for concurrent use.
func ReadLine(line string, asOf schema.Date) Reading {
	s := scans.Get().(*scan)
	defer scans.Put(s)
	line = strings.TrimSpace(line)
	if schema.IsFiller(line) {
		return Reading{Text: line}
	}
	s.read(line, eraOf(asOf))
	r := s.decide(eraOf(asOf))
	r.Text = line
	return r
}

// read makes the chains of a line.
func (s *scan) read(line string, e era) {
	s.tokenize(line)
	s.hits, s.now = s.hits[:0], s.now+1
	s.noise = 0
	for i := range s.toks {
		if s.toks[i].noise || s.isNoiseWord(i) {
			s.noise |= 1 << uint(i)
		}
	}
	s.findMentions()
	s.findHits(0)
	s.widen(e)
}

func (s *scan) isNoiseWord(i int) bool {
	t := &s.toks[i]
	return noiseWords[string(s.fold[t.lo:t.hi])]
}
