package dvcqg

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// unnamed is a dossier whose source sends the code of its procedure and nothing else about it.
func unnamed(t testing.TB, code string) *schema.Dossier {
	d := birth(t)
	d.Procedure = schema.ProcedureRef{Code: code}
	return d
}

func TestCatalogueIsAskedOnce(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, nil)
	d := unnamed(t, "1.004873.H05")
	question, err := s.Plan(destinationtest.Dossier(t, d), gateway.Known{})
	require.NoError(t, err)
	require.Len(t, question, 1)
	require.Equal(t, gateway.OpCatalogue, question[0].Operation)
	outcomes := s.Send(t.Context(), gateway.OpCatalogue, []gateway.PlannedCall{question[0], question[0], question[0]})
	delivered(t, outcomes, 3)
	require.EqualValues(t, 1, s.portal.State().Calls[simulator.OpCatalogue], "once for all who ask at the same time")

	calls, err := s.Plan(destinationtest.Dossier(t, d), gateway.Known{})
	require.NoError(t, err)
	var r record
	require.NoError(t, json.Unmarshal(calls[0].Payload[0], &r))
	require.Equal(t, []text{"1.004873", "G15-HT01", "Hộ tịch"}, []text{r.MaTTHC, r.MaLinhVuc, r.TenLinhVuc})
	delivered(t, s.bring(t, d, gateway.Known{}), 1)
	require.EqualValues(t, 1, s.portal.State().Calls[simulator.OpCatalogue], "and not for the next dossier")
}

func TestCatalogueKnowsNothing(t *testing.T) {
	t.Parallel()
	s := simulate(t, simulator.Options{}, nil)
	d := unnamed(t, "9.999999")
	delivered(t, s.bring(t, d, gateway.Known{}), 1)
	_, err := s.Plan(destinationtest.Dossier(t, d), gateway.Known{})
	require.Equal(t, fault.Invalid, fault.CodeOf(err), "then the dossier is held back")
	require.Equal(t, "/procedure/name", fault.ProblemsOf(err)[0].Pointer)

	d.Applicant.Phone = ""
	d.Procedure.Code = "8.888888"
	_, err = s.Plan(destinationtest.Dossier(t, d), gateway.Known{})
	require.Equal(t, fault.Invalid, fault.CodeOf(err), "nobody is asked for what is held back anyway")
}

func TestCatalogueAway(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer string
		kind   gateway.OutcomeKind
		shelf  gateway.Shelf
	}{
		"a page":    {"<html>", gateway.Unavailable, gateway.ShelfDestination},
		"a refusal": {`{"error_code":-1,"message":"Không có quyền"}`, gateway.Unavailable, gateway.ShelfDestination},
		"crowded":   {`{"error_code":-1,"message":"Quá nhiều yêu cầu"}`, gateway.Throttled, gateway.ShelfDestination},
	} {
		door := openDoor(t, func(_ int, _ envelope, w http.ResponseWriter) { _, _ = io.WriteString(w, tc.answer) })
		d := destination(t, config(door.URL), Deps{})
		calls, err := d.Plan(destinationtest.Dossier(t, unnamed(t, "1.004873")), gateway.Known{})
		require.NoError(t, err, name)
		out := d.Send(t.Context(), gateway.OpCatalogue, calls)[0]
		require.Equal(t, []any{tc.kind, tc.shelf}, []any{out.Kind, out.Shelf}, name)
		again, err := d.Plan(destinationtest.Dossier(t, unnamed(t, "1.004873")), gateway.Known{})
		require.NoError(t, err)
		require.Equal(t, calls, again, "it is asked again, by the schedule")
	}
}

func TestCatalogueAges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newProcedures(nil)
		_, fresh := p.get("1.001193")
		require.False(t, fresh)
		p.put("1.001193", procedureEntry{ref: schema.ProcedureRef{Name: "x"}, found: true}, keepProcedure)
		time.Sleep(keepProcedure - time.Second)
		_, fresh = p.get("1.001193")
		require.True(t, fresh)
		time.Sleep(time.Second)
		e, fresh := p.get("1.001193")
		require.False(t, fresh)
		require.True(t, e.found, "an old answer is better than none")
	})
}
