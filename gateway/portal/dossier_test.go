package portal

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestDossierIsNothingElse(t *testing.T) {
	t.Parallel()
	_, err := Dossier("x.Plan", gateway.Wanted{Kind: schema.KindPerson, Body: []byte(`{}`)})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	_, err = Dossier("x.Plan", gateway.Wanted{Kind: schema.KindDossier, Body: []byte(`[`)})
	require.Equal(t, fault.Internal, fault.CodeOf(err))
	require.NoError(t, Held("x.Plan", nil))
	err = Held("x.Plan", []fault.Problem{{Pointer: "/number"}})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	require.Len(t, fault.ProblemsOf(err), 1)
}

func TestTrailIsInOrderAndSaysNothingTwice(t *testing.T) {
	t.Parallel()
	at := func(compact string) schema.Time {
		moment, err := schema.ParseTime(compact, schema.TimeCompact, nil)
		require.NoError(t, err)
		return moment
	}
	steps := []schema.DossierStep{
		{Dossier: "H05-2", At: at("20251103100000"), Status: schema.Returned, Officer: "A"},
		{Dossier: "H05-1", At: at("20251103100000"), Status: schema.InProgress, Position: "B"},
		{Dossier: "H05-1", At: at("20251103083000"), Status: schema.Received, Text: " Tiếp nhận ", Unit: "C"},
		{Dossier: "H05-1", At: at("20251103100000"), Status: schema.Returned, Text: "told again in other words"},
	}
	var places []int
	var words, officers []string
	for i, s := range Trail("H05-1", steps) {
		require.Equal(t, "H05-1", s.Dossier)
		places, words, officers = append(places, i), append(words, Words(s)), append(officers, Officer(s, "D"))
	}
	require.Equal(t, []int{2, 1, 0}, places, "10 comes after 4, as a number; of a key that comes twice the first stands")
	require.Equal(t, []string{"Tiếp nhận", "Đang xử lý", "Đã trả kết quả"}, words)
	require.Equal(t, []string{"C", "B", "A"}, officers)
	require.Equal(t, "H05-2", steps[0].Dossier, "the golden body stays as it is")
}

func TestFillersNeverLeave(t *testing.T) {
	t.Parallel()
	require.Empty(t, OwnerPaper([]schema.Identifier{
		{Scheme: schema.SchemeCMND, Value: "000000001"}, {Scheme: schema.SchemePassport, Value: " Không có "}, {Scheme: schema.SchemePersonalNumber, Value: "02719200"},
	}))
	require.Equal(t, "027192004321", OwnerPaper([]schema.Identifier{
		{Scheme: schema.SchemePassport, Value: "B1234567"}, {Scheme: schema.SchemePersonalNumber, Value: "027192004321"},
	}))
}
