package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

// writeBundle writes what a helper needs into one file that only its owner may
// read. Every part is made field by field of what is known to be harmless: no
// logs, no words of a destination, no record.
func writeBundle(path string, found examination) error {
	const op = "doctor.bundle"
	settings, err := redacted(found.config).YAML()
	if err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	parts := []struct {
		name string
		data any
	}{
		{"checks.json", httpapi.HealthOf(version(), found.Checks)},
		{"config.yaml", settings},
		{"build.json", buildOf()},
		{"postgres.json", standingOf(found.Standing)},
		{"migrations.json", found.steps},
		{"breakers.json", breakersOf(found.Breakers)},
		{"backlog.json", backlogOf(found.Backlog)},
		{"partitions.json", found.Partitions},
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	archive := tar.NewWriter(zip)
	now := time.Now().UTC()
	for _, p := range parts {
		data, plain := p.data.([]byte)
		if !plain {
			if data, err = json.MarshalIndent(p.data, "", "  "); err != nil {
				return fault.Wrap(err, fault.Internal, op)
			}
		}
		header := &tar.Header{Name: "lienthong-doctor/" + p.name, Mode: 0o600, Size: int64(len(data)), ModTime: now, Format: tar.FormatPAX}
		err = errors.Join(err, archive.WriteHeader(header))
		_, wrong := archive.Write(data)
		err = errors.Join(err, wrong)
	}
	if err = errors.Join(err, archive.Close(), zip.Close()); err != nil {
		return fault.Wrap(err, fault.Internal, op)
	}
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		return &fault.Error{Code: fault.Usage, Op: op, Msg: "the bundle cannot be written", Err: err}
	}
	return nil
}

const hidden = "xxxxx"

// redacted goes further than what check prints, which stays on the machine:
// names of users and of folders may be those of people.
func redacted(c config.Config) config.Config {
	c = c.Masked()
	if db, err := pgx.ParseConfig(c.DatabaseURL); c.DatabaseURL != config.Embedded {
		c.DatabaseURL = hidden
		if err == nil {
			c.DatabaseURL = "postgres://" + hidden + "@" + db.Host + "/" + db.Database
		}
	}
	c.DataDir = filepath.Base(c.DataDir)
	c.Sources = append([]config.Source(nil), c.Sources...)
	for i := range c.Sources {
		c.Sources[i].KeyFile = base(c.Sources[i].KeyFile)
	}
	c.Destinations = append([]config.Destination(nil), c.Destinations...)
	for i := range c.Destinations {
		d := &c.Destinations[i]
		d.PasswordFile, d.TokenFile, d.SecretFile = base(d.PasswordFile), base(d.TokenFile), base(d.SecretFile)
		if d.Username != "" {
			d.Username = hidden
		}
	}
	return c
}

func base(file string) string {
	if file == "" {
		return ""
	}
	return filepath.Base(file)
}

func buildOf() any {
	type module struct{ Path, Version string }
	build := struct {
		Version, Revision, Go, OS, Arch string
		CPUs                            int
		Modules                         []module
	}{version(), revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), nil}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			build.Modules = append(build.Modules, module{d.Path, d.Version})
		}
	}
	return build
}

func standingOf(st gateway.Standing) any {
	return map[string]any{
		"version": st.Version, "settings": st.Settings, "writable": st.Writable, "schema": st.Schema, "river_schema": st.RiverSchema, "leader": st.Leader,
	}
}

func breakersOf(rows []gateway.BreakerRow) any {
	all := make([]map[string]any, 0, len(rows))
	for _, b := range rows {
		all = append(all, map[string]any{
			"destination": b.Key.Destination, "operation": b.Key.Operation, "state": b.State, "forced": b.Forced,
			"open_for_s": int(b.OpenFor.Seconds()), "updated_at": b.UpdatedAt,
		})
	}
	return all
}

func backlogOf(all []gateway.Backlog) any {
	out := make([]map[string]any, 0, len(all))
	for _, b := range all {
		out = append(out, map[string]any{"destination": b.Destination, "counts": b.Counts, "oldest_s": int(b.Oldest.Seconds())})
	}
	return out
}
