package gateway_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// Every field of every golden body has one rule, so that none is decided by accident.
func TestFieldRulesAreComplete(t *testing.T) {
	rules := map[schema.Kind]map[string]int{}
	for _, r := range gateway.FieldRules() {
		if rules[r.Kind] == nil {
			rules[r.Kind] = map[string]int{}
		}
		rules[r.Kind][r.Field]++
		require.NotEmpty(t, r.Why, r.Field)
		require.NotEmpty(t, r.Voices, r.Field)
		require.NotEmpty(t, r.May, r.Field)
	}
	for _, kind := range schema.Kinds() {
		if kind.Entity() != kind {
			continue
		}
		want := map[string]int{}
		body := reflect.TypeOf(kind.New()).Elem()
		for i := range body.NumField() {
			name, _, _ := strings.Cut(body.Field(i).Tag.Get("json"), ",")
			want[name] = 1
		}
		require.Equal(t, want, rules[kind], kind)
	}
}

// stood is a golden dossier as it stood before.
func stood(change func(*schema.Dossier)) *schema.Dossier {
	d := &schema.Dossier{Number: "H05.31-251103-0007", ReceivedAt: clock(0), DueAt: clock(48), Channel: schema.Online, BornAtPortal: true}
	if change != nil {
		change(d)
	}
	return d
}

func derived(prior *schema.Dossier, s *tale) *schema.Dossier {
	return gateway.Derive(schema.KindDossier, s.claims, prior).(*schema.Dossier)
}

func TestWhatIsSaidOnceStays(t *testing.T) {
	later := told().header(schema.Received, func(d *schema.Dossier) {
		d.ReceivedAt, d.SubmittedAt, d.Channel, d.Summary = clock(5), clock(4), schema.Direct, "sửa trích yếu"
	})
	d := derived(stood(nil), later)
	require.Equal(t, clock(0), d.ReceivedAt)
	require.Equal(t, schema.Online, d.Channel)
	require.True(t, d.BornAtPortal)
	require.Equal(t, clock(4), d.SubmittedAt, "what was left open may be told later")
	require.Equal(t, "sửa trích yếu", d.Summary)
	require.Equal(t, clock(5), derived(nil, later).ReceivedAt, "the first word counts")
}

func TestDeadlineMovesWithGround(t *testing.T) {
	to := func(hour int, change func(*schema.Dossier)) *tale {
		return told().header(schema.InProgress, func(d *schema.Dossier) {
			d.DueAt = clock(hour)
			if change != nil {
				change(d)
			}
		})
	}
	extended := func(s *schema.DossierStep) { s.NewDueAt = clock(100) }
	for name, tt := range map[string]struct {
		prior *schema.Dossier
		tale  *tale
		want  schema.Time
	}{
		"without ground it stays":                {stood(nil), to(72, nil), clock(48)},
		"a first one may come late":              {stood(func(d *schema.Dossier) { d.DueAt = schema.Time{} }), to(72, nil), clock(72)},
		"a supplement in the header is one":      {stood(nil), to(72, func(d *schema.Dossier) { d.Supplements = []schema.Supplement{{RequestedAt: clock(1)}} }), clock(72)},
		"a step that asks for one":               {stood(nil), to(72, nil).step("motcua", 1, schema.SupplementRequired), clock(72)},
		"an extension by the register counts":    {stood(nil), to(48, nil).step("datdai", 2, schema.InProgress, extended), clock(100)},
		"the dossier system's own word after it": {stood(nil), to(120, nil).step("datdai", 2, schema.InProgress, extended), clock(120)},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, tt.want, derived(tt.prior, tt.tale).DueAt) })
	}
}

func (s *tale) note(source, topic string, change func(*schema.DossierNote)) *tale {
	n := &schema.DossierNote{Dossier: "H05.31-251103-0007", Topic: topic}
	change(n)
	s.claims = append(s.claims, gateway.Claim{Source: source, ID: n.ID(), EventTime: time.Time{}, Body: n})
	return s
}

