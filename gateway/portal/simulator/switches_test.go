package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// everything is a document that moves every switch away from its default.
const everything = `
destination: "*"
adapter_fault: xml
session_ttl: 20m
session_calls: 7
single_session: true
codes: legacy
codes_by_op: {dossier: int, status: string}
duplicate_code: "3"
partial_acceptance: true
max_batch: 50
required: [MaHoSo, MaTTHC]
any_length: true
any_born: true
lookup: exists
lookup_lag: 5s
settle: 90s
transitions: {9: [4, 7, 10], 3: []}
capacity: {calls_per_second: 40.5, concurrent: 16, over: slow, slow_by: 2s}
peak:
  when: clock
  windows: ["07:30-09:00"]
  capacity: {calls_per_second: 3, concurrent: 2, over: hang, slow_by: 1s}
files: {pull: fake, after: 3s, timeout: 4s, missing: [example.vn/khong], share: 0.25}
wrapper: {closed: true, create: /a, update: /b, steps: /c, catalogue: /d, plain: true, bearer: thử}
ministry: {closed: true, exists_shows_id: true}
sink: {token: t, secret: whsec_AAAA, refuse: độc, max_batch: 9, conflict: true, forgetful: true}
faults:
  - {name: latency, delay: 1.5s, share: 0.01}
  - {name: stored_answer_lost, ending: hang, ops: [dossier, progress], count: 3, stored: true}
`

func TestSwitchesDocument(t *testing.T) {
	t.Parallel()
	t.Run("a file in YAML names every switch, and the same document in JSON says the same", func(t *testing.T) {
		sw, err := ReadSwitches([]byte(everything), DefaultSwitches())
		require.NoError(t, err)
		require.Equal(t, Capacity{CallsPerSecond: 40.5, Concurrent: 16, Over: OverSlow, SlowBy: Span(2 * time.Second)}, sw.Capacity)
		require.Equal(t, []string{"4", "7", "10"}, sw.Transitions["9"])
		require.Equal(t, []string{"2", "3", "7"}, sw.Transitions["1"], "rows that are not named stay")
		require.Equal(t, Window{7*time.Hour + 30*time.Minute, 9 * time.Hour}, sw.Peak.Windows[0])
		standard := flat(t, DefaultSwitches())
		for path, value := range flat(t, sw) {
			if !strings.HasPrefix(path, "transitions") || path == "transitions.9" {
				require.NotEqual(t, standard[path], value, "%s is moved", path)
			}
		}
		text, err := json.Marshal(sw)
		require.NoError(t, err)
		again, err := ReadSwitches(text, DefaultSwitches())
		require.NoError(t, err)
		require.Equal(t, sw, again)
	})
	t.Run("what a file does not name stays", func(t *testing.T) {
		for _, document := range []string{"", "# nothing\n", "capacity: {concurrent: 3}\n"} {
			sw, err := ReadSwitches([]byte(document), DefaultSwitches())
			require.NoError(t, err)
			sw.Capacity.Concurrent = 0
			require.Equal(t, DefaultSwitches(), sw, document)
		}
	})
	t.Run("a mistake is named with its line", func(t *testing.T) {
		for _, document := range []string{"codes: mixed\ncode: int\n", "lookup: trail\nlookup_lag: lâu\n", "max_batch: 1\npeak:\n  windows: [10:00-08:00]\n"} {
			_, err := ReadSwitches([]byte(document), DefaultSwitches())
			require.Equal(t, fault.Usage, fault.CodeOf(err), document)
			require.Regexp(t, `\[[23]:\d+\]`, err.Error())
		}
	})
	t.Run("every member has its knob, and every knob its member", func(t *testing.T) {
		var members, knobs []string
		for path := range flat(t, DefaultSwitches()) {
			members = append(members, path)
		}
		for _, group := range Knobs() {
			for _, k := range group.Knobs {
				require.NotEmpty(t, k.Vi)
				require.NotEmpty(t, k.En)
				if !strings.HasPrefix(k.Path, "codes_by_op.") { // empty by default
					knobs = append(knobs, k.Path)
				}
			}
		}
		require.ElementsMatch(t, members, knobs)
	})
	t.Run("a knob shows what it was set to", func(t *testing.T) {
		for assignment, want := range map[string]string{
			"lookup=exists": "exists", "lookup_lag=1.5s": "1.5s", "lookup_lag=": "0s", "session_calls=7": "7", "session_calls=": "0",
			"single_session=true": "true", "transitions.9 = 10, 7,4": "10, 7, 4", "transitions.2=": "", "codes_by_op.lookup=int": "int",
			"peak.windows=08:00-09:00, 17:00-18:30": "08:00-09:00, 17:00-18:30", "capacity.calls_per_second=2.5": "2.5",
			"required=MaHoSo": "MaHoSo", "files.missing=a,b": "a, b", "peak.capacity.over=hang": "hang", "wrapper.bearer=x=y": "x=y",
		} {
			sw := DefaultSwitches()
			require.NoError(t, sw.Set(assignment), assignment)
			path, _, _ := strings.Cut(assignment, "=")
			require.Equal(t, want, knobAt(t, strings.TrimSpace(path)).Value(&sw), assignment)
		}
	})
	t.Run("a knob refuses what it cannot be", func(t *testing.T) {
		for _, assignment := range []string{
			"lookup", "lookup=alles", "không=1", "max_batch=vài", "lookup_lag=5", "single_session=có", "peak.windows=8-10", "peak.windows=", "files.share=nửa",
		} {
			sw := DefaultSwitches()
			require.Equal(t, fault.Usage, fault.CodeOf(sw.Set(assignment)), assignment)
			require.Equal(t, DefaultSwitches(), sw, assignment)
		}
	})
	t.Run("a fault is read from one word", func(t *testing.T) {
		got, err := ParseFault("stored_answer_lost: share=0.1, ops=dossier+progress,ending=hang,delay=2s,count=3,rate=4,stored=false")
		require.NoError(t, err)
		no := false
		require.Equal(t, Fault{
			Name: FaultStoredAnswerLost, On: true, Share: 0.1, Ops: []Op{OpDossier, OpProgress}, Ending: EndingHang,
			Delay: 2 * time.Second, Count: 3, Rate: 4, Stored: &no,
		}, got.fault())
		for _, bad := range []string{"", "rung", "hang:share", "hang:share=viel", "hang:farbe=rot", "hang:stored=vielleicht"} {
			if bad == "hang:share" {
				continue // an empty value leaves the member as it is
			}
			_, err := ParseFault(bad)
			require.Equal(t, fault.Usage, fault.CodeOf(err), bad)
		}
	})
}

