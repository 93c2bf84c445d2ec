package main

import (
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

type opsDriftCmd struct {
	List   opsDriftListCmd   `cmd:"" default:"withargs" help:"List what differs, oldest first."`
	Repair opsDriftRepairCmd `cmd:"" help:"Repair one class, or take note of it. Shows what it would do; does it with --yes."`
}

// driftFilter narrows what differs.
type driftFilter struct {
	Commune     string `help:"Only what this commune received: agency code or name, as the list has it." placeholder:"CODE"`
	Destination string `help:"Only this destination." placeholder:"CODE"`
	Limit       int    `help:"Most dossiers." default:"100"`
}

type opsDriftListCmd struct {
	Class string `help:"Only this class: not_sent, sent_not_shown, shown_differently, portal_newer or foreign." placeholder:"CLASS"`
	driftFilter
	storeFlags
}

type opsDriftRepairCmd struct {
	Class  string `arg:"" help:"not_sent, sent_not_shown, shown_differently, portal_newer or foreign."`
	Accept bool   `help:"Send nothing: take note, until either side changes."`
	Yes    bool   `help:"Do it. Without, it is only shown."`
	driftFilter
	opsOrder
}

type opsAgreementCmd struct {
	By string `help:"commune, agency or procedure." default:"commune" enum:"commune,agency,procedure"`
	storeFlags
}

func driftClass(name string) (gateway.DriftClass, error) {
	class := gateway.DriftClass(name)
	if class == gateway.DriftNone || slices.Contains(gateway.DriftClasses(), class) {
		return class, nil
	}
	return "", fault.New(fault.Usage, "ops", "there is no class "+name+"; there are not_sent, sent_not_shown, shown_differently, portal_newer and foreign")
}

func (f driftFilter) query(class gateway.DriftClass) gateway.DriftQuery {
	return gateway.DriftQuery{Class: class, Commune: f.Commune, Destination: f.Destination, Limit: min(max(f.Limit, 1), 10_000)}
}

// Run lists.
func (c *opsDriftListCmd) Run(ctx context.Context, s *streams) error {
	class, err := driftClass(c.Class)
	if err != nil {
		return err
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		all, err := store.Drifts(ctx, c.query(class))
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(all)
		}
		if len(all) == 0 {
			return s.nothing("Chưa thấy hồ sơ nào hiển thị khác.", "Nothing was found to be shown otherwise.")
		}
		if err := printDrifts(s, all); err != nil || len(all) < c.query(class).Limit {
			return err
		}
		_, err = fmt.Fprintf(s.out, "Chỉ liệt kê %d hồ sơ lâu nhất; tổng số: ops agreement, liệt kê thêm: --limit. (Only the oldest %[1]d; ops agreement counts all, --limit lists more.)\n", len(all))
		return err
	})
}

func printDrifts(s *streams, all []gateway.Drift) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, d := range all {
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n",
			onClock(d.FoundAt), d.Destination, d.Class, d.Key, d.Commune, differenceWords(d.Difference)); err != nil {
			return err
		}
	}
	return w.Flush()
}

// differenceWords say what differs, steps by time and status.
func differenceWords(d gateway.Difference) string {
	var words []string
	if d.Absent {
		words = append(words, "không thấy trên cổng (not shown at all)")
	}
	if d.Header {
		words = append(words, "thông tin hồ sơ khác (header differs)")
	}
	if len(d.Lacks) > 0 {
		words = append(words, fmt.Sprintf("thiếu %d bước (steps lacking): %s", len(d.Lacks), d.Lacks[0]))
	}
	if len(d.Extra) > 0 {
		words = append(words, fmt.Sprintf("thừa %d bước (foreign steps): %s", len(d.Extra), d.Extra[0]))
	}
	return strings.Join(words, "; ")
}

// driftPlan is what a repair would do, or did.
type driftPlan struct {
	Class   gateway.DriftClass `json:"class"`
	Repair  string             `json:"repair"`
	Count   int                `json:"count"` // that the order is about, at most its limit
	Samples []gateway.Drift    `json:"samples,omitempty"`
	Done    *gateway.DriftDone `json:"done,omitempty"` // absent: it was only shown
}

