package audit

import "slices"

// checkFinal proves I2: the portal's final state of each dossier is the truth.
// gaps counts steps that an unseen trail permits to miss.
func checkFinal(w *world, p *portal, trail bool, gaps *int) Check {
	c := Check{ID: "I2", Title: "the portal's final state of each dossier equals our newest"}
	for number, truth := range w.truths {
		c.Checked++
		d := p.dossiers[number]
		if d == nil || len(d.headers) == 0 {
			c.violate("%s is not at the portal", number)
			continue
		}
		compareHeader(&c, number, p.comparable(truth.Header), d.headers[len(d.headers)-1])
		compareSteps(&c, number, truth, d, trail, gaps)
	}
	for number := range p.dossiers {
		if _, ok := w.truths[number]; !ok {
			c.violate("%s stands at the portal and should not", number)
		}
	}
	return c
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

// compareSteps compares the trail as a set. Without a look-up of trails, steps
// whose outcome was unknown may be missing, but never 3, 7, 8, 9 and 10.
func compareSteps(c *Check, number string, truth *Truth, d *shown, trail bool, gaps *int) {
	have := map[string]bool{}
	for _, s := range d.steps {
		have[s.key] = true
		if !slices.Contains(truth.Steps, s.key) {
			c.violate("%s has a step at the portal that it never took: %s", number, s.key)
		}
	}
	for i, key := range truth.Steps {
		if have[key] {
			continue
		}
		if !trail && !mayRepeat(truth.Order[i]) {
			*gaps++
			continue
		}
		c.violate("%s lacks step %s at the portal", number, key)
	}
}

// mayRepeat reports whether a missing step costs more than a repeated one, so
// that it is sent at least once where the portal shows no trail.
func mayRepeat(status string) bool {
	return slices.Contains([]string{"3", "7", "8", "9", "10"}, status)
}

// checkOrder proves I3: the states that the portal shows of a dossier, one
// after the other, stand in the source's own order.
func checkOrder(w *world, p *portal) Check {
	c := Check{ID: "I3", Title: "the portal never moves a dossier behind the source's own order"}
	for number, d := range p.dossiers {
		truth := w.truths[number]
		if truth == nil {
			continue // reported by I2
		}
		at := 0
		for _, h := range d.headers {
			c.Checked++
			next := slices.Index(truth.Order[at:], text(h["TrangThaiHoSo"]))
			if next < 0 {
				c.violate("%s goes back to %s at the portal", number, text(h["TrangThaiHoSo"]))
				break
			}
			at += next
		}
	}
	return c
}

// checkOnce proves I4: one create, no update that changes nothing, no step
// twice. What the portal's look-up hides is counted apart as permitted repeats.
func checkOnce(p *portal, lookup string, r *Report) Check {
	c := Check{ID: "I4", Title: "each change takes effect at the portal once"}
	for _, b := range p.broken {
		c.violate("the portal's log: %s", b)
	}
	for number, d := range p.dossiers {
		c.Checked++
		if d.creates != 1 {
			c.violate("%s was created %d times", number, d.creates)
		}
		switch {
		case lookup == showsExistence:
			r.PermittedRepeats += d.equalled
		case d.equalled > 0:
			c.violate("%s was updated %d times without a change", number, d.equalled)
		}
		if asks := len(slices.DeleteFunc(slices.Clone(d.steps), func(s storedStep) bool { return s.status != "5" })); d.asked > max(asks, 1) {
			c.violate("%s was asked for papers %d times", number, d.asked)
		}
		seen := map[string]bool{}
		for _, s := range d.steps {
			switch {
			case !seen[s.key]:
				seen[s.key] = true
			case lookup != showsTrail && mayRepeat(s.status):
				r.PermittedRepeats++
			default:
				c.violate("%s has step %s twice", number, s.key)
			}
		}
	}
	return c
}
