package gateway_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// clock is an instant of the day of the tests.
func clock(hour int) schema.Time { return schema.TimeOf(noon.Add(time.Duration(hour) * time.Hour)) }

// tale is one dossier as its sources tell it.
type tale struct{ claims []gateway.Claim }

func told() *tale { return new(tale) }

func (s *tale) header(status schema.Status, change func(*schema.Dossier)) *tale {
	d := &schema.Dossier{Number: "H05.31-251103-0007", Procedure: schema.ProcedureRef{Code: "1.001193"}, ReceivedAt: clock(0), Status: status}
	if change != nil {
		change(d)
	}
	s.claims = append(s.claims, gateway.Claim{Source: "motcua", ID: d.Number, EventTime: d.LastTime().Std(), Body: d})
	return s
}

func (s *tale) step(source string, hour int, status schema.Status, change ...func(*schema.DossierStep)) *tale {
	d := &schema.DossierStep{Dossier: "H05.31-251103-0007", At: clock(hour), Status: status, Text: source}
	for _, c := range change {
		c(d)
	}
	s.claims = append(s.claims, gateway.Claim{Source: source, ID: d.ID(), Body: d})
	return s
}

func TestDeriveDossierStatus(t *testing.T) {
	const mc, register = "motcua", "hotich"
	tests := []struct {
		name string
		tale *tale
		want schema.Status
	}{
		{"a header alone speaks", told().header(schema.Received, nil), schema.Received},
		{"steps alone: the latest", told().step(mc, 2, schema.InProgress).step(mc, 1, schema.Received), schema.InProgress},
		{"at one second the greater code", told().step(mc, 1, schema.InProgress).step(mc, 1, schema.Received), schema.InProgress},
		{"a step after the header's time", told().header(schema.Received, nil).step(mc, 1, schema.InProgress), schema.InProgress},
		{"a header after the last step", told().header(schema.Completed, func(d *schema.Dossier) { d.FinishedAt = clock(5) }).step(mc, 1, schema.InProgress), schema.Completed},
		{"a header whose time is before a step", told().header(schema.Completed, func(d *schema.Dossier) { d.FinishedAt = clock(1) }).step(mc, 5, schema.SupplementRequired), schema.SupplementRequired},
		{"a header whose status has no time says nothing beside steps", told().header(schema.InProgress, nil).step(mc, 5, schema.PaymentRequired), schema.PaymentRequired},

		{"backwards is legal: a supplement", told().header(schema.Received, nil).step(mc, 1, schema.SupplementRequired).step(mc, 2, schema.InProgress), schema.InProgress},
		{"backwards is legal: a wrong result", told().header(schema.Received, nil).step(mc, 1, schema.Completed).step(mc, 2, schema.InProgress), schema.InProgress},

		{"the register has ended it, the one-stop system goes on telling", told().header(schema.Received, nil).step(register, 3, schema.Completed).step(mc, 4, schema.InProgress), schema.Completed},
		{"after the register handing over counts", told().header(schema.Received, nil).step(register, 3, schema.Completed).step(mc, 4, schema.Returned), schema.Returned},
		{"after the register withdrawal counts", told().header(schema.Received, nil).step(register, 3, schema.Completed).step(mc, 4, schema.Withdrawn), schema.Withdrawn},
		{"before the register's end everything counts", told().header(schema.Received, nil).step(mc, 2, schema.PaymentRequired).step(register, 1, schema.InProgress), schema.PaymentRequired},
		{"the register takes its end back", told().header(schema.Received, nil).step(register, 3, schema.Completed).step(register, 4, schema.InProgress).step(mc, 5, schema.SupplementRequired), schema.SupplementRequired},
		{"the header as a word of the one-stop system does not undo the register either", told().header(schema.Rejected, func(d *schema.Dossier) { d.RefusedAt = clock(9) }).step(register, 3, schema.Completed), schema.Completed},
		{"the header returns after the register's end", told().header(schema.Returned, func(d *schema.Dossier) { d.ReturnedAt = clock(9) }).step(register, 3, schema.Completed), schema.Returned},

		{"an end without a time has the last word over steps that are none", told().header(schema.Withdrawn, nil).step(mc, 1, schema.InProgress), schema.Withdrawn},
		{"an end without a time: stopped", told().header(schema.Stopped, nil).step(mc, 1, schema.InProgress), schema.Stopped},
		{"an end without a time: rejected", told().header(schema.Rejected, nil).step(mc, 1, schema.InProgress), schema.Rejected},
		{"an end without a time gives way to a step that ends", told().header(schema.Withdrawn, nil).step(mc, 1, schema.Completed), schema.Completed},
		{"an end with a time has only that time's word", told().header(schema.Rejected, func(d *schema.Dossier) { d.RefusedAt = clock(1) }).step(mc, 2, schema.InProgress), schema.InProgress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, golden(t, schema.KindDossier, tt.tale.claims...).(*schema.Dossier).Status)
		})
	}
}

