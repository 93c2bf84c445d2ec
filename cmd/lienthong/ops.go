package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
	"github.com/lienthong/lienthong/internal/fault"
)

type opsCmd struct {
	Pause     opsPauseCmd     `cmd:"" help:"Stop every call to a destination, on all nodes within two seconds. What is due waits."`
	Resume    opsResumeCmd    `cmd:"" help:"Let a paused destination go on."`
	Breakers  opsBreakersCmd  `cmd:"" help:"List breakers and kill switches: how they stand, who forces them and why."`
	Breaker   opsBreakerCmd   `cmd:"" help:"Force one breaker open or closed, or leave it to itself again."`
	Withdraw  opsWithdrawCmd  `cmd:"" help:"Say that an entity does not stand any more, to feeds and destinations; of one destination alone, that it may not have it."`
	Restore   opsRestoreCmd   `cmd:"" help:"Take a withdrawal back."`
	Journey   opsJourneyCmd   `cmd:"" help:"Say of a dossier where the time went and whose fault it was, with everything that happened to it."`
	Morning   opsMorningCmd   `cmd:"" help:"Say in one paragraph what happened overnight, what is due and what must be done."`
	Doctor    opsDoctorCmd    `cmd:"" help:"Walk the way to a destination, hop by hop, and say whose fault it is in a text for its provider."`
	Drift     opsDriftCmd     `cmd:"" help:"What destinations show otherwise than we hold it, by class, and its repair."`
	Agreement opsAgreementCmd `cmd:"" help:"How far destinations and we agree, per commune, agency or procedure."`
	Score     opsScoreCmd     `cmd:"" help:"The national portal's indicators, computed from our own data per commune."`
	Release   opsReleaseCmd   `cmd:"" help:"Let a dossier go once that is kept back for the sake of the score."`
	Failures  opsFailuresCmd  `cmd:"" help:"Show what fails as causes: whose it is, how many, since when, what to do, whom to call."`
	Replay    opsReplayCmd    `cmd:"" help:"Send failed deliveries again, by a plan that is looked at first."`
	Contacts  opsContactsCmd  `cmd:"" help:"Who answers for agencies, communes, destinations and sources."`
	Own       opsOwnCmd       `cmd:"" help:"Say that we write something to a destination; what stood in shadow is looked at, and what differs is sent."`
	Disown    opsDisownCmd    `cmd:"" help:"Say that another system writes it: we plan and compare, and send nothing from two seconds on."`
	Ownership opsOwnershipCmd `cmd:"" help:"List who writes what, and how what we do not send compares with what is shown."`
	Adopt     opsAdoptCmd     `cmd:"" help:"Take what a destination shows for what was sent, without one write. The same command again goes on where it was cut."`
	Adoptions opsAdoptionsCmd `cmd:"" help:"List adoptions, newest first."`
	Site      opsSiteCmd      `cmd:"" help:"Which site sends."`
	Restored  opsRestoredCmd  `cmd:"" help:"Say that the database was restored from a backup, where no node can know."`
	Observed  opsObservedCmd  `cmd:"" help:"Let writes to a destination go without the looks that a restore asks for."`
	Actions   opsActionsCmd   `cmd:"" help:"List what operators did, newest first."`
}

// opsOrder is who gives an order, and why.
type opsOrder struct {
	Reason string `help:"Why. Kept for good, so without names of citizens." required:"" placeholder:"TEXT"`
	Actor  string `help:"Who says so; default the user of this session." placeholder:"NAME"`
	storeFlags
}

// opsTarget is a destination, or all of them.
type opsTarget struct {
	Destination string `arg:"" optional:"" help:"Code of the destination."`
	All         bool   `help:"Every destination, those to come included."`
	opsOrder
}

type opsPauseCmd struct{ opsTarget }

type opsResumeCmd struct{ opsTarget }

type opsBreakersCmd struct{ storeFlags }

