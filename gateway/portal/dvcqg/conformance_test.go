package dvcqg

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal/destinationtest"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/schema"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for _, shows := range []gateway.LookupMode{gateway.ShowsExistence, gateway.ShowsHeader, gateway.ShowsTrail} {
		t.Run("shows "+string(shows), func(t *testing.T) {
			t.Parallel()
			destinationtest.Run(t, conforming(t, shows))
		})
	}
	for name, change := range buses() {
		t.Run("through a bus, "+name, func(t *testing.T) {
			t.Parallel()
			destinationtest.Run(t, throughBus(t, change))
		})
	}
}

// throughBus is the portal behind a province's own bus, which logs in by itself and cannot be asked.
func throughBus(t *testing.T, change func(*Config)) destinationtest.Subject {
	s := conforming(t, gateway.ShowsExistence)
	s.New = func(t testing.TB, address string, timeout time.Duration, log *slog.Logger) gateway.Destination {
		cfg := config(address)
		change(&cfg)
		cfg.Username, cfg.Password, cfg.Timeout, cfg.Batch = "", "", timeout, 5
		return destination(t, cfg, Deps{Logger: log})
	}
	s.Class = func(*http.Request, []byte) destinationtest.Class { return destinationtest.Write }
	s.Expire = nil
	return s
}

func conforming(t *testing.T, shows gateway.LookupMode) destinationtest.Subject {
	return destinationtest.Subject{
		New: func(t testing.TB, address string, timeout time.Duration, log *slog.Logger) gateway.Destination {
			cfg := config(address)
			cfg.Lookup, cfg.Timeout, cfg.Batch = shows, timeout, 5
			return destination(t, cfg, Deps{Logger: log})
		},
		Far: func(t testing.TB) destinationtest.Far {
			p, err := simulator.New(simulator.Options{
				Accounts: map[string]string{"000.00.00.H05": "mat-khau-canary"}, Lookup: simulator.LookupMode(shows),
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.Close()) })
			return destinationtest.Far{Handler: p.Handler(), Effects: func(key string) int {
				d, ok := p.Dossier(key)
				if !ok {
					return 0
				}
				return 1 + d.Updates
			}}
		},
		Wanted: func(i, version int) gateway.Wanted {
			d := birth(t)
			d.Number = fmt.Sprintf("H05.31-251103-%04d", i)
			d.Applicant.Name = "Y Bhăm Niê" // which no list of family names would hide
			d.Note, d.Steps = fmt.Sprint("lần ", version), birthSteps(t)
			for n := range d.Steps {
				d.Steps[n].Dossier = d.Number
			}
			sealed, err := schema.SealBody(d)
			require.NoError(t, err)
			return gateway.Wanted{
				EntityID: uuid.MustParse(fmt.Sprintf("0190c3d2-0000-7000-8000-%012d", i)), Kind: schema.KindDossier,
				Key: d.Number, Revision: int64(version), Body: sealed.JSON,
			}
		},
		Canaries: []string{"Y Bhăm Niê", "027192004321", "0912000001", "hanh.nt@example.vn", "Trần Văn Bình", "H05.31-251103-0"},
		Class: func(r *http.Request, body []byte) destinationtest.Class {
			switch {
			case strings.HasSuffix(r.URL.Path, "mapi/login"):
				return destinationtest.Login
			case strings.Contains(string(body), serviceLookup):
				return destinationtest.Look
			}
			return destinationtest.Write
		},
		Expire: func(w http.ResponseWriter) { _, _ = io.WriteString(w, expired) },
		Refuse: func(w http.ResponseWriter, words string) {
			_, _ = io.WriteString(w, `{"error_code":-1,"message":`+strconv.Quote(words)+`}`)
		},
		Empty: gateway.Unknown,
	}
}
