package units

import (
	"math/bits"
	"slices"
)

// chain is one reading of a line: hits that lie within each other, -1 where a level is not named.
type chain struct {
	commune, district, province int32
	score                       float32
	place                       int32 // the lowest
	mask                        uint64
}

const (
	tie            = 1.6  // a difference that decides nothing
	window         = 9.0  // chains further behind are not looked at closely
	maxChains      = 48   //
	communeFloor   = 5.0  // a hit below is no commune of the address
	mixedName      = -0.8 // an old commune below a new province of another name
	mixedProvince  = -1.5 // a new commune below an old province that it came from
	mixedDistrict  = -3.0 // a new commune below a district, though there are none
	undatedNew     = 2.2  // two levels are the form in force
	wrongEra       = -5.0
	rightEra       = 2.0
	unexplained    = 0.9 // a word between the units
	trailing       = 0.5 // a word behind them
	unexplainedTyp = 3.0 // "xã …" that is none of them
	inOrder        = 0.5
	spelt          = 1.3
	midPhrase      = -1.2 // a name that begins within a phrase
	midGuess       = -2.5 // and is misspelt
	nameInName     = 7.0
	likeProvince   = -3.0 // the province's name is more likely said twice
)

// evaluate makes the chains of all hits, the best first.
func (s *scan) evaluate(e era) {
	s.chains = s.chains[:0]
	for i := range s.hits {
		h := &s.hits[i]
		switch s.g.rankOf(h.place) {
		case oldCommune, formerCommune:
			if h.score >= communeFloor {
				s.oldChain(int32(i))
			}
		case newCommune:
			if h.score >= communeFloor {
				s.newChain(int32(i))
			}
		case oldDistrict:
			c := s.above(chain{-1, int32(i), -1, h.score - 2, h.place, s.maskOfHit(int32(i))}, h.place)
			if !s.mentions[h.mention].street && (c.province >= 0 || !s.isProvinceToo(h)) {
				s.chains = append(s.chains, c)
			}
		default:
			s.chains = append(s.chains, chain{-1, -1, int32(i), h.score - 2, h.place, s.maskOfHit(int32(i))})
		}
	}
	s.dropBeaten()
	best := float32(0)
	for i := range s.chains {
		s.chains[i].score += s.eraScore(&s.chains[i], e)
		best = max(best, s.chains[i].score)
	}
	s.chains = slices.DeleteFunc(s.chains, func(c chain) bool { return c.score < best-window })
	slices.SortFunc(s.chains, byScore)
	s.chains = s.chains[:min(len(s.chains), maxChains)]
	for i := range s.chains {
		s.chains[i].score += s.fit(&s.chains[i])
	}
	slices.SortFunc(s.chains, byScore)
}

func byScore(a, b chain) int {
	switch {
	case a.score > b.score:
		return -1
	case a.score < b.score:
		return 1
	}
	return int(a.place - b.place)
}

func (s *scan) maskOfHit(i int32) uint64 { return s.mentions[s.hits[i].mention].mask }

// oldChain adds the best chain of an old commune.
func (s *scan) oldChain(i int32) {
	h := &s.hits[i]
	bare := chain{i, -1, -1, h.score, h.place, s.maskOfHit(i)}
	best := s.above(bare, s.g.parent[h.place])
	for d := s.head(s.g.parent[h.place]); d >= 0; d = s.hits[d].next {
		if m := s.maskOfHit(d); m&bare.mask == 0 {
			c := bare
			c.district, c.score, c.mask = d, c.score+s.hits[d].score, c.mask|m
			if c = s.above(c, s.g.parent[h.place]); c.score > best.score {
				best = c
			}
		}
	}
	s.chains = append(s.chains, best)
}

// above adds the best province over a district, where one is named.
func (s *scan) above(c chain, district int32) chain {
	old := s.g.parent[district]
	now := s.g.parent[old]
	best := s.under(c, c, old, 0)
	costs := float32(mixedName)
	if s.g.unit(old).Name == s.g.unit(now).Name {
		costs = 0
	}
	return s.under(best, c, now, costs)
}

// under returns best, or c below a hit of the province where that is better.
func (s *scan) under(best, c chain, province int32, extra float32) chain {
	for p := s.head(province); p >= 0; p = s.hits[p].next {
		if m := s.maskOfHit(p); m&c.mask == 0 && c.score+s.hits[p].score+extra > best.score {
			best = c
			best.province, best.score, best.mask = p, c.score+s.hits[p].score+extra, c.mask|m
		}
	}
	return best
}

// newChain adds the best chain of a new commune.
func (s *scan) newChain(i int32) {
	h := &s.hits[i]
	bare := chain{i, -1, -1, h.score + s.holdsDistrict(h), h.place, s.maskOfHit(i)}
	best := s.aboveNew(bare)
	for _, district := range s.g.from[h.place] {
		for d := s.head(district); d >= 0; d = s.hits[d].next {
			if m := s.maskOfHit(d); m&bare.mask == 0 {
				c := bare
				c.district, c.score, c.mask = d, c.score+s.hits[d].score+mixedDistrict, c.mask|m
				if c = s.aboveNew(c); c.score > best.score {
					best = c
				}
			}
		}
	}
	s.chains = append(s.chains, best)
}

