package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// program is the built program: exit codes and kills are those of a real process.
var program string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		if slices.Contains(os.Args, "--with-parent") {
			return 1 // a command that was called in this process started itself as its child
		}
		dir, err := os.MkdirTemp("", "lienthong-test-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		program = filepath.Join(dir, "lienthong")
		if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// call runs the program in this process.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, bytes.NewReader(nil), &out, &errs, os.Getenv)
	return code, out.String(), errs.String()
}

func TestUsage(t *testing.T) {
	t.Run("help names every command and exits with 0", func(t *testing.T) {
		code, out, _ := call(t, "--help")
		require.Zero(t, code)
		for _, command := range []string{"demo", "dev", "serve", "work", "check", "keys create", "keys list", "keys revoke", "audit", "simulate portal", "migrate up", "migrate status", "doctor", "push", "renormalize", "simulate world", "units resolve", "keys allow", "adapters list", "adapters doc", "adapters normalize", "adapters new", "adapters test", "ops pause", "ops resume", "ops breakers", "ops breaker", "ops actions", "ops withdraw", "ops restore", "ops own", "ops disown", "ops ownership", "ops adopt", "ops adoptions", "ops site show", "ops site take", "ops restored", "ops observed", "ops journey", "ops morning", "ops doctor", "ops failures", "ops replay plan", "ops replay show", "ops replay list", "ops replay run", "ops replay pause", "ops replay resume", "ops replay cancel", "ops contacts import", "ops contacts list", "ops drift list", "ops drift repair", "ops agreement", "ops score", "ops release", "evidence show", "evidence drop", "evidence destroy", "calendar due", "journal verify", "journal receipt", "journal export", "journal redact", "journal keygen"} {
			require.Contains(t, out, command)
		}
	})

	t.Run("no command at all shows the help", func(t *testing.T) {
		code, out, _ := call(t)
		require.Zero(t, code)
		require.Contains(t, out, "Usage:")
	})

	t.Run("an unknown command is a usage error", func(t *testing.T) {
		code, _, errs := call(t, "dance")
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "dance")
	})

	for name, args := range map[string][]string{
		"no dossiers":                     {"demo", "--dossiers", "0"},
		"resume without a folder":         {"demo", "--resume"},
		"resume of nothing":               {"demo", "--resume", "--data-dir", filepath.Join(t.TempDir(), "none")},
		"a portal without its log":        {"demo", "--portal-url", "http://127.0.0.1:1/"},
		"a configuration that is missing": {"serve", "--config", filepath.Join(t.TempDir(), "none.yaml")},
		"a database URL that is none":     {"migrate", "up", "--database-url", "nonsense"},
	} {
		t.Run(name+" is a usage error", func(t *testing.T) {
			code, _, errs := call(t, args...)
			require.Equal(t, exitCodes[fault.Usage], code, errs)
		})
	}

	t.Run("a portal on another machine is refused unless allowed", func(t *testing.T) {
		code, _, errs := call(t, "demo", "--portal-url", "http://203.0.113.7/x", "--portal-log", "x.jsonl")
		require.NotZero(t, code)
		require.Contains(t, errs, "not on this machine")
	})

	t.Run("every fault code has an exit code", func(t *testing.T) {
		for _, code := range fault.Codes() {
			require.NotZero(t, exitCodes[code], code)
		}
	})
}
