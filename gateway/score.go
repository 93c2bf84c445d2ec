package gateway

import (
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
