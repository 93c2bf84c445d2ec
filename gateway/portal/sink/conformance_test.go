package sink

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/schema"
)

const (
	sampleSecret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
	sinkPath     = "/sink/events"
)

// config is that of the tests: everything is on this machine, and invented.
func config(address string) Config {
	return Config{
		Code: "kho", URL: address + sinkPath, Receives: []schema.Kind{schema.KindLandParcel, schema.KindCivilEvent},
		Secret: sampleSecret, Batch: 5, Timeout: 5 * time.Second,
	}
}

// tokens gives another token each time it is asked.
func tokens() func() (portal.Secret, error) {
	var n atomic.Int64
	return func() (portal.Secret, error) { return portal.Secret(fmt.Sprint("canary-token-", n.Add(1))), nil }
}

func destination(t testing.TB, cfg Config, deps Deps) *Destination {
	t.Helper()
	d, err := New(cfg, deps)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// wanted is parcel i in a version of it.
func wanted(t testing.TB, i, version int) gateway.Wanted {
	t.Helper()
	sealed, err := schema.SealBody(&schema.LandParcel{
		Commune: "09190", OldCommune: "09187", Sheet: "12", Number: strconv.Itoa(100 + i), AreaM2: 80.5 + float64(version),
		Applicant: &schema.Person{
			FullName: "Y Bhăm Niê", Identifiers: []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}},
		},
	})
	require.NoError(t, err)
	id := uuid.MustParse(fmt.Sprintf("0190c3d2-0000-7000-8000-%012d", i))
	return gateway.Wanted{
		EntityID: id, Kind: schema.KindLandParcel, Key: gateway.EntityKey(schema.KindLandParcel, id), Revision: int64(version), Body: sealed.JSON,
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	t.Run("a store that keeps ids", func(t *testing.T) {
		t.Parallel()
		destinationtest.Run(t, conforming(t, gateway.ShowsNothing, simulator.Sink{Secret: sampleSecret}))
	})
	t.Run("a store that keeps ids and answers repeats with a conflict", func(t *testing.T) {
		t.Parallel()
		destinationtest.Run(t, conforming(t, gateway.ShowsNothing, simulator.Sink{Secret: sampleSecret, Conflict: true}))
	})
	t.Run("a store that keeps none and can be asked", func(t *testing.T) {
		t.Parallel()
		destinationtest.Run(t, conforming(t, gateway.ShowsExistence, simulator.Sink{Secret: sampleSecret, Forgetful: true}))
	})
}

func conforming(t *testing.T, shows gateway.LookupMode, far simulator.Sink) destinationtest.Subject {
	return destinationtest.Subject{
		New: func(t testing.TB, address string, timeout time.Duration, log *slog.Logger) gateway.Destination {
			cfg := config(address)
			cfg.Lookup, cfg.Timeout = shows, timeout
			return destination(t, cfg, Deps{Logger: log, Token: tokens()})
		},
		Far: func(t testing.TB) destinationtest.Far {
			p, err := simulator.New(simulator.Options{Sink: far})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.Close()) })
			return destinationtest.Far{Handler: p.Handler(), Effects: func(key string) int {
				e, _ := p.SinkEvent(key)
				return e.Effects
			}, Gone: func(key string) bool {
				e, _ := p.SinkEvent(key)
				return e.Gone
			}}
		},
		Wanted:   func(i, version int) gateway.Wanted { return wanted(t, i, version) },
		Canaries: []string{"Y Bhăm Niê", "027192004321"},
		Class: func(r *http.Request, _ []byte) destinationtest.Class {
			if r.Method == http.MethodGet {
				return destinationtest.Look
			}
			return destinationtest.Write
		},
		Expire: func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		Refuse: func(w http.ResponseWriter, words string) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = w.Write([]byte(`{"title":` + strconv.Quote(words) + `}`))
		},
		Empty: gateway.Delivered,
	}
}

func TestLogsShowNoSecret(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	cfg := config("http://127.0.0.1:1")
	slog.New(slog.NewJSONHandler(&text, nil)).Info("x", "config", cfg, "secret", cfg.Secret)
	require.NotContains(t, text.String(), "MDEy")
	require.NotContains(t, fmt.Sprintf("%+v %#v", cfg, cfg), "MDEy")
}
