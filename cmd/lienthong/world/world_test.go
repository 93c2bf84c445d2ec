package world_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/schema"
)

func TestWorld(t *testing.T) {
	options := world.Options{Seed: 3, Dossiers: 1200}

	t.Run("the same options give the same world", func(t *testing.T) {
		first, second := collect(options), collect(options)
		require.Empty(t, cmp.Diff(first.Truths, second.Truths))
		require.Len(t, second.Messages, len(first.Messages))
		for i := range first.Messages {
			require.Equal(t, first.Messages[i].Body, second.Messages[i].Body)
		}
	})

	t.Run("another seed gives another one", func(t *testing.T) {
		other := options
		other.Seed++
		require.NotEmpty(t, cmp.Diff(collect(options).Truths[:3], collect(other).Truths[:3]))
	})

	t.Run("a tenth is sent twice, three in a hundred are bad, some come late", func(t *testing.T) {
		w := collect(options)
		share := map[world.Class]float64{}
		for _, m := range w.Messages {
			share[m.Class] += 100 / float64(len(w.Messages))
		}
		require.InDelta(t, 9, share[world.Repeat], 3)
		require.InDelta(t, 3, share[world.Bad], 1)
		require.InDelta(t, 5, share[world.Late], 3)
		require.Greater(t, share[world.Doubtful], 0.0)
	})

	t.Run("every form is there", func(t *testing.T) {
		forms := map[string]bool{}
		for _, m := range collect(options).Messages {
			forms[m.Form] = true
		}
		for _, form := range []string{"P3", "P6", "H1", "H3", "L1", "L5", "L6", "L7", "B1"} {
			require.True(t, forms[form], form)
		}
	})

	t.Run("adapters take every message but the bad ones", func(t *testing.T) {
		named := map[string]string{world.OneStop: "onestop", world.Civil: "civil", world.Land: "land", world.Business: "business"}
		registry := all.Registry()
		normalise := map[string]adapters.Adapter{}
		for source, name := range named {
			spec, err := registry.Get(name)
			require.NoError(t, err)
			normalise[source], err = spec.New(adapters.Config{Province: "24"})
			require.NoError(t, err)
		}
		kinds := map[schema.Kind]int{}
		for _, m := range collect(options).Messages {
			records, err := normalise[m.Source].Normalize(context.Background(), adapters.Raw{Body: m.Body})
			for _, r := range records {
				kinds[r.Kind]++
			}
			if m.Class == world.Bad {
				require.Error(t, err, m.Form)
				continue
			}
			require.NoError(t, err, m.Form)
			require.NotEmpty(t, records, m.Form)
		}
		for _, k := range schema.Kinds() {
			if k != schema.KindPerson {
				require.Positive(t, kinds[k], k)
			}
		}
	})

	t.Run("every dossier has a truth whose last step is its status", func(t *testing.T) {
		w := collect(options)
		require.Len(t, w.Truths, options.Dossiers)
		for _, truth := range w.Truths {
			require.True(t, slices.IsSorted(stepTimes(truth)))
			require.Equal(t, truth.Order[len(truth.Order)-1], truth.Header["TrangThaiHoSo"])
		}
	})
}

func TestPoisonedTwins(t *testing.T) {
	plain := collect(world.Options{Seed: 4, Dossiers: 400})
	w := collect(world.Options{Seed: 4, Dossiers: 400, Poison: 200, Files: "http://127.0.0.1:9"})
	var twins int
	for _, truth := range w.Truths {
		require.Equal(t, truth.Poison, strings.HasPrefix(truth.Number, world.PoisonPrefix))
		if truth.Poison {
			twins++
			require.Equal(t, truth.Header["TrangThaiHoSo"], truth.Order[len(truth.Order)-1])
		}
	}
	require.Equal(t, 2, twins)
	require.Len(t, w.Truths, len(plain.Truths)+twins)
	for _, m := range w.Messages {
		require.NotContains(t, string(m.Body), "https://files.example.vn/f/", "papers have the address that was asked for")
	}
}

func stepTimes(truth world.Truth) []string {
	var times []string
	for _, s := range truth.Steps {
		times = append(times, s[:14])
	}
	return times
}

func collect(o world.Options) world.Block {
	var sum world.Block
	for b := range world.New(o).Blocks() {
		sum.Messages = append(sum.Messages, b.Messages...)
		sum.Truths = append(sum.Truths, b.Truths...)
	}
	return sum
}
