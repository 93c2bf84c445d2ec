package telemetry_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/internal/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, pgtest.IgnoreServer()) }

// canary stands for a personal number, and name for whoever has it.
const (
	canary = "079190000123"
	name   = "Nguyễn Thị Hạnh Canary"
)

// series gathers what a scrape shows as "name{label=value,…}" → value; of a histogram the count.
func series(t testing.TB, o *telemetry.Observer) map[string]float64 {
	t.Helper()
	families, err := o.Registry().Gather()
	require.NoError(t, err)
	all := map[string]float64{}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "lienthong_") {
			continue
		}
		for _, m := range f.GetMetric() {
			all[f.GetName()+labels(m)] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return all
}

func labels(m *dto.Metric) string {
	var words []string
	for _, l := range m.GetLabel() {
		words = append(words, l.GetName()+"="+l.GetValue())
	}
	if words == nil {
		return ""
	}
	return "{" + strings.Join(words, ",") + "}"
}

func id(t testing.TB) uuid.UUID {
	t.Helper()
	u, err := uuid.NewV7()
	require.NoError(t, err)
	return u
}

// pushed is one unit of one message with its records' verdicts, and the store's answer to it.
func pushed(t testing.TB, sub gateway.Submission, verdicts ...gateway.RecordResult) (gateway.Unit, gateway.UnitOutcome) {
	t.Helper()
	sub.ID = id(t)
	return gateway.Unit{Submissions: []gateway.Submission{sub}},
		gateway.UnitOutcome{Answer: gateway.Answer{Results: []gateway.MessageResult{{SubmissionID: sub.ID, Records: verdicts}}}}
}

func formatted(x any) string { return fmt.Sprintf("%v", x) }
