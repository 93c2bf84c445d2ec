package audit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// anyWrite stands for create and update, which are one call at a sink.
const anyWrite = "create or update"

// event is one event that arrived at the sink and was taken.
type event struct {
	id, subject string
	revision    int64
	body        json.RawMessage
	late        bool // its connection had been cut before
	effect      bool // the sink says that it stands now
}

// event reads one arrival.
func (p *portal) event(l *portalLine) error {
	revision, err := strconv.ParseInt(l.Sequence, 10, 64)
	if err != nil {
		return fmt.Errorf("an event whose sequence is no number: %w", err)
	}
	p.events = append(p.events, event{id: l.ID, subject: l.Subject, revision: revision, body: l.Body, late: l.Late, effect: l.Effect})
	if l.Effect {
		p.effects++
	}
	return nil
}

// standing returns the event of each subject that stands in the end.
func (p *portal) standing() map[string]event {
	kept := map[string]event{}
	for _, e := range p.events {
		if e.effect {
			kept[e.subject] = e
		}
	}
	return kept
}

// eventDossier is what the checker reads of a dossier in canonical form.
type eventDossier struct {
	Number string `json:"number"`
	Status string `json:"status"`
	Steps  []struct {
		At     time.Time `json:"at"`
		Status string    `json:"status"`
	} `json:"steps"`
}

// statusWords are the canonical words of the codes 1 to 10.
var statusWords = []string{
	"", "submitted", "received", "rejected", "in_progress", "supplement_required", "payment_required", "withdrawn", "stopped", "completed", "returned",
}

// statusCode returns the code of a word, "-1" for a word that is none.
func statusCode(word string) string { return strconv.Itoa(slices.Index(statusWords, word)) }

// vietNam is the time of the generator's steps.
var vietNam = time.FixedZone("+07", 7*60*60)

// trail returns the steps as the generator writes them.
func (d *eventDossier) trail() []string {
	var keys []string
	for _, s := range d.Steps {
		keys = append(keys, s.At.In(vietNam).Format("20060102150405")+"/"+statusCode(s.Status))
	}
	return keys
}
