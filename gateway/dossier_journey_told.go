package gateway

import (
	"cmp"
	"time"

	"github.com/google/uuid"
)

// ToldJourney is a journey as it is handed out, by command and API alike.
type ToldJourney struct {
	Number   string      `json:"number"`
	EntityID uuid.UUID   `json:"entity_id" format:"uuid"`
	Blame    []string    `json:"blame" nullable:"false" doc:"Where the time went, a line for each destination"`
	Outages  []Outage    `json:"outages" nullable:"false" doc:"Times in which calls to its destinations did not leave"`
	Events   []ToldEvent `json:"events" nullable:"false" doc:"Oldest first"`
}

// ToldEvent is one thing that happened.
type ToldEvent struct {
	At          time.Time  `json:"at"`
	Until       *time.Time `json:"until,omitempty" doc:"End of an attempt"`
	What        string     `json:"what" doc:"revision, attempt, delivery, breaker or action" example:"attempt"`
	Source      string     `json:"source,omitempty" doc:"Of a revision: who sent it"`
	Destination string     `json:"destination,omitempty"`
	Operation   Operation  `json:"operation,omitempty"`
	Detail      string     `json:"detail"`
	Shelf       Shelf      `json:"shelf,omitempty" doc:"Whose a failure is"`
	Cause       string     `json:"cause,omitempty" doc:"Fingerprint of a failure"`
	Problem     string     `json:"problem,omitempty" doc:"For people, masked"`
	HTTPStatus  int        `json:"http_status,omitempty"`
	By          string     `json:"by,omitempty" doc:"Node or operator"`
}

// Place is where it happened.
func (e ToldEvent) Place() string { return cmp.Or(e.Destination, e.Source) }

// TellJourney puts a journey into the form that is handed out.
func TellJourney(j DossierJourney, lang string) ToldJourney {
	t := ToldJourney{Number: j.Number, EntityID: j.EntityID, Blame: []string{}, Outages: j.Outages, Events: make([]ToldEvent, 0, len(j.Events))}
	if t.Outages == nil {
		t.Outages = []Outage{}
	}
	for _, line := range j.Blame() {
		t.Blame = append(t.Blame, line.In(lang))
	}
	for _, e := range j.Events {
		t.Events = append(t.Events, ToldEvent{At: e.At.UTC(), Until: e.Until, What: e.What, Source: e.Source, Destination: e.Destination, Operation: e.Operation,
			Detail: e.Detail, Shelf: e.Shelf, Cause: e.Cause, Problem: e.Problem, HTTPStatus: e.HTTPStatus, By: e.By})
	}
	return t
}
