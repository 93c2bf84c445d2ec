package gateway

import (
	"time"

	"github.com/google/uuid"
)

// PlanView is a plan as commands and the API show it.
type PlanView struct {
	ID        uuid.UUID       `json:"id" format:"uuid"`
	State     ReplayState     `json:"state" doc:"planned, running, paused, cancelled, done or expired"`
	From      ReplayOrigin    `json:"from" doc:"raw, canonical or outbound"`
	Selection ReplaySelection `json:"selection"`
	Rate      float64         `json:"rate" doc:"Deliveries a second, over all nodes"`
	Total     int             `json:"total" doc:"Deliveries that fit the selection"`
	Eligible  int             `json:"eligible" doc:"Of them, those that could be replayed when the plan was made"`
	OldestAt  *time.Time      `json:"oldest_at,omitempty" doc:"Since when the oldest eligible one fails"`
	CreatedAt time.Time       `json:"created_at"`
	ExpiresAt time.Time       `json:"expires_at" doc:"It cannot be started later"`
	StartedAt *time.Time      `json:"started_at,omitempty"`
	EndedAt   *time.Time      `json:"ended_at,omitempty"`
	Actor     string          `json:"actor"`
	Reason    string          `json:"reason"`
}

// PlanDetailView is a plan with what a reviewer wants to see.
type PlanDetailView struct {
	PlanView
	Causes   map[string]int `json:"causes" doc:"Eligible deliveries by cause"`
	Outcomes map[string]int `json:"outcomes" doc:"Deliveries by outcome: waiting, released, delivered, failed, skipped, ineligible, cancelled"`
	NotDone  map[string]int `json:"not_done" doc:"Deliveries that were left alone, by why"`
	Since    map[string]int `json:"since" doc:"Of the first 2000 deliveries that wait: those that are not eligible any more, by why"`
	Compared map[string]int `json:"compared,omitempty" doc:"From outbound: what is sent beside what was sent"`
	HeldBy   []uuid.UUID    `json:"held_by,omitempty" doc:"Other plans that hold deliveries of this one"`
	Site     string         `json:"site,omitempty" doc:"The site that sends; its nodes carry the plan out"`
	Notes    []ReplayNote   `json:"notes,omitempty" doc:"What would not be sent, or not now, and why, in words"`
	Samples  []ItemView     `json:"samples" nullable:"false" doc:"Soonest deadline first"`
}

// ItemView is one delivery of a plan.
type ItemView struct {
	Ordinal     int        `json:"ordinal"`
	Destination string     `json:"destination"`
	EntityID    uuid.UUID  `json:"entity_id" format:"uuid"`
	Key         string     `json:"key" doc:"What the destination calls it"`
	Cause       string     `json:"cause"`
	FailedAt    time.Time  `json:"failed_at"`
	Outcome     string     `json:"outcome"`
	Why         string     `json:"why,omitempty"`
	Compared    string     `json:"compared,omitempty"`
	HeldBy      *uuid.UUID `json:"held_by,omitempty"`
	ReleasedAt  *time.Time `json:"released_at,omitempty"`
	SettledAt   *time.Time `json:"settled_at,omitempty"`
}

// ViewOf shows a plan.
func ViewOf(p ReplayPlan) PlanView {
	return PlanView{
		ID: p.ID, State: p.State, From: p.Origin, Selection: p.Selection, Rate: p.Rate, Total: p.Total, Eligible: p.Eligible,
		OldestAt: momentOf(p.OldestAt), CreatedAt: p.CreatedAt.UTC(), ExpiresAt: p.ExpiresAt.UTC(), StartedAt: momentOf(p.StartedAt), EndedAt: momentOf(p.EndedAt),
		Actor: p.Actor, Reason: p.Reason,
	}
}

// DetailViewOf shows a plan with its counts.
func DetailViewOf(d ReplayDetail) PlanDetailView {
	v := PlanDetailView{
		PlanView: ViewOf(d.ReplayPlan), Causes: countsOf(d.Causes), Outcomes: countsOf(d.Outcomes), NotDone: countsOf(d.NotDone), Since: countsOf(d.Since),
		HeldBy: d.HeldBy, Site: d.Site, Notes: d.Notes(), Samples: make([]ItemView, 0, len(d.Samples)),
	}
	if len(d.Compared) > 0 {
		v.Compared = countsOf(d.Compared)
	}
	for _, it := range d.Samples {
		v.Samples = append(v.Samples, ItemViewOf(it))
	}
	return v
}

// ItemViewOf shows one delivery of a plan.
func ItemViewOf(it ReplayItemLine) ItemView {
	v := ItemView(it)
	v.FailedAt = v.FailedAt.UTC()
	return v
}

func countsOf(counts []ReplayCount) map[string]int {
	m := make(map[string]int, len(counts))
	for _, c := range counts {
		m[c.Name] = c.Count
	}
	return m
}

func momentOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
