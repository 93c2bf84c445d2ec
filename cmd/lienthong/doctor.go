package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/migrations"
)

type doctorCmd struct {
	Config   string `help:"Configuration file." required:"" type:"path" placeholder:"FILE"`
	JSON     bool   `help:"Print as JSON." name:"json"`
	Bundle   string `help:"Also write what a helper needs to this file (tar.gz), without secrets and without data of records." type:"path" placeholder:"FILE"`
	Loopback bool   `help:"Refuse destinations that are not on this machine." hidden:""`
}

// errSick ends a doctor who found what fails; the checks have been printed.
var errSick = &fault.Error{Code: fault.Internal, Op: "doctor", Err: errSilent}

// doctorTime bounds the questions to the database.
const doctorTime = 30 * time.Second

// examination is all that the doctor found.
type examination struct {
	telemetry.Diagnosis
	config config.Config
	steps  []migrations.Step
}

// Run examines this node: what /readyz checks, and what takes longer to find
// out. It writes nothing to a destination and nothing to the database; only a
// private PostgreSQL is opened as a node opens it, which brings its schema up to date.
func (c *doctorCmd) Run(ctx context.Context, s *streams) (err error) {
	settings, err := loadConfig(c.Config, s)
	if err != nil {
		return err
	}
	found, err := c.examine(ctx, settings, s)
	if err != nil {
		return err
	}
	if c.Bundle != "" {
		if err := writeBundle(c.Bundle, found); err != nil {
			return err
		}
	}
	if err := c.print(s.out, found.Checks); err != nil {
		return err
	}
	if gateway.Worst(found.Checks) == gateway.CheckFail {
		return errSick
	}
	return nil
}

func (c *doctorCmd) examine(ctx context.Context, settings config.Config, s *streams) (found examination, err error) {
	found.config = settings
	url := settings.DatabaseURL
	if url == config.Embedded { // adopted where a node runs it, else started for the time of the examination
		db, err := openDatabase(ctx, settings, s)
		if err != nil {
			found.Checks = append(found.Checks, gateway.Check{
				Name: "postgres:connection", Component: "datastore", Status: gateway.CheckFail, Output: "the private PostgreSQL does not start", At: time.Now(),
			})
			return found.beside(ctx, c, s)
		}
		defer func() { err = errors.Join(err, db.Close(ctx)) }()
		url = db.URL()
	}
	pool, err := openPool(ctx, url, "doctor")
	if err != nil {
		return found, err
	}
	defer pool.Close()
	store := postgres.New(pool)
	options, err := examinerOptions(store, settings)
	if err != nil {
		return found, err
	}
	asking, cancel := context.WithTimeout(ctx, doctorTime)
	defer cancel()
	found.Diagnosis = telemetry.NewExaminer(options).Diagnose(asking, store)
	if !found.Standing.Clock.IsZero() {
		found.migrations(asking, url)
		found.Checks = append(found.Checks, journalChecks(asking, store, settings)...)
	}
	return found.beside(ctx, c, s)
}

// migrations counts what is missing; the versions alone do not show a gap.
func (f *examination) migrations(ctx context.Context, url string) {
	check := gateway.Check{Name: "migrations:pending", Component: "datastore", Status: gateway.CheckPass, Unit: "migrations", At: time.Now()}
	var err error
	if f.steps, err = migrations.Status(ctx, url); err != nil {
		check.Status, check.Output = gateway.CheckFail, "the list of migrations cannot be read"
	}
	for _, step := range f.steps {
		if !step.Applied {
			check.Observed++
			check.Status, check.Output = gateway.CheckFail, "run lienthong migrate up"
		}
	}
	f.Checks = append(f.Checks, check)
}

// beside examines what is not the database.
func (f examination) beside(ctx context.Context, c *doctorCmd, s *streams) (examination, error) {
	f.Checks = append(f.Checks, diskCheck(f.config.DataDir))
	f.Checks = append(f.Checks, secretChecks(f.config)...)
	destinations, _, err := newDestinations(f.config, nodeOptions{loopback: c.Loopback}, newLogger(quiet{}, s.getenv), s.getenv)
	if err != nil {
		return f, err
	}
	for i, d := range destinations {
		f.Checks = append(f.Checks, reachChecks(ctx, d, f.config.Destinations[i].URL, f.Breakers)...)
	}
	return f, nil
}

func (c *doctorCmd) print(out io.Writer, checks []gateway.Check) error {
	if c.JSON {
		return json.NewEncoder(out).Encode(httpapi.HealthOf(version(), checks))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, check := range checks {
		observed := ""
		if check.Unit != "" {
			observed = fmt.Sprintf("%d %s", check.Observed, check.Unit)
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", check.Status, check.Name, observed, check.Output); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, summary(checks))
	return err
}

// summary is the last line: how many of each, worst first.
func summary(checks []gateway.Check) string {
	count := func(status gateway.CheckStatus) (n int) {
		for _, c := range checks {
			if c.Status == status {
				n++
			}
		}
		return n
	}
	return fmt.Sprintf("%d fail, %d warn, %d pass", count(gateway.CheckFail), count(gateway.CheckWarn), count(gateway.CheckPass))
}

// secretChecks look at who may read the files that hold keys and passwords.
func secretChecks(c config.Config) []gateway.Check {
	files := map[string]string{}
	if c.JournalKeyFile != "" {
		files["journal_key_file"] = c.JournalKeyFile
	}
	for _, s := range c.Sources {
		if s.KeyFile != "" {
			files["source:"+s.Code+":key_file"] = s.KeyFile
		}
	}
	for _, d := range c.Destinations {
		if d.PasswordFile != "" {
			files["destination:"+d.Code+":password_file"] = d.PasswordFile
		}
		if d.TokenFile != "" {
			files["destination:"+d.Code+":token_file"] = d.TokenFile
		}
		if d.SecretFile != "" {
			files["destination:"+d.Code+":secret_file"] = d.SecretFile
		}
	}
	var checks []gateway.Check
	for name, file := range files {
		check := gateway.Check{Name: name, Component: "system", Status: gateway.CheckPass, At: time.Now()}
		info, err := os.Stat(file)
		switch {
		case err != nil:
			check.Status, check.Output = gateway.CheckFail, "the file cannot be read"
		case info.Mode().Perm()&0o022 != 0:
			check.Status, check.Output = gateway.CheckFail, fmt.Sprintf("others may write it (%04o): chmod 600", info.Mode().Perm())
		case info.Mode().Perm()&0o044 != 0:
			check.Status, check.Output = gateway.CheckWarn, fmt.Sprintf("others may read it (%04o): chmod 600", info.Mode().Perm())
		}
		checks = append(checks, check)
	}
	slices.SortFunc(checks, func(a, b gateway.Check) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return checks
}
