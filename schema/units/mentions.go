package units

// mention is a stretch of a line that reads as a name.
type mention struct {
	lo, hi int32  // tokens of the name
	mask   uint64 // tokens, with the type word before
	name   int32
	typ    typeCode
	cost   float32 // of typing errors, a comma inside
	exact  bool
	street bool // a word for a hamlet, a street or a house stands before
	houses bool // a bare number stands before
}

// hit is a mention read as one place.
type hit struct {
	place    int32
	mention  int32
	next     int32 // the next hit of the same place, -1 at the end
	score    float32
	complete bool // every mark of the name stands in the text
	misfit   bool // another type word stands before it
}

// What a mention tells, and what speaks against it. All scores of the resolver
// share this unit; a difference of tie decides.
const (
	baseCommune  = 8
	baseDistrict = 8
	baseProvince = 7

	sameType      = 3.0
	otherType     = -0.7 // a ward for a commune: renamed with the place
	otherLevel    = -9.0
	afterPlace    = -7.0
	afterNumber   = -4.0
	shortUntyped  = -2.0
	acrossComma   = 3.0
	overExact     = 1.5 // a typing error assumed where a name stands as written
	overCut       = 4.0 // a typing error assumed in a part of such a name
	perToken      = 1.0
	asTypeWord    = 3.0
	maxNameTokens = 7
)

// findMentions reads every stretch of tokens as a name, as it stands or with one typing error.
func (s *scan) findMentions() {
	s.mentions = s.mentions[:0]
	for lo := range s.toks {
		m := s.mentionAt(lo)
		s.readFrom(lo, m)
		if m.typ != typeNone && s.endsName(lo-1) { // Trịnh Xá, Phủ Lý
			m.typ = typeNone
			s.readFrom(lo, m)
		}
	}
	s.costCuts()
}

// costCuts makes a typing error less likely where it takes a part of a longer
// name that stands as written: "phường Ninh Bình" is no Phường Nếnh.
func (s *scan) costCuts() {
	var longest [maxTokens]int32 // of each first token: where its longest name ends
	for i := range s.mentions {
		if m := &s.mentions[i]; m.exact && m.cost == 0 {
			longest[m.lo] = max(longest[m.lo], m.hi)
		}
	}
	for i := range s.mentions {
		m := &s.mentions[i]
		for lo := m.lo; !m.exact && lo >= max(0, m.lo-maxNameTokens); lo-- {
			if end := longest[lo]; end > m.hi || lo < m.lo && end == m.hi {
				m.cost += overCut
				break
			}
		}
	}
}

// endsName reports whether the token and the one before it are a name: a type word that is none.
func (s *scan) endsName(i int) bool {
	if i < 1 || s.toks[i].hard || s.toks[i].typLen != 1 || s.toks[i].hi-s.toks[i].lo < 2 {
		return false
	}
	_, ok := s.g.index[string(s.fold[s.toks[i-1].lo:s.toks[i].hi])]
	return ok
}

// readFrom reads the stretches that begin at token lo.
func (s *scan) readFrom(lo int, m mention) {
	commas := float32(0)
	for hi := lo; hi < len(s.toks) && hi < lo+maxNameTokens && !s.toks[hi].noise; hi++ {
		if hi > lo && s.toks[hi].hard {
			commas += acrossComma
		}
		text := s.fold[s.toks[lo].lo:s.toks[hi].hi]
		if len(text) > s.g.longest+1 || s.toks[lo].number && m.typ != typePhuong && m.typ != typeQuan {
			return
		}
		m.hi = int32(hi + 1)
		m.mask = maskOf(m.lo-m.typLen(s), m.hi)
		s.matchWindow(m, text, commas)
	}
}

// mentionAt looks at what stands before token lo.
func (s *scan) mentionAt(lo int) mention {
	m := mention{lo: int32(lo)}
	before := lo
	for n := 2; n >= 1; n-- {
		if k := lo - n; k >= 0 && !s.toks[lo].hard && s.toks[k].typ != typeNone && int(s.toks[k].typLen) == n && !s.toks[lo].noise {
			m.typ = s.toks[k].typ
			before = k
			break
		}
	}
	if before > 0 && m.typ == typeNone {
		s.lookBefore(&m, before)
	}
	return m
}

// lookBefore says whether a street word or a house number stands before a
// name. "Tam Dương" is no street, and what follows a numbered hamlet or ward no house.
func (s *scan) lookBefore(m *mention, lo int) {
	prev := &s.toks[lo-1]
	if s.toks[lo].hard {
		return
	}
	word := func(i int) []byte { return s.fold[s.toks[i].lo:s.toks[i].hi] }
	switch {
	case prev.place:
		name := false
		if lo > 1 && !prev.hard {
			_, name = s.g.index[string(s.fold[s.toks[lo-2].lo:prev.hi])]
		}
		m.street = !name
	case prev.number && lo > 1 && !prev.hard && (hamletWords[string(word(lo-2))] || s.toks[lo-2].typ != typeNone):
	case prev.number && lo > 1 && !prev.hard && s.toks[lo-2].place:
		m.street = true
	case prev.number:
		m.houses = true
	}
}

// typLen returns the tokens of the type word before the name.
func (m *mention) typLen(s *scan) int32 {
	switch {
	case m.typ == typeNone:
		return 0
	case m.lo >= 2 && s.toks[m.lo-2].typ == m.typ && s.toks[m.lo-2].typLen == 2:
		return 2
	}
	return 1
}

