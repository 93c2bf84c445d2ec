package dvcqg

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	d := birth(t)
	d.Steps = birthSteps(t)
	first := plan(t, d, gateway.Known{})
	hash, received, processing := first[0].HeaderHash, d.Steps[0].Key(), d.Steps[1].Key()
	other := schema.Hash(sha256.Sum256([]byte("another header")))
	both := []schema.StepKey{received, processing}

	for name, tc := range map[string]struct {
		known      gateway.Known
		operations []gateway.Operation
		steps      []schema.StepKey
	}{
		"nothing known": {gateway.Known{}, []gateway.Operation{gateway.OpCreate, gateway.OpSteps}, both},
		"there with another header": {
			gateway.Known{Exists: true, HeaderHash: other}, []gateway.Operation{gateway.OpUpdate, gateway.OpSteps}, both,
		},
		"there with a header that nobody saw": {
			gateway.Known{Exists: true, Steps: both}, []gateway.Operation{gateway.OpUpdate}, nil,
		},
		"there with this header, no steps": {
			gateway.Known{Exists: true, HeaderHash: hash}, []gateway.Operation{gateway.OpSteps}, both,
		},
		"one step known": {
			gateway.Known{Exists: true, HeaderHash: hash, Steps: both[:1]}, []gateway.Operation{gateway.OpSteps}, both[1:],
		},
		"an earlier step missing": {
			gateway.Known{Exists: true, HeaderHash: hash, Steps: both[1:]}, []gateway.Operation{gateway.OpSteps}, both[:1],
		},
		"everything there": {
			gateway.Known{Exists: true, HeaderHash: hash, Steps: both, TrailSeen: true}, nil, nil,
		},
		"more there than wanted": {
			gateway.Known{Exists: true, HeaderHash: hash, Steps: append([]schema.StepKey{"foreign"}, both...)}, nil, nil,
		},
		"steps known of what is gone": {
			gateway.Known{Steps: both}, []gateway.Operation{gateway.OpCreate}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := plan(t, d, tc.known)
			var operations []gateway.Operation
			var steps []schema.StepKey
			for _, c := range calls {
				operations = append(operations, c.Operation)
				steps = append(steps, c.Steps...)
				require.Equal(t, sampleKey, c.Key)
				if c.Operation == gateway.OpSteps {
					require.Len(t, c.Payload, len(c.Steps))
					require.Zero(t, c.HeaderHash)
				} else {
					require.Len(t, c.Payload, 1)
					require.Equal(t, hash, c.HeaderHash)
				}
			}
			require.Equal(t, tc.operations, operations)
			require.Equal(t, tc.steps, steps)
		})
	}
}

func TestPlanOrdersSteps(t *testing.T) {
	t.Parallel()
	d := birth(t)
	at := d.ReceivedAt
	one := func(status schema.Status, at schema.Time, words string) schema.DossierStep {
		return schema.DossierStep{Dossier: sampleKey, At: at, Status: status, Text: words, Officer: "Trần Văn Bình"}
	}
	d.Steps = []schema.DossierStep{
		one(schema.Returned, at.Add(time.Hour), "d"),
		one(schema.Completed, at.Add(time.Hour), "c"),
		one(schema.SupplementRequired, at.Add(time.Minute), "b"),
		one(schema.SupplementRequired, at.Add(time.Minute), "b in other words"),
		one(schema.Received, at, "a"),
	}
	d.Steps[4].Dossier = "H05.31-251103-0007-CU" // as another system numbers the same dossier
	call := plan(t, d, gateway.Known{})[1]
	var words []string
	for i, p := range call.Payload {
		var s step
		require.NoError(t, json.Unmarshal(p, &s))
		require.EqualValues(t, sampleKey, s.MaHoSo)
		require.Equal(t, schema.StepKey(sampleKey+"/"+string(s.ThoiDiemXuLy)+"/"+string(s.TrangThai)), call.Steps[i])
		words = append(words, string(s.NoiDungXuLy))
	}
	require.Equal(t, []string{"a", "b", "c", "d"}, words)
}

func TestPlanRefusesOtherKinds(t *testing.T) {
	t.Parallel()
	_, err := offline(t).Plan(gateway.Wanted{Kind: schema.KindPerson, Key: "x", Body: []byte(`{}`)}, gateway.Known{})
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	_, err = offline(t).Plan(gateway.Wanted{Kind: schema.KindDossier, Key: "x", Body: []byte(`{`)}, gateway.Known{})
	require.Equal(t, fault.Internal, fault.CodeOf(err))
}

