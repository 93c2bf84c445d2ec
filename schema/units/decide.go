package units

import (
	"math/bits"
	"strings"
)

// decide turns the chains into a reading.
func (s *scan) decide(e era) Reading {
	if len(s.chains) == 0 || s.chains[0].score < communeFloor-2 {
		return Reading{Street: strings.TrimSpace(s.text)}
	}
	top := &s.chains[0]
	lone := s.standing(top)
	if lone == standsOnWord {
		return Reading{Street: strings.TrimSpace(s.text)}
	}
	r := Reading{Street: s.street(top)}
	contenders := s.contenders(e)
	var all []Candidate
	for _, c := range contenders {
		all = s.outcomes(all, c)
	}
	r.Old, r.New = all[0].Old, all[0].New
	for _, c := range all[1:] {
		r.Old, r.New = sharedPlace(r.Old, c.Old), sharedPlace(r.New, c.New)
	}
	r.Ambiguous = r.New.CommuneCode == "" && several(all)
	switch {
	case s.denied(top):
		r.Ambiguous, r.Old, r.New = true, Place{}, Place{ProvinceCode: r.New.ProvinceCode, Province: r.New.Province}
	case lone == standsOnGuess:
		r.Ambiguous, r.Old, r.New, r.Street = true, Place{}, Place{}, strings.TrimSpace(s.text)
	}
	r.Confidence = s.confidence(top, len(all))
	if r.Ambiguous {
		r.Candidates = all
		for i := range all {
			all[i].Confidence = r.Confidence
		}
	}
	return r
}

// several reports whether candidates differ in more than the list that names their province.
func several(all []Candidate) bool {
	for _, c := range all[1:] {
		if c.New != all[0].New || c.Old.DistrictCode != all[0].Old.DistrictCode || c.Old.CommuneCode != all[0].Old.CommuneCode {
			return true
		}
	}
	return false
}

// standing is what a chain rests on.
type standing int

const (
	standsFirm    standing = iota
	standsOnGuess          // a misspelt or short name alone: said, not decided
	standsOnWord           // such a name in a text of other words: no address at all
)

// standing looks at a chain of a commune or a district alone.
func (s *scan) standing(c *chain) standing {
	lone := max(c.commune, c.district)
	if lone < 0 {
		return standsFirm
	}
	m := &s.mentions[s.hits[lone].mention]
	weak := !m.exact || s.hits[lone].misfit || m.typ == typeNone && s.hits[lone].score < baseCommune+perToken/2
	switch {
	case m.mask != c.mask || !weak:
		return standsFirm
	case m.typ == typeNone && 2*bits.OnesCount64(m.mask) < len(s.toks)-bits.OnesCount64(s.noise):
		return standsOnWord
	}
	return standsOnGuess
}

const maxCandidates = 60

// contenders are the chains that the text does not tell apart from the best, one for each place.
func (s *scan) contenders(e era) []*chain {
	top := &s.chains[0]
	list := []*chain{top}
	for i := 1; i < len(s.chains) && len(list) < maxCandidates; i++ {
		c := &s.chains[i]
		if c.score < top.score-tie {
			break
		}
		if (c.commune < 0) != (top.commune < 0) || (c.district < 0) != (top.district < 0) && top.commune < 0 {
			continue
		}
		known := false
		for _, k := range list {
			known = known || k.place == c.place
		}
		if !known {
			list = append(list, c)
		}
	}
	if d := s.sameNameDistrict(top, e); d != nil {
		list = append(list, d)
	}
	return list
}

// sameNameDistrict returns the district that the name of a new commune without
// a type word means as well: "Quế Võ, Bắc Ninh" is the ward, or the whole
// district that it was the centre of. A date decides.
func (s *scan) sameNameDistrict(top *chain, e era) *chain {
	if e == after || top.commune < 0 || top.district >= 0 {
		return nil
	}
	m := &s.mentions[s.hits[top.commune].mention]
	if m.typ != typeNone || s.hasHamlet(m.lo) {
		return nil
	}
	for i := range s.chains {
		c := &s.chains[i]
		if c.commune < 0 && c.district >= 0 && c.mask == top.mask && s.mentions[s.hits[c.district].mention].exact {
			if p := c.province; p < 0 || s.nameOf(s.hits[p].place) == s.nameOf(s.g.parent[s.hits[c.district].place]) {
				return c
			}
		}
	}
	return nil
}