type opsBreakerCmd struct {
	Destination string `arg:"" help:"Code of the destination."`
	Operation   string `arg:"" help:"create, update, steps or lookup; of the national portal also catalogue or status, of a ministry number, upload or status; of a sink retract." enum:"create,update,steps,lookup,catalogue,number,upload,status,retract"`
	State       string `arg:"" help:"open: no call. closed: every call, whatever happens. auto: left to itself. probe: the same, for one that is open by itself; it is probed at once." enum:"open,closed,auto,probe"`
	opsOrder
}

type opsActionsCmd struct {
	Limit int `help:"Most lines." default:"50"`
	storeFlags
}

// Run pauses.
func (c *opsPauseCmd) Run(ctx context.Context, s *streams) error {
	return c.toggle(ctx, s, gateway.BreakerOpen, "paused: no node starts a call from two seconds on; calls on their way end by themselves")
}

// Run lets go.
func (c *opsResumeCmd) Run(ctx context.Context, s *streams) error {
	return c.toggle(ctx, s, "", "resumed")
}

func (c *opsTarget) toggle(ctx context.Context, s *streams, state gateway.BreakerState, done string) error {
	code, named := c.Destination, c.Destination
	switch {
	case c.All && code != "":
		return fault.New(fault.Usage, "ops", "either a destination or --all")
	case c.All:
		code, named = gateway.EveryDestination, "every destination"
	case code == "":
		return fault.New(fault.Usage, "ops", "a destination or --all is needed")
	}
	return c.give(ctx, s, gateway.Order{Key: gateway.SwitchKey(code), State: state}, named+" is "+done)
}

// Run forces one breaker.
func (c *opsBreakerCmd) Run(ctx context.Context, s *streams) error {
	o := gateway.Order{Key: gateway.BreakerKey{Destination: c.Destination, Operation: gateway.Operation(c.Operation)}}
	done := "left to itself"
	switch c.State {
	case "auto":
	case "probe":
		done = "left to itself; where it stands open, the next call or the prober tries within seconds"
	default:
		o.State, done = gateway.BreakerState(c.State), "forced "+c.State
	}
	return c.give(ctx, s, o, fmt.Sprintf("the breaker of %s at %s is %s", c.Operation, c.Destination, done))
}

// give gives an order about a destination that there is: a misspelt one would stop nothing, and say so to nobody.
func (c *opsOrder) give(ctx context.Context, s *streams, o gateway.Order, done string) error {
	var err error
	o.Reason = c.Reason
	if o.Actor, err = c.who(s); err != nil {
		return err
	}
	return c.open(ctx, s, func(settings config.Config, store *postgres.Store) error {
		if err := c.known(ctx, settings, store, o.Key.Destination); err != nil {
			return err
		}
		obeyed, err := store.OrderBreaker(ctx, o)
		var wrong *fault.Error
		if errors.As(err, &wrong) && wrong.Code == fault.Invalid {
			return fault.New(fault.Usage, "ops", wrong.Msg)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(struct {
				breakerStanding
				Changed bool `json:"changed"`
			}{standingOfBreaker(obeyed.Row), obeyed.Changed})
		}
		if !obeyed.Changed {
			done = stoodWords(obeyed.Row, done)
		}
		if _, err = fmt.Fprintln(s.out, done); err != nil || o.State != "" || o.Key.Operation != gateway.OpAll {
			return err
		}
		return sayPaused(ctx, s, store, o.Key.Destination)
	})
}

// sayPaused says which other pause still holds what was resumed.
func sayPaused(ctx context.Context, s *streams, store *postgres.Store, resumed string) error {
	rows, err := store.Breakers(ctx)
	if err != nil {
		return err
	}
	for _, told := range gateway.TellBreakers(rows) {
		concerns := resumed == gateway.EveryDestination || told.Destination == gateway.EveryDestination
		if !concerns || told.Operation != string(gateway.OpAll) || told.Forced == "" {
			continue
		}
		if _, err := fmt.Fprintf(s.out, "Vẫn đang tạm dừng / still paused: %s, %s, %s: %s\n", told.Destination, onClockText(told.UpdatedAt), told.By, told.For); err != nil {
			return err
		}
	}
	return nil
}

// stood is said of an order that changes nothing: somebody was faster, and theirs is the one effect.
const stood = "đã như vậy rồi, không làm gì thêm (nothing to do, it stood like that already)"

