package gateway

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/schema"
)

func TestOwner(t *testing.T) {
	t.Parallel()
	rule := func(agency, procedure string, from time.Time, owner Owner) OwnerRule {
		return OwnerRule{Scope: Scope{Destination: "dvcqg", Agency: agency, Procedure: procedure, From: from}, Owner: owner}
	}
	july := DayInVietnam(2026, time.July, 1)
	rules := newOwnerRules([]OwnerRule{
		rule("", "", time.Time{}, OwnerOneStop), rule("A", "", time.Time{}, OwnerMinistry), rule("", "P", july, OwnerGateway),
		rule("A", "P", time.Time{}, OwnerMinistry), rule("A", "P", july, OwnerGateway),
	})
	for name, tt := range map[string]struct {
		body string
		want Owner
	}{
		"no rule but the default":             {`{"procedure":{"code":"Q"},"receiving_agency":"B"}`, OwnerOneStop},
		"an agency":                           {`{"procedure":{"code":"Q"},"receiving_agency":"A"}`, OwnerMinistry},
		"a procedure from a day":              {`{"procedure":{"code":"P"},"receiving_agency":"B","received_at":"2026-07-01T00:00:00+07:00"}`, OwnerGateway},
		"the evening before":                  {`{"procedure":{"code":"P"},"receiving_agency":"B","received_at":"2026-06-30T23:59:59+07:00"}`, OwnerOneStop},
		"both, the latest day":                {`{"procedure":{"code":"P"},"receiving_agency":"A","received_at":"2026-07-02T08:00:00+07:00"}`, OwnerGateway},
		"both, before":                        {`{"procedure":{"code":"P"},"receiving_agency":"A","received_at":"2026-01-02T08:00:00+07:00"}`, OwnerMinistry},
		"never received: no day holds for it": {`{"procedure":{"code":"P"},"receiving_agency":"B"}`, OwnerOneStop},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, rules.owner(Wanted{Kind: schema.KindDossier, Body: []byte(tt.body)}))
		})
	}
	require.NotEqual(t, OwnerGateway, rules.owner(Wanted{Kind: schema.KindDossier, Gone: GoneWithdrawn}), "what has no body leaves for nobody")
	require.Equal(t, OwnerOneStop, rules.owner(Wanted{Kind: schema.KindLandParcel, Body: []byte(`{}`)}))
	require.Equal(t, OwnerGateway, newOwnerRules(nil).owner(Wanted{}))
}
