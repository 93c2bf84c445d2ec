package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// checkKept proves I2 of a sink: what stands of each entity is its newest body
// in the store, and what stands of each dossier is what the generator says.
func checkKept(w *world, p *portal, entities map[string]storedEntity) Check {
	c := Check{ID: "I2", Title: "the sink's final state of each entity equals our newest"}
	standing, dossiers := p.standing(), map[string]int{}
	for subject, e := range standing {
		data, number := dataOf(e)
		if strings.HasPrefix(subject, "dossier/") {
			dossiers[number]++
			compareDossier(&c, w.truths[number], number, data)
		}
		if _, known := entities[subject]; !known {
			c.violate("%s stands at the sink and not in the store", subject)
		}
	}
	for subject, e := range entities {
		if number := numberOf(e.body); strings.HasPrefix(subject, "dossier/") && w.truths[number] == nil {
			continue // what the sink refuses
		}
		c.Checked++
		kept, ok := standing[subject]
		data, _ := dataOf(kept)
		switch {
		case !ok:
			c.violate("%s is not at the sink", subject)
		case kept.revision > e.revision:
			c.violate("%s stands at the sink with revision %d, in the store with %d", subject, kept.revision, e.revision)
		case !sameJSON(data, e.body):
			c.violate("%s differs at the sink: revision %d there, %d in the store", subject, kept.revision, e.revision)
		}
	}
	for number := range w.truths {
		if dossiers[number] != 1 {
			c.violate("%s stands at the sink %d times", number, dossiers[number])
		}
	}
	return c
}

func dataOf(e event) (data json.RawMessage, number string) {
	var whole struct {
		Data json.RawMessage `json:"data"`
	}
	if json.Unmarshal(e.body, &whole) != nil {
		return nil, ""
	}
	return whole.Data, numberOf(whole.Data)
}

func numberOf(body []byte) string {
	var d eventDossier
	if json.Unmarshal(body, &d) != nil {
		return ""
	}
	return d.Number
}

// compareDossier holds a dossier at the sink against the generator's truth.
func compareDossier(c *Check, truth *Truth, number string, data []byte) {
	var d eventDossier
	switch err := json.Unmarshal(data, &d); {
	case truth == nil:
		c.violate("%s stands at the sink and should not", number)
	case err != nil:
		c.violate("%s cannot be read at the sink", number)
	case statusCode(d.Status) != truth.Header[statusField]:
		c.violate("%s differs at the sink in its status", number)
	case !slices.Equal(d.trail(), truth.Steps):
		c.violate("%s differs at the sink in its steps", number)
	}
}

func sameJSON(a, b []byte) bool {
	x, okX := decodeAny(a)
	y, okY := decodeAny(b)
	return okX && okY && reflect.DeepEqual(x, y)
}

func decodeAny(text []byte) (v any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}

// checkSequence proves I3 of a sink: no older revision ever stands in place of a
// newer one, and none comes after a newer one without a doubt about it.
func checkSequence(p *portal, doubts map[string]int) Check {
	c := Check{ID: "I3", Title: "the sink never keeps an older revision over a newer one"}
	highest, seen := map[string]int64{}, map[string]bool{}
	for _, e := range p.events {
		c.Checked++
		old := e.revision < highest[e.subject]
		switch {
		case old && e.effect:
			c.violate("%s went back from revision %d to %d at the sink", e.subject, highest[e.subject], e.revision)
		case old && !seen[e.id] && !e.late && doubts[e.subject] == 0:
			c.violate("%s was told revision %d after %d, with no call in doubt", e.subject, e.revision, highest[e.subject])
		case !old && !e.effect && !seen[e.id]:
			c.violate("%s was told revision %d, which the sink did not keep", e.subject, e.revision)
		}
		highest[e.subject] = max(highest[e.subject], e.revision)
		seen[e.id] = true
	}
	return c
}

// checkEvents proves I4 of a sink: an id tells one revision and a revision has
// one id; an id comes again after a call of unknown outcome, and never changes what stands then.
func checkEvents(p *portal, doubts map[string]int, s *Shown) Check {
	type revision struct {
		subject string
		number  int64
	}
	c := Check{ID: "I4", Title: "each revision has one event, which takes effect at the sink once"}
	for _, b := range p.broken {
		c.violate("the sink's log: %s", b)
	}
	told, ids, effects, repeats := map[string]event{}, map[revision]string{}, map[string]int{}, map[string]int{}
	for _, e := range p.events {
		c.Checked++
		first, again := told[e.id]
		if again {
			repeats[e.subject]++
			s.PermittedRepeats++
		}
		if again && (first.subject != e.subject || first.revision != e.revision || !sameJSON(first.body, e.body)) {
			c.violate("event %s of %s came with other content", e.id, e.subject)
		}
		of := revision{e.subject, e.revision}
		if id, ok := ids[of]; ok && id != e.id {
			c.violate("revision %d of %s was told by events %s and %s", e.revision, e.subject, id, e.id)
		}
		if e.effect {
			effects[e.id]++
		}
		told[e.id], ids[of] = e, e.id
	}
	for id, n := range effects {
		if n > 1 {
			c.violate("event %s took effect %d times", id, n)
		}
	}
	for subject, n := range repeats {
		if n > doubts[subject] {
			c.violate("events of %s came %d times again, and only %d calls were in doubt", subject, n, doubts[subject])
		}
	}
	return c
}