func (s *scan) nameOf(place int32) string { return s.g.unit(place).Name }

// hasHamlet reports whether a hamlet is named just before token hi: it lies in
// a commune, so what follows is one. The word begins a phrase (thôn Ngọc Xá) or
// precedes a number (tổ 5): Lý Thái Tổ is no hamlet.
func (s *scan) hasHamlet(hi int32) bool {
	const nameTokens = 2
	for i := max(0, hi-1-nameTokens); i < hi; i++ {
		t, next := &s.toks[i], &s.toks[i+1]
		if (i == 0 || t.hard || next.number) && !next.hard && hamletWords[string(s.fold[t.lo:t.hi])] {
			return true
		}
	}
	return false
}

// outcomes appends the places that a chain stands for; several for an old
// commune that was divided, unless the line names one of the new communes as well.
func (s *scan) outcomes(all []Candidate, c *chain) []Candidate {
	base := Candidate{}
	var to []int32
	switch s.g.rankOf(c.place) {
	case newProvince:
		base.New = s.placeOf(c.place)
	case newCommune:
		base.New = s.placeOf(c.place)
		if c.province >= 0 && s.g.rankOf(s.hits[c.province].place) == oldProvince && s.g.unit(s.hits[c.province].place).Name != s.g.unit(s.g.parent[c.place]).Name {
			base.Old = s.placeOf(s.hits[c.province].place)
		}
	case oldProvince:
		base.Old = s.placeOf(c.place)
		base.New = s.placeOf(s.g.parent[c.place])
	case formerCommune:
		return s.formerOutcomes(all, c)
	default:
		base.Old = s.placeOf(c.place)
		base.New = s.placeOf(s.newProvinceOf(c.place))
		to = s.narrow(c, s.g.to[c.place])
	}
	return s.appendOutcomes(all, base, to)
}

// formerOutcomes appends what a former commune became; where no source says
// that, every new commune that took part of its district.
func (s *scan) formerOutcomes(all []Candidate, c *chain) []Candidate {
	base := Candidate{Old: s.placeOf(s.g.parent[c.place]), New: s.placeOf(s.newProvinceOf(c.place))}
	if len(s.g.was[c.place]) == 0 {
		return s.appendOutcomes(all, base, s.narrow(c, s.g.to[c.place]))
	}
	for _, old := range s.g.was[c.place] {
		base.Old = s.placeOf(old)
		all = s.appendOutcomes(all, base, s.narrow(c, s.g.to[old]))
	}
	return all
}

// appendOutcomes appends a place with each of its successors.
func (s *scan) appendOutcomes(all []Candidate, base Candidate, to []int32) []Candidate {
	if len(to) == 0 {
		return appendCandidate(all, base)
	}
	for _, place := range to {
		next := base
		next.New = s.placeOf(place)
		all = appendCandidate(all, next)
	}
	return all
}

func appendCandidate(all []Candidate, c Candidate) []Candidate {
	for _, k := range all {
		if k == c {
			return all
		}
	}
	return append(all, c)
}

// narrow leaves the successors that the line names beside the units of the chain.
func (s *scan) narrow(c *chain, to []int32) []int32 {
	if len(to) < 2 {
		return to
	}
	var named []int32
	for _, place := range to {
		if s.nameOf(place) == s.nameOf(c.place) {
			continue // said twice, or of the old one
		}
		for h := s.head(place); h >= 0; h = s.hits[h].next {
			m := &s.mentions[s.hits[h].mention]
			if m.exact && !m.street && m.mask&c.mask == 0 && s.hits[h].score >= goodHit {
				named = append(named, place)
				break
			}
		}
	}
	if len(named) == 1 {
		return named
	}
	return to
}