// stoodWords names whose order stands.
func stoodWords(row gateway.BreakerRow, done string) string {
	if told := gateway.TellBreaker(row); told.By != "" {
		done = fmt.Sprintf("%s, %s, %s: %s", done, onClockText(told.UpdatedAt), told.By, told.For)
	}
	return stood + "; " + done
}

// who returns who gives the order.
func (c *opsOrder) who(s *streams) (string, error) {
	actor := cmp.Or(c.Actor, s.getenv("SUDO_USER"), s.getenv("USER"), s.getenv("LOGNAME"))
	if actor == "" {
		return "", fault.New(fault.Usage, "ops", "--actor is needed: the session does not say whose it is")
	}
	return actor, nil
}

func (c *opsOrder) known(ctx context.Context, settings config.Config, store *postgres.Store, code string) error {
	if code == gateway.EveryDestination {
		return nil
	}
	if c.Config != "" {
		codes := make([]string, len(settings.Destinations))
		for i, d := range settings.Destinations {
			codes[i] = d.Code
		}
		if !slices.Contains(codes, code) {
			return fault.New(fault.Usage, "ops", "the configuration has no destination "+code+"; it has "+strings.Join(codes, ", "))
		}
		return nil
	}
	worked, err := store.WorkedFor(ctx, code)
	if err == nil && !worked {
		return fault.New(fault.NotFound, "ops", "nothing was ever sent to a destination "+code+"; with --config its name is enough")
	}
	return err
}

// breakerStanding is a breaker or a kill switch as it is printed.
type breakerStanding struct{ gateway.ToldBreaker }

func standingOfBreaker(row gateway.BreakerRow) breakerStanding {
	return breakerStanding{gateway.TellBreaker(row)}
}

// words say how a breaker stands, and why.
func (b breakerStanding) words() (state, why string) {
	forced := fmt.Sprintf("%s: %s", b.By, b.For)
	switch {
	case b.Operation == string(gateway.OpAll) && b.Forced != "":
		return "PAUSED", forced
	case b.Forced != "":
		return "forced " + b.Forced, forced
	case b.Operation == string(gateway.OpAll):
		return fmt.Sprintf("it asked to wait %d s", b.OpenForS), b.Reason
	case b.State == string(gateway.BreakerOpen):
		return fmt.Sprintf("open for %d s", b.OpenForS), b.Reason
	case b.State == string(gateway.BreakerClosed) && b.Ramp == 0:
		return "closed, one canary first", b.Reason
	case b.State == string(gateway.BreakerClosed) && b.Ramp < 100:
		return fmt.Sprintf("closed, %d %% of the calls", b.Ramp), b.Reason
	}
	return strings.ReplaceAll(b.State, "_", " "), b.Reason
}

// Run lists breakers. One that has no row was never anything but closed.
func (c *opsBreakersCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		rows, err := store.Breakers(ctx)
		if err != nil {
			return err
		}
		all := []breakerStanding{}
		for _, told := range gateway.TellBreakers(rows) {
			all = append(all, breakerStanding{told})
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(all)
		}
		if len(all) == 0 {
			return s.nothing("Chưa có cầu dao nào mở.", "No breaker was ever open.")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, b := range all {
			state, why := b.words()
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", b.Destination, b.Operation, state, onClockText(b.UpdatedAt), why); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// Run lists actions.
func (c *opsActionsCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		all, err := store.OperatorActions(ctx, min(max(c.Limit, 1), 10_000))
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(all)
		}
		if len(all) == 0 {
			return s.nothing("Chưa ai ra lệnh gì.", "Nobody gave an order yet.")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, a := range all {
			about := string(a.Operation)
			if a.EntityID != nil {
				about = a.EntityID.String()
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", onClock(a.At), a.Actor, a.Action, a.Destination, about, a.Reason); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}

// nothing says that a list is empty.
func (s *streams) nothing(vietnamese, english string) error {
	_, err := fmt.Fprintf(s.out, "%s / %s\n", vietnamese, english)
	return err
}