func TestNotesOfADossier(t *testing.T) {
	notice := func(n *schema.DossierNote) {
		n.Obligations = []schema.Obligation{{Notice: "TB-1", Name: "Thuế TNCN", Amount: 24_000_000}}
	}
	payment := func(n *schema.DossierNote) {
		n.Obligations = []schema.Obligation{{Notice: "TB-1", Paid: true, PaidAmount: 24_000_000, PaidAt: clock(9)}}
	}
	derive := func(s *tale) *schema.Dossier {
		return golden(t, schema.KindDossier, s.claims...).(*schema.Dossier)
	}

	t.Run("a notice and its payment meet by number", func(t *testing.T) {
		d := derive(told().header(schema.PaymentRequired, nil).note("thue", "payment/TB-1", payment).note("datdai", "notice/TB-1", notice))
		require.Equal(t, []schema.Obligation{{Notice: "TB-1", Name: "Thuế TNCN", Amount: 24_000_000, Paid: true, PaidAmount: 24_000_000, PaidAt: clock(9)}}, d.Obligations)
	})
	t.Run("a clerk's word pays nothing", func(t *testing.T) {
		d := derive(told().header(schema.PaymentRequired, func(d *schema.Dossier) {
			d.Obligations = []schema.Obligation{{Notice: "TB-1", Amount: 5, Paid: true, PaidAt: clock(1)}}
		}))
		require.Equal(t, []schema.Obligation{{Notice: "TB-1", Amount: 5}}, d.Obligations)
	})
	t.Run("results and fees fill what the header leaves open", func(t *testing.T) {
		bring := func(n *schema.DossierNote) {
			n.Results, n.Fees = []schema.ResultPaper{{ID: "kq"}}, []schema.Fee{{Name: "Lệ phí", Amount: 8000}}
		}
		d := derive(told().header(schema.Received, nil).note("bo", "status/6", bring))
		require.Equal(t, []schema.ResultPaper{{ID: "kq"}}, d.Results)
		require.Equal(t, []schema.Fee{{Name: "Lệ phí", Amount: 8000}}, d.Fees)
		d = derive(told().header(schema.Received, func(d *schema.Dossier) {
			d.Results, d.Fees = []schema.ResultPaper{{ID: "own"}}, []schema.Fee{{Name: "own"}}
		}).note("bo", "status/6", bring))
		require.Equal(t, []schema.ResultPaper{{ID: "own"}}, d.Results)
		require.Equal(t, []schema.Fee{{Name: "own"}}, d.Fees)
	})
	t.Run("a status without a time ends an open dossier and undoes no end", func(t *testing.T) {
		stop := func(n *schema.DossierNote) { n.Status = schema.Stopped }
		require.Equal(t, schema.Stopped, derive(told().header(schema.Received, nil).step("motcua", 1, schema.InProgress).note("bo", "status/8", stop)).Status)
		require.Equal(t, schema.Completed, derive(told().header(schema.Received, nil).step("motcua", 1, schema.Completed).note("bo", "status/8", stop)).Status)
		require.Equal(t, schema.InProgress, derive(told().header(schema.Received, nil).step("motcua", 1, schema.InProgress).
			note("bo", "status/6", func(n *schema.DossierNote) { n.Status = schema.PaymentRequired })).Status)
	})
	t.Run("numbers of other systems are gathered", func(t *testing.T) {
		number := func(n *schema.DossierNote) { n.OtherNumbers = []string{"G22-251104-0090021", "H05.31-251103-0007"} }
		d := derive(told().note("bo", "x", number).step("bo", 1, schema.InProgress, func(s *schema.DossierStep) { s.OtherNumbers = []string{"665F"} }))
		require.Equal(t, []string{"665F", "G22-251104-0090021"}, d.OtherNumbers)
		require.Equal(t, "H05.31-251103-0007", d.Number)
	})
}
