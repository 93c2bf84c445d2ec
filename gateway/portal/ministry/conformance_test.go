package ministry

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
	destinationtest.Run(t, conforming(t))
}

func conforming(t *testing.T) destinationtest.Subject {
	files := openStore(t)
	return destinationtest.Subject{
		New: func(t testing.TB, address string, timeout time.Duration, log *slog.Logger) gateway.Destination {
			cfg := config(address)
			cfg.Timeout = timeout
			return destination(t, cfg, Deps{Logger: log})
		},
		Far: func(t testing.TB) destinationtest.Far {
			p, err := simulator.New(simulator.Options{
				Accounts: map[string]string{"may-khach": "bi-mat-canary"}, Ministry: simulator.Ministry{ExistsShowsID: true},
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.Close()) })
			return destinationtest.Far{Handler: p.Handler(), Effects: func(key string) int { return effects(p, key) }}
		},
		Wanted: func(i, version int) gateway.Wanted {
			d := birth(t, files.URL)
			d.Number = fmt.Sprintf("H05.31-260609-%04d", i)
			d.Applicant.Name = "Y Bhăm Niê" // which no list of family names would hide
			d.Steps = []schema.DossierStep{stepAt(t, "20260609083000", schema.Received)}
			if version > 1 { // no call changes a header, so that a change is a step and where the dossier stands
				d.Status = schema.InProgress
				d.Steps = append(d.Steps, stepAt(t, fmt.Sprintf("202606091%d0000", version), schema.InProgress))
			}
			for n := range d.Steps {
				d.Steps[n].Dossier = d.Number
			}
			w := destinationtest.Dossier(t, d)
			w.EntityID, w.Revision = uuid.MustParse(fmt.Sprintf("0190c3d2-0000-7000-8000-%012d", i)), int64(version)
			return w
		},
		Canaries: []string{"Y Bhăm Niê", "027192004321", "0912000001", "hanh.nt@example.vn", "H05.31-260609-0"},
		Class: func(r *http.Request, _ []byte) destinationtest.Class {
			switch service := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]; service {
			case "GetToken":
				return destinationtest.Login
			case "GetNextValue", "UploadFile":
				return destinationtest.Prepare
			}
			return destinationtest.Write
		},
		Expire: func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		Refuse: func(w http.ResponseWriter, words string) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"code":400,"message":`+strconv.Quote(words)+`}`)
		},
		Empty: gateway.Unknown,
	}
}

// effects counts what stands under one number of ours, whatever numbers the
// portal gave it: each dossier counts, and each change of where it stands.
func effects(p *simulator.Simulator, key string) (n int) {
	all, _ := p.Dossiers("", 1000)
	for _, one := range all {
		if d, ok := p.Dossier(one.Key); ok && strings.Contains(string(d.Record), strconv.Quote(key)) {
			n += max(1, len(d.States))
		}
	}
	return n
}