func TestDeriveDossierParts(t *testing.T) {
	derive := func(t *testing.T, s *tale) *schema.Dossier {
		t.Helper()
		return golden(t, schema.KindDossier, s.claims...).(*schema.Dossier)
	}
	paper := func(ids ...string) func(*schema.DossierStep) {
		return func(s *schema.DossierStep) {
			for _, id := range ids {
				s.Results = append(s.Results, schema.ResultPaper{ID: id})
			}
		}
	}

	t.Run("the trail is everybody's, by time, and the header never a step", func(t *testing.T) {
		d := derive(t, told().header(schema.Received, nil).step("hotich", 2, schema.Completed).step("motcua", 1, schema.InProgress).step("motcua", 3, schema.Returned))
		var trail []schema.Status
		for _, s := range d.Steps {
			trail = append(trail, s.Status)
			require.Nil(t, s.Results)
		}
		require.Equal(t, []schema.Status{schema.InProgress, schema.Completed, schema.Returned}, trail)
	})

	t.Run("of two wordings of one step the describing source's stands", func(t *testing.T) {
		d := derive(t, told().header(schema.Received, nil).step("hotich", 2, schema.InProgress).step("motcua", 2, schema.InProgress).step("aaa", 2, schema.InProgress))
		require.Len(t, d.Steps, 1)
		require.Equal(t, "motcua", d.Steps[0].Text)
	})

	t.Run("of two headers the one of the latest time describes", func(t *testing.T) {
		s := told().header(schema.Received, func(d *schema.Dossier) { d.Summary = "early" })
		s.header(schema.Completed, func(d *schema.Dossier) { d.Summary, d.FinishedAt = "late", clock(5) })
		s.claims[1].Source = "tthc"
		require.Equal(t, "late", derive(t, s).Summary)
	})

	t.Run("ends that the header does not tell are those of the first step of their kind", func(t *testing.T) {
		d := derive(t, told().header(schema.Received, nil).
			step("motcua", 2, schema.Completed).step("motcua", 3, schema.InProgress).step("motcua", 4, schema.Completed).
			step("motcua", 5, schema.Returned).step("motcua", 1, schema.Rejected))
		require.Equal(t, clock(2), d.FinishedAt)
		require.Equal(t, clock(5), d.ReturnedAt)
		require.Equal(t, clock(1), d.RefusedAt)
	})

	t.Run("ends that the header tells stay", func(t *testing.T) {
		d := derive(t, told().header(schema.Completed, func(d *schema.Dossier) { d.FinishedAt = clock(9) }).step("motcua", 2, schema.Completed))
		require.Equal(t, clock(9), d.FinishedAt)
	})

	t.Run("results are the union of the steps', each once", func(t *testing.T) {
		d := derive(t, told().header(schema.Received, nil).step("hotich", 2, schema.Completed, paper("a", "b")).step("motcua", 3, schema.Returned, paper("b", "c")))
		require.Equal(t, []schema.ResultPaper{{ID: "a"}, {ID: "b"}, {ID: "c"}}, d.Results)
	})

	t.Run("a header with results of its own keeps to them", func(t *testing.T) {
		d := derive(t, told().header(schema.Received, func(d *schema.Dossier) { d.Results = []schema.ResultPaper{{ID: "own"}} }).
			step("hotich", 2, schema.Completed, paper("a")))
		require.Equal(t, []schema.ResultPaper{{ID: "own"}}, d.Results)
	})

	t.Run("steps alone give a dossier that cannot be shown yet", func(t *testing.T) {
		d := derive(t, told().step("motcua", 1, schema.Received))
		require.Equal(t, "H05.31-251103-0007", d.Number)
		_, _, ok := gateway.Receiver{Receives: []schema.Kind{schema.KindDossier}}.Deliverable(uuid.New(), d, noon)
		require.False(t, ok)
	})
}