func knobAt(t *testing.T, path string) Knob {
	t.Helper()
	for _, group := range Knobs() {
		if at := slices.IndexFunc(group.Knobs, func(k Knob) bool { return k.Path == path }); at >= 0 {
			return group.Knobs[at]
		}
	}
	t.Fatalf("no knob %s", path)
	return Knob{}
}

// flat returns the members of a document by path, lists as text.
func flat(t *testing.T, sw Switches) map[string]string {
	t.Helper()
	sw.Accounts, sw.Faults = nil, nil
	text, err := json.Marshal(sw)
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, json.Unmarshal(text, &tree))
	out := map[string]string{}
	var walk func(prefix string, node any)
	walk = func(prefix string, node any) {
		if members, ok := node.(map[string]any); ok {
			for name, value := range members {
				walk(prefix+"."+name, value)
			}
			return
		}
		out[strings.TrimPrefix(prefix, ".")] = fmt.Sprint(node)
	}
	walk("", tree)
	return out
}

func TestSwitching(t *testing.T) {
	t.Parallel()
	standing, err := ReadSwitches([]byte(everything), DefaultSwitches())
	require.NoError(t, err)
	t.Run("what a document says stands from the start", func(t *testing.T) {
		p := open(t, Options{}.With(standing))
		got := p.Switches()
		require.Equal(t, flat(t, standing), flat(t, got))
		require.Len(t, got.Faults, 2)
	})
	t.Run("what is posted stands from then on, and the rest stays", func(t *testing.T) {
		p := open(t, Options{})
		url, client := dial(t, p)
		text, err := json.Marshal(standing)
		require.NoError(t, err)
		status, answer := admin(t, client, http.MethodPost, url+"/_sim/switches", string(text))
		require.Equal(t, http.StatusOK, status, answer)
		require.Equal(t, flat(t, standing), flat(t, p.Switches()))
		status, answer = admin(t, client, http.MethodPost, url+"/_sim/switches", `{"lookup":"trail","codes_by_op":{"dossier":""},"capacity":{"concurrent":0}}`)
		require.Equal(t, http.StatusOK, status, answer)
		var got Switches
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
		want := standing
		want.Lookup, want.CodesByOp, want.Capacity.Concurrent = ShowTrail, map[Op]CodeStyle{OpStatus: CodesString}, 0
		require.Equal(t, flat(t, want), flat(t, got))
		require.Len(t, got.Faults, 2, "not named, the faults go on")
	})
	t.Run("a call after the switch is answered in the new way", func(t *testing.T) {
		p := open(t, Options{})
		p.create(record("A-1"))
		turn := func(edit func(*Switches)) {
			t.Helper()
			sw := p.Switches()
			edit(&sw)
			require.NoError(t, p.SetSwitches(sw))
		}
		turn(func(sw *Switches) { sw.Lookup, sw.Codes = ShowExists, CodesLegacy })
		require.Equal(t, `[{"MaHoSo":"A-1"}]`, string(p.lookUp("A-1").Result))
		require.Equal(t, `"00"`, string(p.lookUp("A-1").Code))
		turn(func(sw *Switches) { sw.MaxBatch, sw.PartialAcceptance, sw.DuplicateCode = 1, true, "3" })
		require.Equal(t, textBatchSize, p.create(record("A-2"), record("A-3")).Message)
		require.Equal(t, `"3"`, string(p.create(record("A-1")).Code))
		turn(func(sw *Switches) { sw.Required, sw.MaxBatch = []string{}, 0 })
		require.Equal(t, textStored, p.create(`{"MaHoSo":"A-4"}`).Message)
		require.Equal(t, "Hồ sơ : Thiếu trường MaHoSo", p.create(`{}`).Message, "without its number a record is nothing")
		turn(func(sw *Switches) { sw.AnyLength = true })
		require.Equal(t, textStored, p.create(record("A-5", "TrichYeuHoSo", `"`+strings.Repeat("a", 1001)+`"`)).Message)
		turn(func(sw *Switches) { sw.Accounts = map[string]string{agencyCode: "khác"} })
		require.Equal(t, textBadLogin, p.login().Message)
		require.Nil(t, p.Switches().Accounts, "secrets are not shown")
		turn(func(sw *Switches) { sw.SessionCalls = 1 })
		require.Equal(t, textNoSession, p.lookUp("A-1").Message)
		turn(func(sw *Switches) { sw.Destination = "VN:GOV:khac" })
		require.Contains(t, p.lookUp("A-1").Raw, "UnknownMember")
		turn(func(sw *Switches) { sw.AdapterFault = AdapterFaultXML })
		require.Contains(t, p.lookUp("A-1").Raw, "<faultcode>")
		turn(func(sw *Switches) { sw.Destination = "*" })
		require.Equal(t, textNoSession, p.lookUp("A-1").Message)
	})
	t.Run("the faults of a document are all that are on, and what is on already goes on undisturbed", func(t *testing.T) {
		p := open(t, Options{})
		p.on(Fault{Name: FaultHTTP503, Count: 2, Ops: []Op{OpLookup}})
		p.on(Fault{Name: FaultHang})
		require.Equal(t, 503, p.lookUp("A").Status)
		sw := p.Switches()
		sw.Faults = []FaultSwitch{sw.Faults[0], {Name: FaultLyingSuccess}}
		require.NoError(t, p.SetSwitches(sw))
		require.Equal(t, 503, p.lookUp("A").Status)
		require.Equal(t, 200, p.lookUp("A").Status, "the count went on")
		open := p.State().Faults
		require.Len(t, open, 1)
		require.Equal(t, FaultLyingSuccess, open[0].Name)
		sw.Faults = []FaultSwitch{}
		require.NoError(t, p.SetSwitches(sw))
		require.Empty(t, p.State().Faults)
	})
	t.Run("what makes no sense changes nothing", func(t *testing.T) {
		p := open(t, Options{Settle: 10 * time.Second})
		p.on(Fault{Name: FaultAppliedLate, Delay: 6 * time.Second})
		url, client := dial(t, p)
		before, lines := p.Switches(), len(p.lines())
		for _, body := range []string{
			`{"lookup":"alles","max_batch":5}`, `{"codes":"x"}`, `{"codes_by_op":{"tanzen":"int"}}`, `{"transitions":{"9":["11"]}}`, `{"peak":{"when":"mittags"}}`,
			`{"capacity":{"over":"platzen"}}`, `{"files":{"pull":"überall"}}`, `{"files":{"share":2}}`, `{"wrapper":{"create":"/_sim/x"}}`,
			`{"wrapper":{"create":"/a","update":"/a"}}`, `{"wrapper":{"catalogue":"không"}}`, `{"session_ttl":"-1s"}`, `{"lookup_lag":"11s"}`,
			`{"lookup_lag":"5s"}`, `{"settle":"5s"}`, `{"faults":[{"name":"hang"},{"name":"hang"}]}`, `{"faults":[{"name":"rung"}]}`, `{"unknown":1}`, `{`,
		} {
			status, answer := admin(t, client, http.MethodPost, url+"/_sim/switches", body)
			require.Equal(t, http.StatusBadRequest, status, "%s: %s", body, answer)
		}
		require.Equal(t, before, p.Switches())
		require.Len(t, p.lines(), lines)
	})
	t.Run("a write that waits to be applied late binds the promise, too", func(t *testing.T) {
		p := open(t, Options{Settle: time.Hour})
		p.on(Fault{Name: FaultAppliedLate, Delay: 50 * time.Minute, Count: 1})
		require.True(t, p.create(record("A-1")).Cut)
		require.Empty(t, p.State().Faults)
		sw := p.Switches()
		sw.LookupLag = Span(11 * time.Minute)
		require.Equal(t, fault.Usage, fault.CodeOf(p.SetSwitches(sw)))
		require.Equal(t, fault.Usage, fault.CodeOf(p.SetFault(Fault{Name: FaultLookupLag, On: true, Delay: 11 * time.Minute})))
	})
	t.Run("the log says what stands, without secrets, and a restart begins with its options", func(t *testing.T) {
		p := open(t, Options{Accounts: map[string]string{agencyCode: "thử"}})
		sw := p.Switches()
		sw.Lookup, sw.Accounts, sw.Faults = ShowExists, map[string]string{agencyCode: "bí mật"}, []FaultSwitch{{Name: FaultHang}}
		require.NoError(t, p.SetSwitches(sw))
		lines := p.lines()
		require.Equal(t, []string{"switch", "fault"}, []string{lines[len(lines)-2].Type, lines[len(lines)-1].Type})
		require.Equal(t, "exists", lines[len(lines)-2].Switches["lookup"])
		require.NotEmpty(t, lines[0].Switches)
		for _, l := range lines {
			require.NotContains(t, l.Switches, "accounts")
		}
		require.NoError(t, p.Close())
		again := reopen(t, p.options.LogPath)
		require.Equal(t, ShowTrail, again.Switches().Lookup)
	})
	t.Run("switching while calls run breaks none of them", func(t *testing.T) {
		p := open(t, Options{})
		var wg sync.WaitGroup
		for worker := range 4 {
			wg.Go(func() {
				for i := range 50 {
					require.Equal(t, http.StatusOK, p.create(record(fmt.Sprintf("A-%d-%d", worker, i))).Status)
				}
			})
		}
		for i := range 50 {
			sw := p.Switches()
			sw.Lookup, sw.AnyLength = LookupModes()[i%3], i%2 == 0
			sw.Transitions["9"], sw.Required[0], sw.MaxBatch = []string{"4"}, "MaHoSo", i
			sw.Capacity = Capacity{Concurrent: i % 3, Over: OverWait}
			require.NoError(t, p.SetSwitches(sw))
		}
		wg.Wait()
		require.Equal(t, 200, p.State().Stored.Dossiers)
	})
}
