// Command lienthong is Liên Thông: a gateway between the registers of a
// Vietnamese province and the national public-service portal.
//
//	lienthong demo         the main job, end to end, with proof
//	lienthong dev          the demo's world kept alive, to develop against
//	lienthong serve        the API; with --work also the workers
//	lienthong work         the workers alone
//	lienthong check        the effective configuration, or what is wrong with it
//	lienthong doctor       how this node stands
//	lienthong ops          pause and resume destinations, see and force breakers
//	lienthong keys         the API keys of sources and readers
//	lienthong push         files to a running API, or with --bulk into its database
//	lienthong renormalize  stored messages, read again by a changed adapter
//	lienthong adapters     what adapters there are, what they make of a message, new ones by mapping
//	lienthong evidence     what was sent to destinations
//	lienthong journal      the tamper-evident journal: verify, receipts, keys
//	lienthong calendar     legal due times
//	lienthong units        administrative units in addresses
//	lienthong audit        the independent checker alone
//	lienthong simulate     a portal, or a province's messages, to try things against
//	lienthong migrate      the database schema
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/lienthong/lienthong/internal/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// streams are what a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// errSilent ends a command that has already said what is wrong.
var errSilent = errors.New("")

// run is the program: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("lienthong"),
		kong.Description("Liên Thông passes data between a province's registers and the national public-service portal, so that nobody types it twice."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.UsageOnError(),
	)
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "lienthong:", err)
		return 1
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // help or version
		return exit
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, "lienthong:", err)
		return exitCodes[fault.Usage]
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return exitCode(parsed.Run(&streams{in: stdin, out: stdout, err: stderr, getenv: getenv}), stderr)
}

// exitCodes maps what went wrong to the program's exit code.
var exitCodes = map[fault.Code]int{
	fault.Internal: 1, fault.Usage: 2, fault.Invalid: 3, fault.Malformed: 3, fault.UnknownForm: 3, fault.TooLarge: 3,
	fault.UnsupportedMedia: 3, fault.CursorInvalid: 3, fault.CursorExpired: 3, fault.NotFound: 4, fault.Unauthorized: 5,
	fault.Forbidden: 5, fault.Conflict: 6, fault.KeyReused: 6, fault.InProgress: 6, fault.Throttled: 7, fault.Unavailable: 7,
}

func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if !errors.Is(err, errSilent) {
		_, _ = fmt.Fprintln(stderr, "lienthong:", err)
	}
	if code, ok := exitCodes[fault.CodeOf(err)]; ok {
		return code
	}
	return 1
}
