package demo

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPlanOfChaos(t *testing.T) {
	draw := func(seed uint64, alone bool) []episode {
		return plan(rand.New(rand.NewPCG(seed, 0)), hazards(), 3*time.Minute, alone)
	}

	t.Run("the same seed makes the same schedule, another one another", func(t *testing.T) {
		type moment struct {
			name       string
			at, length time.Duration
			chance     uint64
		}
		moments := func(seed uint64) (all []moment) {
			for _, e := range draw(seed, false) {
				all = append(all, moment{e.name, e.at, e.length, e.draw.Uint64()})
			}
			return all
		}
		require.Equal(t, moments(7), moments(7))
		require.NotEqual(t, moments(7), moments(8))
	})

	t.Run("every hazard comes, in its time, and none meets itself", func(t *testing.T) {
		for seed := range uint64(20) {
			came, busy, together := map[string]int{}, map[string]time.Duration{}, 0
			var last time.Duration
			for _, e := range draw(seed, false) {
				came[e.name]++
				require.GreaterOrEqual(t, e.at, busy[e.slot()], e.name)
				require.LessOrEqual(t, e.at+e.length, 3*time.Minute)
				require.GreaterOrEqual(t, e.length, e.least)
				require.LessOrEqual(t, e.length, e.most)
				if e.at < last {
					together++
				}
				busy[e.slot()], last = e.at+e.length, max(last, e.at+e.length)
			}
			require.Len(t, came, len(hazards()))
			require.Greater(t, together, len(hazards()), "they mix")
		}
	})

	t.Run("alone, none begins before the one before has ended", func(t *testing.T) {
		var end time.Duration
		for _, e := range draw(1, true) {
			require.Greater(t, e.at, end, e.name)
			end = e.at + e.length
		}
	})

	t.Run("each name is one hazard, and only a look at the trail finds some", func(t *testing.T) {
		seen := map[string]bool{}
		for _, name := range Hazards() {
			require.False(t, seen[name], name)
			seen[name] = true
		}
		header, err := chooseHazards(nil, "header")
		require.NoError(t, err)
		require.Len(t, header, len(hazards())-2)
	})
}
