package units

import "slices"

// formerPlace is a commune as it was before the list of 30/06/2025, where that
// list does not show it: vanished without a known successor, or in a district
// that it does not lie in any more. Its unit's District is one of the list.
type formerPlace struct {
	unit  Unit
	prior float32
	into  []string // communes of the list of 30/06/2025; none when no source names one
}

// formerPlaces returns the communes that lay in other districts, and those without successor.
func formerPlaces(t *table) []formerPlace {
	var all []formerPlace
	add := func(u Unit, prior float32, into []string) {
		for _, district := range t.districtsOf(u.District) {
			if len(into) > 0 && !slices.ContainsFunc(into, func(code string) bool {
				old, ok := lookup(t.oldCommunes, code)
				return ok && old.District != district.Code
			}) {
				continue // the names of the successors tell
			}
			u.System, u.Level, u.District, u.Province = NSO2004, LevelCommune, district.Code, district.Province
			all = append(all, formerPlace{u, prior, into})
		}
	}
	for _, f := range t.former {
		if f.district == "" {
			continue
		}
		prior := float32(priorDoubtful)
		if f.official {
			prior = priorFormer
		}
		add(Unit{Code: f.code, Type: f.typ, Name: f.name, District: f.district}, prior, f.into)
	}
	for f := range rows("renamed", 4) {
		now, ok := lookup(t.oldCommunes, f[0])
		if !ok || f[3] == now.District {
			continue
		}
		add(Unit{Code: f[0], Type: f[1], Name: f[2], District: f[3]}, priorRenamed, []string{f[0]})
		if f[2] != now.Name { // it may have moved under its last name
			add(Unit{Code: f[0], Type: now.Type, Name: now.Name, District: f[3]}, priorRenamed, []string{f[0]})
		}
	}
	return all
}

// districtsOf returns the districts of the list of 30/06/2025 that a code means: itself, or what it went into.
func (t *table) districtsOf(code string) []Unit {
	if u, ok := lookup(t.districts, code); ok {
		return []Unit{u}
	}
	var all []Unit
	for _, f := range t.former {
		if f.code != code || f.district != "" {
			continue
		}
		for _, into := range f.into {
			if u, ok := lookup(t.districts, into); ok {
				all = append(all, u)
			}
		}
	}
	return all
}

// linkFormer fills the successors of a former commune: those of what it went
// into, else every new commune that took communes of its district.
func (g *gazetteer) linkFormer(place int32) {
	district := g.parent[place]
	for _, code := range g.former[place-g.first[formerCommune]].into {
		if old := g.place(oldCommune, code); old >= 0 {
			g.was[place] = append(g.was[place], old)
			for _, to := range g.to[old] {
				if !holds(g.to[place], to) {
					g.to[place] = append(g.to[place], to)
				}
			}
		}
	}
	if len(g.was[place]) > 0 {
		return
	}
	for now := g.first[newCommune]; now < g.first[newCommune+1]; now++ {
		if holds(g.from[now], district) {
			g.to[place] = append(g.to[place], now)
		}
	}
}
