package audit

import "slices"

// checkFinal proves I2: the portal's final state of each dossier is the truth,
// but for what may be missing where nobody can look.
func checkFinal(w *world, p *portal, m *mercy) Check {
	c := Check{ID: "I2", Title: "the portal's final state of each dossier equals our newest"}
	for number, truth := range w.truths {
		c.Checked++
		d := p.dossiers[number]
		if d == nil || d.newest() == nil {
			c.violate("%s is not at the portal", number)
			continue
		}
		want := p.comparable(truth.Header)
		if status := want[statusField]; p.kind == Ministry && text(d.newest()[statusField]) != status && m.maySkip(number, status) {
			delete(want, statusField) // the call that tells it was cut, and is not made again
		}
		compareHeader(&c, number, want, d.newest())
		compareSteps(&c, number, truth, d, m)
	}
	for number := range p.dossiers {
		if _, ok := w.truths[number]; !ok {
			c.violate("%s stands at the portal and should not", number)
		}
	}
	return c
}

const statusField = "TrangThaiHoSo"

// newest returns how the dossier stands; of gen-2 that is what it was created with, until a state is told.
func (d *shown) newest() map[string]any {
	if n := len(d.headers); n > 0 {
		return d.headers[n-1]
	}
	return d.header
}

func compareHeader(c *Check, number string, truth map[string]string, stored map[string]any) {
	var differ []string
	for field, want := range truth {
		if text(stored[field]) != want {
			differ = append(differ, field)
		}
	}
	if len(differ) > 0 {
		slices.Sort(differ)
		c.violate("%s differs at the portal in %v", number, differ)
	}
}

// compareSteps compares the trail as a set.
func compareSteps(c *Check, number string, truth *Truth, d *shown, m *mercy) {
	have := map[string]bool{}
	for _, s := range d.steps {
		have[s.key] = true
		if !slices.Contains(truth.Steps, s.key) {
			c.violate("%s has a step at the portal that it never took: %s", number, s.key)
		}
	}
	for i, key := range truth.Steps {
		if !have[key] && !m.maySkip(number, truth.Order[i]) {
			c.violate("%s lacks step %s at the portal", number, key)
		}
	}
}

// checkOrder proves I3: the states that the portal shows of a dossier, one
// after the other, stand in the source's own order, and so do the steps of one call.
func checkOrder(w *world, p *portal, m *mercy) Check {
	c := Check{ID: "I3", Title: "the portal never moves a dossier behind the source's own order"}
	for number, d := range p.dossiers {
		truth := w.truths[number]
		if truth == nil {
			continue // reported by I2
		}
		at := 0
		for _, status := range d.statuses(number, m) {
			c.Checked++
			next := slices.Index(truth.Order[at:], status)
			if next < 0 {
				c.violate("%s goes back to %s at the portal", number, status)
				break
			}
			at += next
		}
		checkTrail(&c, number, truth, d)
	}
	return c
}

// statuses returns the states one after the other. A call of gen-2 that ends
// where the dossier stood is left out where nobody knew whether it stood there:
// it tells what was told before, and what comes before that.
func (d *shown) statuses(number string, m *mercy) (all []string) {
	if len(d.told) == 0 {
		for _, h := range d.headers {
			all = append(all, text(h[statusField]))
		}
		return all
	}
	var call []string
	for i, s := range d.told {
		call = append(call, s.status)
		if i+1 < len(d.told) && d.told[i+1].call == s.call {
			continue
		}
		if len(all) == 0 || all[len(all)-1] != s.status || len(call) > 1 && !m.mayRetell(number, call) {
			all = append(all, call...)
		}
		call = nil
	}
	return all
}

// checkTrail: the steps of one call stand in the source's own order. Those of
// several calls need not: a source may tell an older step later.
func checkTrail(c *Check, number string, truth *Truth, d *shown) {
	for i := range max(len(d.steps)-1, 0) {
		one, next := d.steps[i], d.steps[i+1]
		at := slices.Index(truth.Steps, next.key)
		if one.call == next.call && at >= 0 && slices.Index(truth.Steps, one.key) > at { // what is not there at all is of I2
			c.violate("%s has step %s before %s in one call", number, one.key, next.key)
		}
	}
}

// checkOnce proves I4: one create, no update that changes nothing, no step
// twice. What the portal's look-up hides is counted apart as permitted repeats.
func checkOnce(p *portal, m *mercy) Check {
	c := Check{ID: "I4", Title: "each change takes effect at the portal once"}
	for _, b := range p.broken {
		c.violate("the portal's log: %s", b)
	}
	for number, d := range p.dossiers {
		c.Checked++
		if d.creates != 1 {
			c.violate("%s was created %d times", number, d.creates)
		}
		for range d.equalled {
			if !m.mayEqual(number) {
				c.violate("%s was updated without a change", number)
			}
		}
		if asks := len(slices.DeleteFunc(slices.Clone(d.steps), func(s storedStep) bool { return s.status != "5" })); d.asked > max(asks, 1) {
			c.violate("%s was asked for papers %d times", number, d.asked)
		}
		checkTold(&c, number, d, m)
		seen := map[string]bool{}
		for _, s := range d.steps {
			if seen[s.key] && !m.mayRepeat(number, s.status) {
				c.violate("%s has step %s twice", number, s.key)
			}
			seen[s.key] = true
		}
	}
	return c
}

// checkTold: gen-2 is told a state once, but for what must arrive and may not have.
func checkTold(c *Check, number string, d *shown, m *mercy) {
	seen := map[string]bool{}
	for _, s := range d.told {
		if seen[s.body] && !m.mayRepeat(number, s.status) {
			c.violate("%s was told state %s twice", number, s.status)
		}
		seen[s.body] = true
	}
}