// driftSamples is how many dossiers are shown before a repair.
const driftSamples = 20

// Run shows what a repair is about, and makes it with --yes.
func (c *opsDriftRepairCmd) Run(ctx context.Context, s *streams) error {
	class, err := driftClass(c.Class)
	if err != nil {
		return err
	}
	actor, err := c.who(s)
	if err != nil {
		return err
	}
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		plan := driftPlan{Class: class}
		vi, en := class.Repair()
		if plan.Repair = vi + " (" + en + ")"; c.Accept {
			plan.Repair = "ghi nhận, không gửi gì (take note, send nothing)"
		}
		q := c.query(class)
		limit := q.Limit
		if plan.Count, err = store.CountDrift(ctx, q, limit); err != nil {
			return err
		}
		q.Limit = min(limit, driftSamples)
		if plan.Samples, err = store.Drifts(ctx, q); err != nil {
			return err
		}
		if c.Yes {
			done, err := store.RepairDrift(ctx, gateway.DriftOrder{
				Class: class, Destination: c.Destination, Commune: c.Commune, Accept: c.Accept, Actor: actor, Reason: c.Reason, Limit: limit,
			})
			var wrong *fault.Error
			if errors.As(err, &wrong) && wrong.Code == fault.Invalid {
				return fault.New(fault.Usage, "ops", wrong.Msg)
			}
			if err != nil {
				return err
			}
			plan.Done, plan.Samples = &done, nil
		}
		return plan.print(s, c.JSON)
	})
}

func (p driftPlan) print(s *streams, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(s.out).Encode(p)
	}
	if p.Done != nil {
		_, err := fmt.Fprintf(s.out, "%s: đã xử lý %d (done)\n", p.Class, p.Done.Done)
		for _, why := range []struct{ code, words string }{
			{"data", "bị từ chối vì dữ liệu, nguồn phải sửa (refused for its data: the source corrects it)"},
			{"parked", "người vận hành đã để riêng (put aside by an operator)"},
			{"moving", "đang được gửi (on its way already)"},
			{gateway.WhySince, "đã gửi sau lần xem đó, chờ lần xem tới (sent since that look: the next look tells)"},
			{gateway.WhyForeign, "hệ thống khác ghi, Liên Thông không gửi (another system writes it, we send nothing)"},
			{gateway.WhyLook, "phải xem lại trước, hệ thống tự làm (looked at first, by itself)"},
		} {
			if n := p.Done.Left[why.code]; n > 0 && err == nil {
				_, err = fmt.Fprintf(s.out, "  bỏ qua %d (left): %s\n", n, why.words)
			}
		}
		return err
	}
	if _, err := fmt.Fprintf(s.out, "%s: %d hồ sơ (dossiers)\n%s\n", p.Class, p.Count, p.Repair); err != nil {
		return err
	}
	if err := printDrifts(s, p.Samples); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, "Chưa làm gì; thêm --yes để thực hiện. (Nothing was done; add --yes.)")
	return err
}

// Run lists how far we agree.
func (c *opsAgreementCmd) Run(ctx context.Context, s *streams) error {
	return c.open(ctx, s, func(_ config.Config, store *postgres.Store) error {
		lines, err := store.Agreement(ctx, c.By)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(s.out).Encode(lines)
		}
		if len(lines) == 0 {
			return s.nothing("Chưa đối soát hồ sơ nào.", "Nothing was looked at yet.")
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		for _, l := range lines {
			code, oldest := l.Code, "-"
			if code == "" {
				code = "(không rõ)"
			}
			if l.OldestLook != nil {
				oldest = onClock(*l.OldestLook)
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\t%.2f %%\t%d looked at\t%d differ\toldest look %s\n",
				l.Destination, code, 100*l.Rate, l.Looked, l.Differing, oldest); err != nil {
				return err
			}
		}
		return w.Flush()
	})
}
