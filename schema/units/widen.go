package units

// widen looks for names with two typing errors, in the places that the line
// already points to: provinces anywhere, districts below a province that is
// named, communes below a district or province that is named. Then it makes the chains.
func (s *scan) widen(e era) {
	if !s.hasRank(oldProvince, newProvince) {
		s.widenTo(s.g.first[newProvince], s.g.first[newProvince+1], 2)
		s.widenTo(s.g.first[oldProvince], s.g.first[oldProvince+1], 2)
	}
	if s.explained(e) {
		return
	}
	if !s.hasRank(oldDistrict, oldDistrict) {
		for _, p := range s.tops(oldProvince) {
			s.widenBelow(p, oldDistrict)
		}
	}
	districts := s.tops(oldDistrict)
	for _, d := range districts {
		s.widenBelow(d, oldCommune)
	}
	for _, p := range s.tops(newProvince) {
		s.widenBelow(p, newCommune)
	}
	s.evaluate(e)
}

const (
	goodHit   = 7.0
	maxAnchor = 3
)

func (s *scan) hasRank(a, b rank) bool {
	for i := range s.hits {
		if r := s.g.rankOf(s.hits[i].place); (r == a || r == b) && s.hits[i].score >= goodHit {
			return true
		}
	}
	return false
}

// explained reports whether a commune stands below a district or province with little left over.
func (s *scan) explained(e era) bool {
	s.evaluate(e)
	if len(s.chains) == 0 {
		return false
	}
	c := &s.chains[0]
	if c.commune < 0 || c.district < 0 && c.province < 0 {
		return false
	}
	m := &s.mentions[s.hits[c.commune].mention]
	return m.exact && s.hits[c.commune].score >= goodHit
}

// tops returns the best places of a rank that the line names.
func (s *scan) tops(r rank) []int32 {
	var found []int32
	for want := float32(9); want >= 5 && len(found) < maxAnchor; want -= 2 {
		for i := range s.hits {
			h := &s.hits[i]
			if s.g.rankOf(h.place) == r && h.score >= want && !holds(found, h.place) && len(found) < maxAnchor {
				found = append(found, h.place)
			}
		}
	}
	return found
}

// widenBelow reads the line for the places of a rank whose parent is given.
func (s *scan) widenBelow(parent int32, r rank) {
	for place := s.g.first[r]; place < s.g.first[r+1]; place++ {
		if s.g.parent[place] == parent {
			s.widenTo(place, place+1, 2)
		}
	}
}

// widenTo reads every stretch of the line as a name of the given places with two typing errors.
func (s *scan) widenTo(from, to int32, limit int) {
	for place := from; place < to; place++ {
		name := s.g.nameOf[place]
		key := s.g.keys[name]
		if len(key) < 6 || key[0] <= '9' {
			continue
		}
		for lo := range s.toks {
			s.widenAt(lo, name, key, place, limit)
		}
	}
}

func (s *scan) widenAt(lo int, name int32, key string, place int32, limit int) {
	if s.toks[lo].number || s.toks[lo].noise || s.typeAsName(int32(lo)) > 0 {
		return // two errors from a name that begins with a type word is no name: "phường Hoa" is not Phượng Sơn
	}
	for hi := lo; hi < len(s.toks) && !s.toks[hi].noise; hi++ {
		text := s.fold[s.toks[lo].lo:s.toks[hi].hi]
		if len(text) > len(key)+limit || hi > lo && s.toks[hi].hard {
			return
		}
		if len(text) < len(key)-limit || text[0] != key[0] && text[len(text)-1] != key[len(key)-1] {
			continue
		}
		n := edits(key, text, limit)
		if n < 2 || n > limit {
			continue
		}
		if _, known := s.g.index[string(text)]; known {
			continue // another name as written
		}
		m := s.mentionAt(lo)
		m.name, m.hi, m.cost = name, int32(hi+1), editCost(n, len(key))
		m.mask = maskOf(m.lo-m.typLen(s), m.hi)
		s.mentions = append(s.mentions, m)
		for k := range s.g.refs[name] {
			if r := &s.g.refs[name][k]; r.place == place && len(s.hits) < maxHits {
				s.addHit(int32(len(s.mentions)-1), &s.mentions[len(s.mentions)-1], r, text)
				break
			}
		}
	}
}
