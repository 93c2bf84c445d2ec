package score_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/score"
)

func when(t *testing.T, compact string) schema.Time {
	t.Helper()
	at, err := schema.ParseTime(compact, schema.TimeCompact, nil)
	require.NoError(t, err)
	return at
}

func key(compact, code string) schema.StepKey {
	return schema.StepKey("H05.31-251103-0001/" + compact + "/" + code)
}

// good is a finished online dossier that hurts nothing, as it leaves for the first time.
func good(t *testing.T) score.Leaving {
	t.Helper()
	const number = "H05.31-251103-0001"
	d := &schema.Dossier{
		Number: number, Channel: schema.Online, BornAtPortal: true, Status: schema.Completed,
		ReceivedAt: when(t, "20251103083000"), DueAt: when(t, "20251105170000"), FinishedAt: when(t, "20251104090000"),
		Papers:  []schema.Paper{{Name: "to-khai.pdf", URL: "https://files.example.vn/f/1", Digitised: true}},
		Fees:    []schema.Fee{{Name: "Lệ phí", Amount: 8000}},
		Results: []schema.ResultPaper{{Name: "Giấy khai sinh", URL: "https://files.example.vn/kq/1", Code: "KQ.G15.000031"}},
		VNeID:   true, OnlinePayment: schema.PaidAtPortal,
		Steps: []schema.DossierStep{
			{Dossier: number, At: when(t, "20251103083000"), Status: schema.Received},
			{Dossier: number, At: when(t, "20251103100000"), Status: schema.SupplementRequired},
			{Dossier: number, At: when(t, "20251104090000"), Status: schema.Completed},
		},
	}
	return score.Leaving{
		Dossier: d, Header: true,
		Steps: []schema.StepKey{key("20251103083000", "2"), key("20251103100000", "5"), key("20251104090000", "9")},
	}
}

func codes(rules []score.Rule) []string {
	found := []string{}
	for _, r := range rules {
		found = append(found, r.Code)
	}
	return found
}

func TestHurts(t *testing.T) {
	t.Parallel()
	require.Empty(t, codes(score.Hurts(good(t))))
	cases := map[string]func(*score.Leaving){
		"reception_missing":    func(l *score.Leaving) { l.Dossier.ReceivedAt = schema.Time{} },
		"late":                 func(l *score.Leaving) { l.Dossier.DueAt = when(t, "20251104085959") },
		"closing_step_missing": func(l *score.Leaving) { l.Dossier.Steps = l.Dossier.Steps[:2] },
		"step_out_of_order":    func(l *score.Leaving) { l.Shown = []schema.StepKey{key("20251103090000", "4")} },
		"second_supplement": func(l *score.Leaving) {
			l.Steps = []schema.StepKey{key("20251103100000", "5")}
			l.Shown = []schema.StepKey{key("20251103093000", "5")}
		},
		"wrong_channel":       func(l *score.Leaving) { l.Dossier.Channel = schema.Postal },
		"result_missing":      func(l *score.Leaving) { l.Dossier.Results = nil },
		"result_unreachable":  func(l *score.Leaving) { l.Dossier.Results[0].URL = "http://10.0.0.7/kq/1" },
		"result_without_code": func(l *score.Leaving) { l.Dossier.Results[0].Code = "" },
		"fee_zero":            func(l *score.Leaving) { l.Dossier.Fees[0].Amount = 0 },
		"not_paid_online":     func(l *score.Leaving) { l.Dossier.OnlinePayment = schema.NotPaidOnline },
		"paper_without_file":  func(l *score.Leaving) { l.Dossier.Papers[0].URL = "" },
		"not_digitised":       func(l *score.Leaving) { l.Dossier.Papers[0].Digitised = false },

		"population_unverified": func(l *score.Leaving) { l.Dossier.VNeID = false },
	}
	indicators := map[string]bool{}
	for _, rule := range score.Rules() {
		t.Run(rule.Code, func(t *testing.T) {
			spoil := cases[rule.Code]
			require.NotNil(t, spoil, "every rule has its case")
			l := good(t)
			spoil(&l)
			require.Equal(t, []string{rule.Code}, codes(score.Hurts(l)))
		})
		require.True(t, score.Known(rule.Code) && score.Known(rule.Indicator), rule.Code)
		require.Contains(t, score.Policies(), rule.Policy)
		require.NotEmpty(t, rule.VI)
		require.NotEmpty(t, rule.EN)
		indicators[rule.Indicator] = true
	}
	require.Len(t, cases, len(score.Rules()))
	for _, i := range score.Indicators() {
		require.True(t, indicators[i.Code], "no rule for %s", i.Code)
	}
	require.Len(t, score.Indicators(), 8)
}

func TestRepeatsAreNoSecondSupplement(t *testing.T) {
	t.Parallel()
	l := good(t)
	l.Shown = l.Steps // the same trail, sent again
	l.Steps = nil
	require.NotContains(t, codes(score.Hurts(l)), "second_supplement")
	l.Header = false
	l.Dossier.ReceivedAt = schema.Time{}
	require.NotContains(t, codes(score.Hurts(l)), "reception_missing", "no header leaves")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	rule, ok := score.RuleByCode("second_supplement")
	require.True(t, ok)
	require.Equal(t, score.Warn, score.Setting{}.Of(rule))
	require.Equal(t, score.Hold, score.Setting{"supplement": score.Hold}.Of(rule))
	require.Equal(t, score.Off, score.Setting{"supplement": score.Hold, "second_supplement": score.Off}.Of(rule))
	require.False(t, score.Known("happiness"))

	other, _ := score.RuleByCode("late")
	vi, en, ok := score.Words(score.Cause([]score.Rule{rule, other}))
	require.True(t, ok)
	require.Equal(t, rule.VI+" "+other.VI, vi)
	require.Equal(t, rule.EN+" "+other.EN, en)
	_, _, ok = score.Words("plan.field.required")
	require.False(t, ok)
}

func TestPreview(t *testing.T) {
	t.Parallel()
	var p score.Preview
	p.Count(good(t).Dossier)
	late := good(t).Dossier
	late.DueAt, late.Channel, late.BornAtPortal = when(t, "20251104085959"), schema.Direct, false
	late.Fees[0].Amount = 0
	p.Count(late)
	open := good(t).Dossier
	open.Steps, open.FinishedAt, open.Status = slices.Clone(open.Steps[:1]), schema.Time{}, schema.Received
	open.Steps = append(open.Steps, good(t).Dossier.Steps[1], schema.DossierStep{At: when(t, "20251103120000"), Status: schema.SupplementRequired})
	open.VNeID, open.Papers[0].URL, open.Papers[0].Digitised, open.OnlinePayment = false, "", false, ""
	p.Count(open)
	require.Equal(t, 3, p.Dossiers)
	for indicator, want := range map[string]score.Tally{
		"sync": {}, "on_time": {Good: 1, Of: 2}, "supplement": {Good: 2, Of: 3}, "online": {Good: 1, Of: 2}, "payment": {Good: 1, Of: 2},
		"digitisation": {Good: 2, Of: 3}, "reuse": {Good: 2, Of: 3}, "population": {Good: 2, Of: 3},
	} {
		require.Equal(t, want, p.Of(indicator), indicator)
		vi, en := score.NotKnown(indicator)
		require.Equal(t, indicator == "sync", vi != "" && en != "")
	}
}
