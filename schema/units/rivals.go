package units

// firm is what a chain explains whose names all stand in the line as written.
type firm struct {
	commune, all uint64 // tokens
	joined       bool   // no comma stands inside the commune
	fits         bool   // no other type word stands before it
}

const maxFirm = 16

// dropBeaten takes out the chains that a firm one beats: those that assume a
// typing error, or the wrong type word, and explain no more (Xã Nghĩa Phúc is
// known, so it is no Nghĩa Phú; "xa duc hue" is no Phường Đúc), and those that
// explain a part of one full name (Xã Đông Thái Ninh is no Đông Thái).
func (s *scan) dropBeaten() {
	var buf [maxFirm]firm
	firms := buf[:0]
	for i := range s.chains {
		if c := &s.chains[i]; len(firms) < maxFirm && s.isFirm(c) {
			m := &s.mentions[s.hits[c.commune].mention]
			if f := (firm{m.mask, c.mask, m.cost == 0, !s.hits[c.commune].misfit}); !holdsFirm(firms, f) {
				firms = append(firms, f)
			}
		}
	}
	if len(firms) == 0 {
		return
	}
	kept := s.chains[:0]
	for i := range s.chains {
		if !s.beaten(&s.chains[i], firms) {
			kept = append(kept, s.chains[i])
		}
	}
	s.chains = kept
}

func holdsFirm(firms []firm, f firm) bool {
	for _, g := range firms {
		if g == f {
			return true
		}
	}
	return false
}

// isFirm reports whether all names of a chain of a commune stand in the line
// letter by letter, and the commune's with its marks where the line has any.
func (s *scan) isFirm(c *chain) bool {
	if c.commune < 0 {
		return false
	}
	h := &s.hits[c.commune]
	return h.score >= goodHit && (h.complete || !s.marked) && !s.guesses(c)
}

// guesses reports whether a chain assumes a typing error.
func (s *scan) guesses(c *chain) bool {
	for _, h := range [...]int32{c.commune, c.district, c.province} {
		if h >= 0 && !s.mentions[s.hits[h].mention].exact {
			return true
		}
	}
	return false
}

func (s *scan) beaten(c *chain, firms []firm) bool {
	own, guesses, misfit := uint64(0), s.guesses(c), false
	if c.commune >= 0 {
		own, misfit = s.maskOfHit(c.commune), s.hits[c.commune].misfit
	}
	for _, f := range firms {
		switch part := own != f.commune && own&^f.commune == 0; {
		case own&^f.commune != 0 || c.mask&^f.all != 0:
		case guesses, misfit && part && f.fits:
			return true
		case f.joined && part && c.mask != f.all && (own != 0 || c.mask&^f.commune == 0):
			return true
		}
	}
	return false
}

// isProvinceToo reports whether the name of a district, without a type word, is its province's as well: "Cà Mau".
func (s *scan) isProvinceToo(district *hit) bool {
	m := &s.mentions[district.mention]
	if m.typ != typeNone {
		return false
	}
	for p := s.head(s.g.parent[district.place]); p >= 0; p = s.hits[p].next {
		if in := &s.mentions[s.hits[p].mention]; in.mask == m.mask && s.nameOf(district.place) == s.nameOf(s.hits[p].place) {
			return true
		}
	}
	return false
}
