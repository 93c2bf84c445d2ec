package telemetry_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/telemetry"
)

// dashboard is what we read of a dashboard of Grafana.
type dashboard struct {
	UID           string
	Title         string
	SchemaVersion int
	Templating    struct {
		List []struct {
			Name, Type string
			Query      any
		}
	}
	Panels []struct {
		ID         int
		Type       string
		Title      string
		Datasource struct{ Type, UID string }
		GridPos    struct{ H, W, X, Y int }
		Targets    []struct {
			Expr       string
			Datasource struct{ Type, UID string }
		}
	}
}

const dashboardFile = "../../deploy/grafana/lienthong.json"

// registered returns every metric that a process may show, with its labels, "le" for histograms included.
func registered(t *testing.T) map[string][]string {
	t.Helper()
	o := telemetry.New(telemetry.Options{})
	o.NewWatch(telemetry.WatchOptions{Store: new(vitals)})
	descs := make(chan *prometheus.Desc, 1000)
	o.Registry().Describe(descs)
	close(descs)
	found := map[string][]string{}
	pattern := regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{([^}]*)\}`)
	for d := range descs {
		m := pattern.FindStringSubmatch(d.String())
		require.Len(t, m, 3, d.String())
		found[m[1]] = append([]string{"job", "instance", "le"}, strings.Split(m[2], ",")...)
	}
	found["process_resident_memory_bytes"] = []string{"job", "instance"} // of the operating system's collector
	return found
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(dashboardFile)
	require.NoError(t, err)
	var d dashboard
	require.NoError(t, json.Unmarshal(data, &d))
	known := registered(t)
	used := map[string]bool{}
	metric, label := regexp.MustCompile(`\b(?:lienthong|process|go)_\w+`), regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"`)
	grouped := regexp.MustCompile(`\b(?:by|on) \(([^)]*)\)`)
	base := func(name string) string {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if cut, is := strings.CutSuffix(name, suffix); is && known[cut] != nil {
				return cut
			}
		}
		return name
	}

	t.Run("every metric and label is one of ours", func(t *testing.T) {
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				names := metric.FindAllString(target.Expr, -1)
				require.NotEmpty(t, names, p.Title)
				var labels []string
				for _, name := range names {
					require.Contains(t, known, base(name), p.Title)
					used[base(name)] = true
					labels = append(labels, known[base(name)]...)
				}
				for _, m := range label.FindAllStringSubmatch(target.Expr, -1) {
					require.Contains(t, labels, m[1], "%s: %s", p.Title, target.Expr)
				}
				for _, m := range grouped.FindAllStringSubmatch(target.Expr, -1) {
					for _, l := range strings.Split(m[1], ", ") {
						require.Contains(t, labels, l, "%s: %s", p.Title, target.Expr)
					}
				}
				require.Equal(t, strings.Count(target.Expr, "("), strings.Count(target.Expr, ")"), target.Expr)
			}
		}
	})

	t.Run("every metric of ours is on it", func(t *testing.T) {
		for name := range known {
			if strings.HasPrefix(name, "lienthong_") {
				require.True(t, used[name], name)
			}
		}
	})

	t.Run("it can be imported anywhere", func(t *testing.T) {
		require.Equal(t, "lienthong", d.UID)
		require.GreaterOrEqual(t, d.SchemaVersion, 36)
		require.Equal(t, "datasource", d.Templating.List[0].Type)
		require.Equal(t, "prometheus", d.Templating.List[0].Query)
		ids := map[int]bool{}
		taken := map[[2]int]string{}
		for _, p := range d.Panels {
			require.False(t, ids[p.ID], "panel id %d", p.ID)
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				require.Less(t, x, 24)
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					require.Empty(t, taken[[2]int{x, y}], "%s lies on another panel", p.Title)
					taken[[2]int{x, y}] = p.Title
				}
			}
			if p.Type == "row" {
				continue
			}
			require.Equal(t, "${datasource}", p.Datasource.UID, p.Title)
			for _, target := range p.Targets {
				require.Equal(t, "${datasource}", target.Datasource.UID, p.Title)
			}
		}
	})
}

// TestAgreedNames holds the names that others rely on.
func TestAgreedNames(t *testing.T) {
	t.Parallel()
	known := registered(t)
	for name, labels := range map[string]string{
		"lienthong_ingest_records_total":            "source type verdict",
		"lienthong_ingest_duration_seconds":         "",
		"lienthong_adapter_errors_total":            "adapter class",
		"lienthong_match_review_open":               "",
		"lienthong_match_review_oldest_age_seconds": "",
		"lienthong_sync_attempts_total":             "destination outcome http_class",
		"lienthong_sync_duration_seconds":           "",
		"lienthong_sync_end_to_end_seconds":         "destination",
		"lienthong_sync_backlog":                    "destination state",
		"lienthong_sync_oldest_age_seconds":         "destination",
		"lienthong_lane_parked":                     "",
		"lienthong_breaker_state":                   "destination operation",
		"lienthong_breaker_transitions_total":       "destination to",
		"lienthong_feed_lag_seconds":                "feed",
		"lienthong_journal_head_sequence":           "",
		"lienthong_journal_unstamped":               "",
		"lienthong_build_info":                      "",
		"lienthong_agreement_ratio":                 "destination",
		"lienthong_drift_open":                      "class",
	} {
		require.Contains(t, known, name)
		for _, l := range strings.Fields(labels) {
			require.Contains(t, known[name], l, name)
		}
	}
	// What cannot be filled yet is not faked.
	for _, name := range []string{
		"lienthong_match_decisions_total", "lienthong_webhook_attempts_total",
		"lienthong_cert_expiry_seconds",
	} {
		require.NotContains(t, known, name)
	}
}
