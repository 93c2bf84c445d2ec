package gateway_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

func TestDecideAgain(t *testing.T) {
	early, held, late := uuid.UUID{1}, uuid.UUID{2}, uuid.UUID{3}
	one, other := schema.Hash{1}, schema.Hash{2}
	for name, tt := range map[string]struct {
		held  gateway.Held
		again gateway.Reading
		hash  schema.Hash
		want  gateway.Verdict
	}{
		"nothing was made of it before":                   {gateway.Held{}, gateway.Reading{Submission: early, AdapterVersion: 2}, one, gateway.Accepted},
		"the same bytes say something else":               {gateway.Held{Revision: 3, Hash: one}, gateway.Reading{Submission: held, AdapterVersion: 2}, other, gateway.Accepted},
		"the same bytes say the same":                     {gateway.Held{Revision: 3, Hash: one}, gateway.Reading{Submission: held, AdapterVersion: 2}, one, gateway.Unchanged},
		"an older version never overwrites a newer one":   {gateway.Held{Revision: 3, Hash: one}, gateway.Reading{Submission: held, AdapterVersion: 0}, other, gateway.Superseded},
		"nor does it with later bytes":                    {gateway.Held{Revision: 3, Hash: one}, gateway.Reading{Submission: late, AdapterVersion: 0}, other, gateway.Superseded},
		"bytes that came before the held ones":            {gateway.Held{Revision: 3, Hash: one}, gateway.Reading{Submission: early, AdapterVersion: 2}, other, gateway.Superseded},
		"bytes that came later and were refused then":     {gateway.Held{Revision: 3, Hash: one}, gateway.Reading{Submission: late, AdapterVersion: 2}, other, gateway.Accepted},
		"bytes that came later and are old by the source": {gateway.Held{Revision: 3, Hash: one, EventTime: noon.AddDate(1, 0, 0)}, gateway.Reading{Submission: late, AdapterVersion: 2}, other, gateway.Superseded},
	} {
		t.Run(name, func(t *testing.T) {
			d := gateway.DecideAgain(tt.held, gateway.Reading{Submission: held, AdapterVersion: 1},
				gateway.Said{Kind: schema.KindDossier, Hash: tt.hash, EventTime: noon, At: noon}, tt.again, adapters.ByEventTime, gateway.RepeatWindow)
			require.Equal(t, tt.want, d.Verdict)
		})
	}
}