func (s *scan) newProvinceOf(place int32) int32 {
	for s.g.parent[place] >= 0 {
		place = s.g.parent[place]
	}
	return place
}

// placeOf fills codes and names from a unit upwards, within its list.
func (s *scan) placeOf(place int32) Place {
	var p Place
	for place >= 0 {
		u := s.g.unit(place)
		r := s.g.rankOf(place)
		switch r {
		case newCommune, oldCommune:
			p.CommuneCode, p.Commune = u.Code, s.g.full[place]
		case oldDistrict:
			p.DistrictCode, p.District = u.Code, s.g.full[place]
		default:
			p.ProvinceCode, p.Province = u.Code, s.g.full[place]
			return p
		}
		place = s.g.parent[place]
	}
	return p
}

// sharedPlace keeps what two places have in common.
func sharedPlace(a, b Place) Place {
	if a.CommuneCode != b.CommuneCode {
		a.CommuneCode, a.Commune = "", ""
	}
	if a.DistrictCode != b.DistrictCode {
		a.DistrictCode, a.District = "", ""
	}
	if a.ProvinceCode != b.ProvinceCode {
		a.ProvinceCode, a.Province = "", ""
	}
	return a
}

// street is what stands before the first unit of the chain; behind the last where nothing does.
func (s *scan) street(c *chain) string {
	first, last := len(s.toks), 0
	for i := range s.toks {
		if c.mask&(1<<uint(i)) != 0 {
			first, last = min(first, i), i
		}
	}
	const space = " \t\r\n,;.:-/|–"
	if first < len(s.toks) {
		if street := strings.Trim(s.text[:s.toks[first].src], space); street != "" {
			return strings.TrimRight(street, space+"(")
		}
	}
	from, to := last+1, last+1
	for to < len(s.toks) && !s.toks[to].noise {
		to++
	}
	if from >= to {
		return ""
	}
	return strings.Trim(s.text[s.toks[from].src:s.toks[to-1].end], space)
}

// confidence is 1 for units that are all named as they are written, in their
// types, with a province, and far ahead of the next reading; less for each lack.
func (s *scan) confidence(top *chain, outcomes int) float64 {
	conf := float32(1)
	for _, h := range [...]int32{top.commune, top.district, top.province} {
		if h < 0 {
			continue
		}
		m := &s.mentions[s.hits[h].mention]
		if !m.exact {
			conf -= 0.06 + m.cost/60
		}
		if m.typ == typeNone && h == top.commune {
			conf -= 0.03
		}
	}
	if top.province < 0 {
		conf -= 0.08
		if top.district < 0 {
			conf -= 0.25
		}
	}
	if top.commune < 0 {
		conf -= 0.1
	}
	for i := range s.chains {
		if c := &s.chains[i]; c.place != top.place && c.commune >= 0 {
			if lead := top.score - c.score; lead < 4 {
				conf -= 0.05 * (4 - lead)
			}
			break
		}
	}
	conf += min(0, s.fit(top)/25)
	if s.contradicted(top) {
		conf -= 0.2
	}
	conf = max(0.05, min(1, conf))
	return float64(conf) / float64(max(1, outcomes))
}

// contradicted reports whether the line names a district that the commune does not lie in.
func (s *scan) contradicted(c *chain) bool { return s.otherDistrict(c, false) }

// denied reports whether it does so with the district's own type word. Such a text decides nothing.
func (s *scan) denied(c *chain) bool { return s.otherDistrict(c, true) }

func (s *scan) otherDistrict(c *chain, typed bool) bool {
	if c.commune < 0 || c.district >= 0 {
		return false
	}
	covered := c.mask | s.relatives(c)
	for i := range s.hits {
		h := &s.hits[i]
		if s.g.rankOf(h.place) != oldDistrict || h.score < baseDistrict+perToken {
			continue
		}
		m := &s.mentions[h.mention]
		if m.exact && m.mask&covered == 0 && (!typed || m.typ != typeNone && !h.misfit) {
			return true
		}
	}
	return false
}
