package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/portal/simulator"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// patient is what a doctor is called to.
type patient struct {
	dir, file     string
	calls         *int // of the portal
	database      string
	key, password string // files
}

const patientCanary = "079190000123"

// newPatient writes a configuration over a database and a portal that answers.
func newPatient(t *testing.T, database string) patient {
	t.Helper()
	portal, err := simulator.New(simulator.Options{Lookup: simulator.ShowTrail})
	require.NoError(t, err)
	p := patient{dir: filepath.Join(t.TempDir(), "nguyen-canary"), calls: new(int), database: database}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*p.calls++
		portal.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, portal.Close())
	})
	require.NoError(t, os.Mkdir(p.dir, 0o700))
	p.file, p.key, p.password = filepath.Join(p.dir, "gateway.yaml"), filepath.Join(p.dir, "key"), filepath.Join(p.dir, "password")
	require.NoError(t, os.WriteFile(p.key, []byte("lt_key_of_a_source_canary"), 0o600))
	require.NoError(t, os.WriteFile(p.password, []byte("mat-khau-canary"), 0o600))
	p.configure(t, server.URL)
	return p
}

func (p patient) configure(t *testing.T, portal string) {
	t.Helper()
	require.NoError(t, os.WriteFile(p.file, fmt.Appendf(nil, `
database_url: %q
data_dir: "%s/data"
province: "24"
sources: [{code: motcua, adapter: onestop, key_file: %q}]
destinations:
  - {code: dvcqg, kind: dvcqg, url: "%s/VXPAdapter/RestService/forward", agency: 000.00.00.H05, username: nguyen-canary, password_file: %q, lookup: trail}
`, p.database, p.dir, p.key, portal, p.password), 0o600))
}

// examined calls the doctor and returns what it finds by name.
func (p patient) examined(t *testing.T, args ...string) (code int, status string, checks map[string]httpapi.HealthCheck) {
	t.Helper()
	code, out, errs := call(t, append([]string{"doctor", "--config", p.file, "--loopback", "--json"}, args...)...)
	var h httpapi.Health
	require.NoError(t, json.Unmarshal([]byte(out), &h), "%s%s", out, errs)
	checks = map[string]httpapi.HealthCheck{}
	for name, found := range h.Checks {
		require.Len(t, found, 1)
		checks[name] = found[0]
	}
	return code, h.Status, checks
}

func TestDoctorOfAHealthyNode(t *testing.T) {
	t.Parallel()
	p := newPatient(t, "embedded") // durable, as the tests' own database is not
	code, out, errs := call(t, "doctor", "--config", p.file, "--loopback")
	require.Zero(t, code, "%s%s", out, errs)
	require.Contains(t, out, "pass  destination:dvcqg:login")
	require.Contains(t, out, "pass  postgres:fsync")
	require.Contains(t, out, "warn  sequencer:leader", "nobody serves")
	require.Contains(t, out, "warn  journal:key", "nothing signs")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Regexp(t, `^0 fail, [23] warn, \d+ pass$`, lines[len(lines)-1]) // the disk may be nearly full
	require.NotContains(t, out, "canary")
}

func TestDoctorOfASickNode(t *testing.T) {
	t.Parallel()
	p := newPatient(t, pgtest.URL(t))
	p.sicken(t)
	bundle := filepath.Join(t.TempDir(), "bundle.tar.gz")
	code, status, checks := p.examined(t, "--bundle", bundle)
	require.Equal(t, 1, code)
	require.Equal(t, "fail", status)
	for name, want := range map[string]string{
		"postgres:connection": "pass", "postgres:writable": "pass", "postgres:version": "pass", "migrations:lienthong": "pass", "migrations:river": "pass",
		"migrations:pending": "pass", "clock:difference": "pass", "feed:lag": "pass", "reviews:open": "pass", "partitions:attempt": "pass",
		"postgres:fsync":                  "fail", // the tests' database is volatile, and the doctor says so
		"sequencer:leader":                "warn",
		"partitions:change:default":       "warn",
		"destination:dvcqg:parked":        "warn",
		"destination:dvcqg:backlog":       "warn",
		"destination:dvcqg:tcp":           "pass",
		"destination:dvcqg:login":         "pass",
		"destination:dvcqg:breaker":       "pass",
		"source:motcua:key_file":          "warn",
		"destination:dvcqg:password_file": "fail",
	} {
		require.Equal(t, want, checks[name].Status, name)
	}
	require.Equal(t, int64(3), checks["partitions:change:default"].ObservedValue)
	require.Contains(t, checks["source:motcua:key_file"].Output, "0644")

	t.Run("the bundle tells what was found, and nothing of a person", func(t *testing.T) {
		parts := unpack(t, bundle)
		require.Contains(t, parts["checks.json"], `"destination:dvcqg:parked"`)
		require.Contains(t, parts["config.yaml"], "lookup: trail")
		require.Contains(t, parts["backlog.json"], `"failed_data": 1`)
		require.Contains(t, parts["postgres.json"], `"fsync": "off"`)
		require.Contains(t, parts["migrations.json"], "create_record")
		require.Contains(t, parts["build.json"], "github.com/jackc/pgx/v5")
		for name, text := range parts {
			for _, secret := range []string{"canary", patientCanary, "mat-khau", "lt_key", "Hạnh"} {
				require.NotContains(t, text, secret, name)
			}
		}
		info, err := os.Stat(bundle)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	})
}

