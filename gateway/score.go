package gateway

import (
	"context"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

// ScoreCount counts the dossiers of one month and commune towards one indicator.
type ScoreCount struct {
	Commune   string
	Indicator string
	Good      int
	Of        int
}

// Percent is the share that is good; nil: there is nothing to count, or our own data do not say.
func (c ScoreCount) Percent() *float64 {
	if vi, _ := score.NotKnown(c.Indicator); vi != "" || c.Of == 0 {
		return nil
	}
	percent := 100 * float64(c.Good) / float64(c.Of)
	return &percent
}

// ScoreStore is the score, and what is kept back for its sake, as operators see it.
type ScoreStore interface {
	// ScoreCounts returns the counts of a month, by commune and in the order of indicators; an empty commune is all.
	ScoreCounts(ctx context.Context, month, commune string) ([]ScoreCount, error)
	// ReleaseHeld lets the present revision of a dossier go. Without an error and a lane it was let go before.
	// NotFound: there is no such dossier; Conflict: nobody holds it back.
	ReleaseHeld(ctx context.Context, r Release) ([]LaneKey, error)
}

// ScorePlace is where a dossier counts: the month of its reception in Việt Nam, such
// as 2026-11, and its commune; ok is false for one that counts nowhere.
func ScorePlace(d *schema.Dossier) (month, commune string, ok bool) {
	if d.ReceivedAt.IsZero() {
		return "", "", false
	}
	return d.ReceivedAt.Std().In(schema.VietNam()).Format(ScoreMonth), PlacesOf(d).Commune, true
}

// ScoreMonth is the layout of a month.
const ScoreMonth = "2006-01"

// ScoreRules names the rules that counts are made by; others count anew.
const ScoreRules = score.Version + "/1"