func maskOf(lo, hi int32) uint64 { return (^uint64(0) >> (64 - uint(hi-lo))) << uint(lo) }

func (s *scan) matchWindow(m mention, text []byte, commas float32) {
	commas += s.typeAsName(m.lo)
	name, ok := s.g.index[string(text)]
	if ok && !s.isMarket(&m, name) {
		m.name, m.cost, m.exact = name, commas, true
		s.mentions = append(s.mentions, m)
		m.exact = false
	}
	if len(text) < minFuzzy-1 || text[0] <= '9' || m.typ == typeNone && (len(text) < minFuzzy || s.toks[m.lo].place) {
		return
	}
	s.near = s.g.deletes.near(s.g.keys, text, s.near[:0])
	for _, name := range s.near {
		m.name, m.cost = name, commas+editCost(1, len(text))
		if ok {
			m.cost += overExact
		}
		if s.g.keys[name][0] != text[0] {
			m.cost += 0.7
		}
		s.mentions = append(s.mentions, m)
	}
}

// isMarket reports whether a name is a word for a building before the name of
// that: "chợ Từ Sơn" is no Thị trấn Chờ, "TT Chờ" and "Chờ, Yên Phong" are.
func (s *scan) isMarket(m *mention, name int32) bool {
	next := int(m.hi)
	if m.typ != typeNone || m.hi-m.lo > 1 || !s.toks[m.lo].place || next == len(s.toks) || s.toks[next].hard {
		return false
	}
	for i := range s.g.refs[name] {
		t := &s.toks[m.lo]
		if marks := s.marks[t.lo:t.hi]; len(marks) == len(s.g.refs[name][i].marks) {
			if _, whole := markCost(marks, s.g.refs[name][i].marks, s.marked); whole {
				return false
			}
		}
	}
	return true
}

// typeAsName is what it costs to read a type word as the beginning of a name
// (Quan Sơn, Phương Liệt): much where it is spelt like one, nothing where its marks differ.
func (s *scan) typeAsName(tok int32) float32 {
	t := &s.toks[tok]
	if t.typ == typeNone || t.hi-t.lo < 4 || t.typLen != 1 {
		return 0
	}
	marks := s.marks[t.lo:t.hi]
	if len(marks) != len(s.g.typeMarks[t.typ]) {
		return 0
	}
	switch _, whole := markCost(marks, s.g.typeMarks[t.typ], true); {
	case whole:
		return asTypeWord
	case !s.marked:
		return asTypeWord / 3
	}
	return 0
}

// editCost is what typing errors in a name of so many letters cost.
func editCost(edits, letters int) float32 {
	return float32(edits) * (1.2 + 10/float32(letters))
}

// findHits reads the mentions from number first on as places.
func (s *scan) findHits(first int) {
	for i := first; i < len(s.mentions); i++ {
		m := &s.mentions[i]
		text := s.marks[s.toks[m.lo].lo:s.toks[m.hi-1].hi]
		refs := s.g.refs[m.name]
		for k := range refs {
			if len(s.hits) == maxHits {
				return
			}
			s.addHit(int32(i), m, &refs[k], text)
		}
	}
}

const maxHits = 6000

func (s *scan) addHit(i int32, m *mention, r *ref, text []byte) {
	if r.prior == priorDistrict && m.typ == typeNone {
		return
	}
	rank, complete := s.g.rankOf(r.place), false
	score := float32(baseCommune)
	switch rank {
	case newProvince, oldProvince:
		score = baseProvince
	case oldDistrict:
		score = baseDistrict
	}
	score += typeScore(m.typ, r.typ, rank) - m.cost - r.prior
	score += perToken * float32(m.hi-m.lo)
	if m.typ != typeNone {
		score += perToken
	}
	switch {
	case m.street:
		score += afterPlace
	case m.houses:
		score += afterNumber
	}
	if len(text) <= 3 && m.typ == typeNone && r.prior == 0 {
		score += shortUntyped
	}
	if m.exact && len(r.marks) == len(text) {
		cost, whole := markCost(text, r.marks, s.marked)
		score, complete = score-cost, whole
	}
	if score < 1 {
		return
	}
	s.hits = append(s.hits, hit{place: r.place, mention: i, next: s.head(r.place), score: score, complete: complete,
		misfit: m.typ != typeNone && r.typ != typeNone && m.typ != r.typ})
	s.setHead(r.place, int32(len(s.hits)-1))
}

// typeScore says how a type word agrees with the type of a unit.
func typeScore(text, unit typeCode, level rank) float32 {
	switch {
	case text == typeNone || unit == typeNone && (level == newProvince || level == oldProvince) && (text == typeThanhPho || text == typeTinh):
		return 0
	case text == unit:
		return sameType
	}
	wordOf := func(t typeCode) int {
		switch {
		case t <= typeDacKhu:
			return 0
		case t == typeTinh:
			return 2
		}
		return 1
	}
	switch level {
	case newCommune, oldCommune, formerCommune:
		if wordOf(text) == 0 {
			return otherType
		}
	case oldDistrict:
		if wordOf(text) == 1 {
			return otherType
		}
	default:
		if text == typeTinh {
			return otherType
		}
		if text == typeThanhPho {
			return 5 * otherType
		}
	}
	return otherLevel
}
