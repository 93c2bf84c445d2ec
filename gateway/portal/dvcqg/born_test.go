package dvcqg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/golden"
	"github.com/lienthong/lienthong/schema"
)

const bornKey = "G22-251104-0090021"

// twoNumbers is a dossier that the portal gave us and that we gave a number of our own.
func twoNumbers(t testing.TB) *schema.Dossier {
	d := birth(t)
	d.OtherNumbers, d.Steps = []string{"665f00aa", bornKey}, birthSteps(t)
	return d
}

func TestBornGoesBackUnderBothNumbers(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, nil)
	_, err := s.portal.Announce([]byte(`{"MaHoSo":"` + bornKey + `","MaTTHC":"1.001193"}`))
	require.NoError(t, err)
	d := twoNumbers(t)
	delivered(t, s.bring(t, d, gateway.Known{}), 2)
	born, _ := s.portal.BornDossiers(1)
	require.Equal(t, sampleKey, born[0].Unit)
	require.Equal(t, []string{"2", "4"}, []string{born[0].Statuses[0].Status, born[0].Statuses[1].Status})
	require.Equal(t, simulator.Totals{Born: 1, Statuses: 2}, s.portal.State().Stored, "no second dossier of it, no repeats, no conflicts")
	golden.Compare(t, "testdata/encode/born.json", indented(t, born[0].Statuses[1].Body))

	d.OtherNumbers[1] = "G22-251104-0000000"
	require.Equal(t, gateway.Absent, s.bring(t, d, gateway.Known{})[0].Kind, "a number that the portal never gave")
}

func TestBornPlan(t *testing.T) {
	t.Parallel()
	operations := func(calls []gateway.PlannedCall) (all []gateway.Operation) {
		for _, c := range calls {
			all = append(all, c.Operation)
		}
		return all
	}
	created := []gateway.Operation{gateway.OpCreate, gateway.OpSteps}
	t.Run("a state at a time, each once, in order", func(t *testing.T) {
		t.Parallel()
		calls := plan(t, twoNumbers(t), gateway.Known{})
		require.Equal(t, []gateway.Operation{gateway.OpStatus, gateway.OpStatus}, operations(calls))
		require.Equal(t, []schema.StepKey{sampleKey + "/status/20251103083000/2"}, calls[0].Steps)
		require.Equal(t, calls[1:], plan(t, twoNumbers(t), gateway.Known{Steps: calls[0].Steps}))
		require.Empty(t, plan(t, twoNumbers(t), gateway.Known{Steps: append(calls[0].Steps, calls[1].Steps...)}))
	})
	t.Run("a state that we hear of late does not set the dossier back", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, plan(t, twoNumbers(t), gateway.Known{Steps: plan(t, twoNumbers(t), gateway.Known{})[1].Steps}))
	})
	t.Run("its own state stands for steps that have not come", func(t *testing.T) {
		t.Parallel()
		d := twoNumbers(t)
		d.Steps = nil
		require.Equal(t, []schema.StepKey{sampleKey + "/status/20251103083000/2"}, plan(t, d, gateway.Known{})[0].Steps)
		d.Status = schema.Submitted
		require.Empty(t, plan(t, d, gateway.Known{}), "the portal knows that it was submitted")
		d.Status = schema.InProgress
		require.Equal(t, []string{"/steps field.required", "/at field.required"}, problems(t, d))
	})
	for name, change := range map[string]func(*schema.Dossier){
		"submitted elsewhere":         func(d *schema.Dossier) { d.BornAtPortal = false },
		"only one number":             func(d *schema.Dossier) { d.OtherNumbers = nil },
		"numbers of somebody else":    func(d *schema.Dossier) { d.OtherNumbers = []string{"G221-1", "H05.31-251103-0009"} },
		"only the portal's own":       func(d *schema.Dossier) { d.Number = bornKey; d.Steps = birthSteps(t) },
		"under the portal's, as well": func(d *schema.Dossier) { d.Number = "g22-251104-0090022" },
	} {
		t.Run("a dossier of the usual kind: "+name, func(t *testing.T) {
			t.Parallel()
			d := twoNumbers(t)
			change(d)
			require.Equal(t, created, operations(plan(t, d, gateway.Known{})))
		})
	}
	t.Run("what stands at the portal under our number stays there", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []gateway.Operation{gateway.OpUpdate, gateway.OpSteps}, operations(plan(t, twoNumbers(t), gateway.Known{Exists: true})))
	})
	t.Run("where no state may be sent back", func(t *testing.T) {
		t.Parallel()
		cfg := config("http://127.0.0.1:1")
		cfg.Born = NoBorn
		d := destination(t, cfg, Deps{})
		calls, err := d.Plan(destinationtest.Dossier(t, twoNumbers(t)), gateway.Known{})
		require.NoError(t, err)
		require.Equal(t, created, operations(calls))
		require.NotContains(t, d.Spec().Writes, gateway.OpStatus)
	})
}