// sicken plants what the doctor is to find, and personal values wherever there is a text.
func (p patient) sicken(t *testing.T) {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), p.database)
	require.NoError(t, err)
	defer pool.Close()
	for _, sql := range []string{
		`INSERT INTO change (position, recorded_at, entity_id, entity_kind, entity_revision, type)
		 SELECT n, '1999-01-01', gen_random_uuid(), 'dossier', 1, 'x' FROM generate_series(1, 3) AS n`,
		`INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		 SELECT gen_random_uuid(), 'dossier', 1, decode(repeat('00', 32), 'hex'), '{"x":"Hạnh 079190000123"}', now(), now() - interval '1 day' FROM generate_series(1, 2)`,
		`INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, wanted_at, tries, due_at, shelf, cause, problem, created_at, updated_at)
		 SELECT 'dvcqg', id, '079190000123', 0, CASE row_number() OVER () WHEN 1 THEN 'failed_data' ELSE 'unknown' END, 1, now() - interval '1 day', 1, now(), 'source', 'canary', 'Hạnh', now(), now() FROM entity`,
		`INSERT INTO breaker (destination, operation, state, reason, node, updated_at) VALUES ('dvcqg', 'create', 'closed', 'canary', 'canary', now())`,
	} {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.NoError(t, os.Chmod(p.key, 0o644))
	require.NoError(t, os.Chmod(p.password, 0o666))
}

func unpack(t *testing.T, path string) map[string]string {
	t.Helper()
	packed, err := os.ReadFile(path)
	require.NoError(t, err)
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	require.NoError(t, err)
	parts := map[string]string{}
	for archive := tar.NewReader(zip); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return parts
		}
		require.NoError(t, err)
		data, err := io.ReadAll(archive)
		require.NoError(t, err)
		parts[strings.TrimPrefix(header.Name, "lienthong-doctor/")] = string(data)
	}
}

func TestDoctorAndDestinations(t *testing.T) {
	t.Parallel()
	t.Run("where a breaker stands open nothing is tried", func(t *testing.T) {
		p := newPatient(t, pgtest.URL(t))
		pool, err := pgxpool.New(context.Background(), p.database)
		require.NoError(t, err)
		defer pool.Close()
		_, err = pool.Exec(t.Context(), `INSERT INTO breaker (destination, operation, state, open_until, updated_at) VALUES ('dvcqg', 'create', 'open', now(), now())`)
		require.NoError(t, err)
		_, _, checks := p.examined(t)
		require.Equal(t, "warn", checks["destination:dvcqg:breaker"].Status)
		require.Equal(t, "create open", checks["destination:dvcqg:breaker"].Output)
		require.Equal(t, "warn", checks["destination:dvcqg:login"].Status)
		require.Zero(t, *p.calls)
	})
	t.Run("one that is away fails, one that refuses us too", func(t *testing.T) {
		p := newPatient(t, pgtest.URL(t))
		p.configure(t, "http://127.0.0.1:1")
		_, _, checks := p.examined(t)
		require.Equal(t, "fail", checks["destination:dvcqg:tcp"].Status)
		require.NotContains(t, checks, "destination:dvcqg:login")
		refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"error_code":-1,"message":"Tài khoản canary hoặc mật khẩu không đúng"}`)
		}))
		defer refusing.Close()
		p.configure(t, refusing.URL)
		_, _, checks = p.examined(t)
		require.Equal(t, "fail", checks["destination:dvcqg:login"].Status)
		require.NotContains(t, checks["destination:dvcqg:login"].Output, "canary")
	})
}

func TestDoctorWithoutADatabase(t *testing.T) {
	t.Parallel()
	t.Run("the rest is examined all the same", func(t *testing.T) {
		p := newPatient(t, "postgres://u:mat-khau-canary@127.0.0.1:1/d")
		code, status, checks := p.examined(t)
		require.Equal(t, 1, code)
		require.Equal(t, "fail", status)
		require.Equal(t, "fail", checks["postgres:connection"].Status)
		require.Equal(t, "pass", checks["destination:dvcqg:login"].Status)
		require.Contains(t, checks, "disk:data_dir")
		require.NotContains(t, checks, "migrations:lienthong")
	})
	t.Run("an empty one lacks the schema", func(t *testing.T) {
		p := newPatient(t, pgtest.Empty(t))
		code, _, checks := p.examined(t)
		require.Equal(t, 1, code)
		require.Equal(t, "fail", checks["migrations:lienthong"].Status)
		require.Equal(t, "fail", checks["migrations:pending"].Status)
		require.Contains(t, checks["migrations:river"].Output, "migrate up")
	})
	t.Run("a configuration with mistakes is a usage error", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "x.yaml")
		require.NoError(t, os.WriteFile(file, []byte("nonsense: 1\n"), 0o600))
		code, _, errs := call(t, "doctor", "--config", file)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "nonsense")
	})
}
