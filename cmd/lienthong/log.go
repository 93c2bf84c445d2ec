package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"golang.org/x/term"

	"github.com/lienthong/lienthong/gateway/telemetry"
)

// logKey is the key of record_ref. Processes that share it call a record alike;
// without it each process has a key of its own.
const logKey = "LIENTHONG_LOG_KEY"

// newLogger writes text to a terminal and JSON to everything else, both
// through the gate that keeps personal data out.
func newLogger(w io.Writer, getenv func(string) string) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if getenv("LIENTHONG_LOG_LEVEL") == "debug" {
		options.Level = slog.LevelDebug
	}
	o := telemetry.LogOptions{Key: []byte(getenv(logKey))}
	if isTerminal(w) {
		return slog.New(telemetry.NewHandler(slog.NewTextHandler(w, options), o))
	}
	o.Service, o.Version = service, version()
	return slog.New(telemetry.NewHandler(slog.NewJSONHandler(w, options), o))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// version returns what the build knows of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "development"
	}
	return info.Main.Version
}

// Run prints the version.
func (*versionCmd) Run(s *streams) error {
	_, err := fmt.Fprintln(s.out, "lienthong", version())
	return err
}