// holdsDistrict makes up for the district that is part of a new name: Phường 2
// Bảo Lộc was Phường 2 of Bảo Lộc.
func (s *scan) holdsDistrict(h *hit) float32 {
	m := &s.mentions[h.mention]
	if !m.exact || m.hi-m.lo < 3 {
		return 0
	}
	for _, d := range s.g.from[h.place] {
		for i := s.head(d); i >= 0; i = s.hits[i].next {
			if in := &s.mentions[s.hits[i].mention]; in.lo > m.lo && in.hi == m.hi && in.exact {
				return nameInName
			}
		}
	}
	return 0
}

func (s *scan) aboveNew(c chain) chain {
	now := s.g.parent[c.place]
	best := s.under(c, c, now, 0)
	last := int32(-1)
	for _, district := range s.g.from[c.place] {
		old := s.g.parent[district]
		if old != last && s.g.unit(old).Name != s.g.unit(now).Name {
			best = s.under(best, c, old, mixedProvince)
		}
		last = old
	}
	return best
}

// eraScore weighs a chain by the date, and without one by its form.
func (s *scan) eraScore(c *chain, e era) float32 {
	if c.commune < 0 {
		return 0
	}
	isNew := s.g.rankOf(c.place) == newCommune
	switch {
	case isNew && e == before:
		return wrongEra
	case !isNew && e == before, isNew && e == after && c.district < 0:
		return rightEra
	case !isNew && e == after && c.district < 0:
		return -rightEra / 2
	case isNew && e == undated && c.district < 0 && c.province >= 0:
		return undatedNew
	}
	return 0
}

// fit weighs what a chain leaves unexplained, and the order of its units.
func (s *scan) fit(c *chain) float32 {
	covered := c.mask | s.noise | s.relatives(c)
	first, last := bits.TrailingZeros64(c.mask), 63-bits.LeadingZeros64(c.mask)
	score := float32(0)
	for i := first + 1; i < len(s.toks); i++ {
		if covered&(1<<uint(i)) != 0 {
			continue
		}
		cost := float32(trailing)
		if i < last {
			cost = unexplained
		}
		if s.toks[i].number && (s.toks[i].hard || covered&(1<<uint(i-1)) == 0) {
			cost /= 4
		}
		score -= cost
	}
	for i := 0; i < len(s.toks); i++ {
		if t := &s.toks[i]; t.typ != typeNone && s.claims(i) && covered&(1<<uint(i)) == 0 {
			score -= unexplainedTyp
		}
	}
	return score + s.order(c) + s.spelling(c) + s.cut(c, covered)
}

// spelling prefers a chain whose names are all spelt out with their marks to
// one that needs a mark more: Thanh An is not Thạnh An in a careful text.
func (s *scan) spelling(c *chain) float32 {
	for _, h := range [...]int32{c.commune, c.district, c.province} {
		if h >= 0 && !s.hits[h].complete {
			return 0
		}
	}
	return spelt
}

// cut weighs names that begin within a phrase that is no unit: Điện [Biên Phủ].
func (s *scan) cut(c *chain, covered uint64) float32 {
	score := float32(0)
	for _, h := range [...]int32{c.commune, c.district, c.province} {
		if h < 0 {
			continue
		}
		m := &s.mentions[s.hits[h].mention]
		if m.lo == 0 || m.typ != typeNone || s.toks[m.lo].hard || s.toks[m.lo-1].number || covered&(1<<uint(m.lo-1)) != 0 {
			continue
		}
		if m.exact {
			score += midPhrase
		} else {
			score += midGuess
		}
	}
	if c.commune >= 0 && c.province >= 0 && s.mentions[s.hits[c.commune].mention].typ == typeNone && s.nameOf(c.place) == s.nameOf(s.hits[c.province].place) {
		score += likeProvince
	}
	return score
}

// claims reports whether a type word at token i is written out and names something.
func (s *scan) claims(i int) bool {
	t := &s.toks[i]
	n := i + int(t.typLen)
	return n < len(s.toks) && s.toks[n-1].hi-t.lo > 1 && !s.toks[n].hard && !s.toks[n].noise
}

func (s *scan) order(c *chain) float32 {
	score, last := float32(0), int32(-1)
	for _, h := range [...]int32{c.commune, c.district, c.province} {
		if h < 0 {
			continue
		}
		lo := s.mentions[s.hits[h].mention].lo
		switch {
		case last < 0:
		case lo > last:
			score += inOrder
		default:
			score -= inOrder
		}
		last = lo
	}
	return score
}

// relatives are the tokens that name the places of a chain once more: repeated,
// or "nay là" and the new unit.
func (s *scan) relatives(c *chain) uint64 {
	mask := s.named(c.place)
	for _, was := range s.g.was[c.place] {
		mask |= s.named(was)
	}
	for _, to := range s.g.to[c.place] {
		mask |= s.named(to)
	}
	for up := s.g.parent[c.place]; up >= 0; up = s.g.parent[up] {
		mask |= s.named(up)
	}
	for _, from := range s.g.from[c.place] {
		mask |= s.named(from) | s.named(s.g.parent[from])
	}
	return mask
}

// named returns the tokens of all good mentions of a place.
func (s *scan) named(place int32) uint64 {
	mask := uint64(0)
	for h := s.head(place); h >= 0; h = s.hits[h].next {
		if s.hits[h].score > 4 {
			mask |= s.maskOfHit(h)
		}
	}
	return mask
}
