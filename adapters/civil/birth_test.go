package civil_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/civil"
	"github.com/lienthong/lienthong/schema"
)

// one returns the only record of a kind that a golden case yields.
func one(t *testing.T, name string, kind schema.Kind) schema.Record {
	t.Helper()
	a, err := civil.New(adapters.Config{Province: "24"})
	require.NoError(t, err)
	records, err := a.Normalize(context.Background(), adapters.Raw{Body: message(t, name)})
	require.NoError(t, err)
	var found []schema.Record
	for _, rec := range records {
		if rec.Kind == kind {
			found = append(found, rec)
		}
	}
	require.Len(t, found, 1)
	return found[0]
}

func TestApplicationAndResultOfABirth(t *testing.T) {
	t.Parallel()
	applied := one(t, "h1-push-birth", schema.KindCivilEvent)
	registered := one(t, "h3-result-birth", schema.KindCivilEvent)

	t.Run("are two records", func(t *testing.T) {
		require.NotEqual(t, applied.ID, registered.ID)
	})
	t.Run("share the numbers of their cases", func(t *testing.T) {
		shared := 0
		for _, a := range applied.Body.Keys() {
			for _, b := range registered.Body.Keys() {
				if a == b {
					shared++
				}
			}
		}
		require.Equal(t, 2, shared, "the dossier here and at the linked service")
	})
	t.Run("name the same people alike", func(t *testing.T) {
		names := func(rec schema.Record) map[string]string {
			out := map[string]string{}
			for _, m := range rec.Body.Mentions() {
				out[m.Role] = m.Name
			}
			return out
		}
		require.Empty(t, cmp.Diff(names(applied), names(registered)))
	})
	t.Run("agree on day, place and nationality", func(t *testing.T) {
		a, r := applied.Body.(*schema.CivilEvent), registered.Body.(*schema.CivilEvent)
		require.Equal(t, a.HappenedOn, r.HappenedOn)
		require.Equal(t, a.Place, r.Place)
		require.Equal(t, a.Subject.Nationality, r.Subject.Nationality)
		require.Equal(t, a.Authority, r.Authority)
	})
}

// The resolver may not take a woman's number for the father only because his record came first.
func TestParentsAreMentionedWithTheirSex(t *testing.T) {
	t.Parallel()
	sexes := map[string]schema.Sex{}
	for _, m := range one(t, "h3-result-birth", schema.KindCivilEvent).Body.Mentions() {
		sexes[m.Role] = m.Sex
	}
	require.Equal(t, map[string]schema.Sex{
		"child": schema.Male, "mother": schema.Female, "father": schema.Male, "requester": "",
	}, sexes)
}
