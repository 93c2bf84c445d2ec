package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

type scoreQuery struct {
	Month   string `query:"month" doc:"Of reception; absent: this month, by the clock of Việt Nam" example:"2026-11"`
	Commune string `query:"commune" doc:"Only what this commune received: agency code, else name of the unit; absent: every one"`
	Limit   int    `query:"limit" default:"200" minimum:"1" maximum:"1000" doc:"Most communes of a page"`
	Cursor  string `query:"cursor" doc:"next_cursor of the page before, with the month that it says"`
}

// OpsScore is a page of the preview.
type OpsScore struct {
	Month      string         `json:"month"`
	Version    string         `json:"version" doc:"Of the table of indicators"`
	Source     string         `json:"source"`
	Items      []OpsScoreLine `json:"items" nullable:"false" doc:"By commune, each with every indicator. From our own data: not what the portal publishes"`
	NextCursor string         `json:"next_cursor,omitempty" doc:"Absent on the last page"`
	HasMore    bool           `json:"has_more"`
}

// OpsScoreLine is one indicator of one commune.
type OpsScoreLine struct {
	Commune   string   `json:"commune" doc:"Empty: the dossiers do not say"`
	Indicator string   `json:"indicator"`
	Name      string   `json:"name" doc:"By Accept-Language"`
	Good      int      `json:"good"`
	Of        int      `json:"of"`
	Percent   *float64 `json:"percent,omitempty" doc:"Absent: there is nothing to count, or it is not known"`
	NotKnown  string   `json:"not_known,omitempty" doc:"Why our own data do not say"`
}

// scoreCursor is the last commune of a page; its name may be empty.
type scoreCursor struct{ Commune string }

type scoreAnswer struct{ Body OpsScore }

// score previews in pages of whole communes. What no node has counted yet is counted first, in steps of its own, so that
// a request which runs out of time has not worked for nothing.
func (a *API) score(ctx context.Context, c *call, in *scoreQuery) (*scoreAnswer, error) {
	month := in.Month
	if month == "" {
		month = time.Now().In(schema.VietNam()).Format(gateway.ScoreMonth)
	}
	if _, err := time.Parse(gateway.ScoreMonth, month); err != nil {
		return nil, badCursor("month")
	}
	if !storable(in.Commune) {
		return nil, badCursor("commune")
	}
	var after scoreCursor
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, a.opts.Limits.Commit)
	defer cancel()
	counts, err := a.opts.Owners.Store.ScoreCounts(ctx, month, in.Commune)
	if err != nil {
		return nil, err
	}
	out := &scoreAnswer{Body: OpsScore{Month: month, Version: score.Version, Source: score.Source, Items: []OpsScoreLine{}}}
	communes, last := 0, ""
	for _, count := range counts {
		if in.Cursor != "" && count.Commune <= after.Commune {
			continue
		}
		if communes == 0 || count.Commune != last {
			if communes == in.Limit {
				out.Body.HasMore, out.Body.NextCursor = true, cursorText(scoreCursor{last})
				break
			}
			communes, last = communes+1, count.Commune
		}
		out.Body.Items = append(out.Body.Items, scoreLineOf(count, c.lang))
	}
	return out, nil
}

func scoreLineOf(c gateway.ScoreCount, lang language) OpsScoreLine {
	l := OpsScoreLine{Commune: c.Commune, Indicator: c.Indicator, Good: c.Good, Of: c.Of, Percent: c.Percent(), NotKnown: lang.in(score.NotKnown(c.Indicator))}
	for _, i := range score.Indicators() {
		if i.Code == c.Indicator {
			l.Name = lang.in(i.VI, i.EN)
		}
	}
	return l
}

// OpsScoreRule is one way to hurt an indicator.
type OpsScoreRule struct {
	Code      string `json:"code"`
	Indicator string `json:"indicator"`
	Policy    string `json:"policy" enum:"off,warn,hold" doc:"Unless the configuration says otherwise. hold: it waits for new data, or for a release"`
	Reason    string `json:"reason" doc:"In words for a clerk, by Accept-Language"`
}

type scoreRulesAnswer struct {
	Body struct {
		Items []OpsScoreRule `json:"items" nullable:"false"`
	}
}

func (a *API) scoreRules(_ context.Context, c *call, _ *struct{}) (*scoreRulesAnswer, error) {
	out := &scoreRulesAnswer{}
	for _, r := range score.Rules() {
		out.Body.Items = append(out.Body.Items, OpsScoreRule{Code: r.Code, Indicator: r.Indicator, Policy: string(r.Policy), Reason: c.lang.in(r.VI, r.EN)})
	}
	return out, nil
}

// OpsRelease lets a dossier go that is kept back for the sake of the score.
type OpsRelease struct {
	Destination string `json:"destination,omitempty" doc:"Only this one; else every one that keeps it back"`
	Reason      string `json:"reason" doc:"Why. Kept for good, so without names of citizens"`
}

// OpsReleased says for where it leaves.
type OpsReleased struct {
	OpsDone
	Released []string `json:"released" nullable:"false" doc:"Destinations; what changes after this is judged again"`
}

// release is POST /v1/ops/dossiers/{number}/release.
func (a *API) release(w *response, r *http.Request, c *call) error {
	number, _ := schema.ParseDossierNumber(r.PathValue("number")) // a number that is held is found, however odd
	if number.Value == "" || !storable(number.Value) {
		return fault.New(fault.NotFound, "httpapi.release", "no such dossier")
	}
	var in OpsRelease
	answer, err := a.once(w, r, c, &in, func(ctx context.Context, actor string) (any, error) {
		if !storable(in.Destination) {
			return nil, badOrder()
		}
		due, err := a.opts.Owners.Store.ReleaseHeld(ctx, gateway.Release{Number: number.Value, Destination: in.Destination, Actor: actor, Reason: in.Reason})
		out := OpsReleased{OpsDone: OpsDone{Changed: len(due) > 0}, Released: []string{}}
		for _, k := range due {
			out.Released = append(out.Released, k.Destination)
		}
		return out, err
	})
	if err != nil {
		return err
	}
	send(w, http.StatusOK, jsonMedia, answer)
	return nil
}
