package land_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/land"
)

// The linkage's envelopes carry a secret beside the data; the raw message has it, no record may.
func TestSecretsStayOutOfBodies(t *testing.T) {
	t.Parallel()
	a, err := land.New(adapters.Config{Province: "37"})
	require.NoError(t, err)
	const secret = "khoa-mau-01"
	for _, name := range []string{"cases/l6-notice", "cases/l7-payment"} {
		raw := message(t, name)
		require.Contains(t, string(raw.Body), secret)
		records, err := a.Normalize(context.Background(), raw)
		require.NoError(t, err)
		require.Len(t, records, 1)
		sealed, err := records[0].Seal()
		require.NoError(t, err)
		require.NotContains(t, string(sealed.JSON), secret)
	}
}