// model is a portal that does what it is told.
type model struct {
	exists bool
	header schema.Hash
	steps  []schema.StepKey
}

func (m *model) apply(t *rapid.T, calls []gateway.PlannedCall) {
	for _, c := range calls {
		switch c.Operation {
		case gateway.OpCreate:
			require.False(t, m.exists, "created twice")
			m.exists, m.header = true, c.HeaderHash
		case gateway.OpUpdate:
			require.True(t, m.exists, "updated before it was created")
			m.header = c.HeaderHash
		case gateway.OpSteps:
			require.True(t, m.exists, "a step before the dossier")
			for _, k := range c.Steps {
				require.NotContains(t, m.steps, k, "a step twice")
				m.steps = append(m.steps, k)
			}
		}
	}
}

func (m *model) known() gateway.Known {
	return gateway.Known{Exists: m.exists, HeaderHash: m.header, Steps: slices.Clone(m.steps), TrailSeen: true}
}

// evolve changes a dossier as life does: new states, repeated and late steps, corrected texts.
func evolve(t *rapid.T, d *schema.Dossier, base schema.Time) {
	for range rapid.IntRange(0, 4).Draw(t, "new steps") {
		d.Steps = append(d.Steps, schema.DossierStep{
			Dossier: d.Number, Officer: "Trần Văn Bình",
			At:     base.Add(time.Minute * time.Duration(rapid.IntRange(0, 5).Draw(t, "minute"))),
			Status: rapid.SampledFrom(schema.Statuses()).Draw(t, "status"),
			Text:   rapid.SampledFrom([]string{"", "Tiếp nhận", "TIẾP NHẬN"}).Draw(t, "text"),
		})
	}
	d.Status = rapid.SampledFrom(schema.Statuses()).Draw(t, "header status")
	d.Note = rapid.SampledFrom([]string{"", "một", "hai"}).Draw(t, "note")
}

func TestPlanBringsThePortalThere(t *testing.T) {
	t.Parallel()
	base := destinationtest.When(t, "20251103080000")
	portal := offline(t)
	proto := birth(t)
	rapid.Check(t, func(t *rapid.T) {
		var m model
		d := *proto
		for range rapid.IntRange(1, 5).Draw(t, "revisions") {
			evolve(t, &d, base)
			sealed, err := schema.SealBody(&d)
			require.NoError(t, err)
			w := gateway.Wanted{Kind: schema.KindDossier, Key: d.Number, Body: sealed.JSON}
			calls, err := portal.Plan(w, m.known())
			require.NoError(t, err)
			again, err := portal.Plan(w, m.known())
			require.NoError(t, err)
			require.Equal(t, calls, again, "planning is pure")
			m.apply(t, calls)

			fresh, err := portal.Plan(w, gateway.Known{})
			require.NoError(t, err)
			require.Equal(t, fresh[0].HeaderHash, m.header, "the newest header is there")
			for i := range d.Steps {
				require.Contains(t, m.steps, d.Steps[i].Key(), "every step is there")
			}
			rest, err := portal.Plan(w, m.known())
			require.NoError(t, err)
			require.Empty(t, rest, "a second plan has nothing to do")
		}
	})
}

func TestPlanChunksLongTrails(t *testing.T) {
	t.Parallel()
	d := birth(t)
	for i := range 23 {
		s := birthSteps(t)[1]
		s.At = destinationtest.When(t, fmt.Sprintf("202511031015%02d", i))
		d.Steps = append([]schema.DossierStep{s}, d.Steps...) // youngest first: a source's order is not the trail's
	}
	calls := plan(t, d, gateway.Known{})
	require.Equal(t, gateway.OpCreate, calls[0].Operation)
	require.Len(t, calls, 4)
	var all []schema.StepKey
	for i, want := range []int{10, 10, 3} {
		require.Equal(t, gateway.OpSteps, calls[i+1].Operation)
		require.Len(t, calls[i+1].Steps, want)
		require.Len(t, calls[i+1].Payload, want)
		all = append(all, calls[i+1].Steps...)
	}
	require.True(t, slices.IsSorted(all), "in the order of the trail")
	known := gateway.Known{Exists: true, HeaderHash: calls[0].HeaderHash, Steps: calls[1].Steps}
	require.Equal(t, calls[2:], plan(t, d, known), "the rest after the first chunk was taken")
}
