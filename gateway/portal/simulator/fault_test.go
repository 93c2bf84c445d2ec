package simulator

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

func (p *portal) on(f Fault) {
	p.t.Helper()
	f.On = true
	require.NoError(p.t, p.SetFault(f))
}

func (p *portal) off(name FaultName) {
	p.t.Helper()
	require.NoError(p.t, p.SetFault(Fault{Name: name}))
}

func TestFaultsThatShapeTheAnswer(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for name, c := range map[string]struct {
		fault  Fault
		stored bool
		check  func(t *testing.T, got said)
	}{
		"http_502_html is a proxy's page and stores nothing": {Fault{Name: FaultHTTP502}, false, func(t *testing.T, got said) {
			require.Equal(t, http.StatusBadGateway, got.Status)
			require.Contains(t, got.Raw, "<html>")
		}},
		"http_502_html can hide a stored write": {Fault{Name: FaultHTTP502, Stored: &yes}, true, func(t *testing.T, got said) {
			require.Equal(t, http.StatusBadGateway, got.Status)
		}},
		"http_503 says when to come back": {Fault{Name: FaultHTTP503, Delay: 1500 * time.Millisecond}, false, func(t *testing.T, got said) {
			require.Equal(t, http.StatusServiceUnavailable, got.Status)
			require.Equal(t, "2", got.Header.Get("Retry-After"))
		}},
		"throttle is HTTP 429 with Retry-After": {Fault{Name: FaultThrottle}, false, func(t *testing.T, got said) {
			require.Equal(t, http.StatusTooManyRequests, got.Status)
			require.Equal(t, "1", got.Header.Get("Retry-After"))
		}},
		"empty_body is HTTP 200 with nothing": {Fault{Name: FaultEmptyBody}, false, func(t *testing.T, got said) {
			require.Equal(t, http.StatusOK, got.Status)
			require.Empty(t, got.Raw)
		}},
		"html_page is HTTP 200 with a page for people and stores nothing": {Fault{Name: FaultHTMLPage}, false, func(t *testing.T, got said) {
			require.Equal(t, http.StatusOK, got.Status)
			require.Contains(t, got.Raw, "<h1>")
			require.Contains(t, got.Header.Get("Content-Type"), "html")
		}},
		"html_page can hide a stored write": {Fault{Name: FaultHTMLPage, Stored: &yes}, true, func(t *testing.T, got said) {
			require.Contains(t, got.Raw, "<h1>")
		}},
		"truncated_json stores and breaks off": {Fault{Name: FaultTruncatedJSON}, true, func(t *testing.T, got said) {
			require.Equal(t, http.StatusOK, got.Status)
			require.True(t, strings.HasPrefix(got.Raw, `{"error_code":0,"mes`))
			require.False(t, strings.HasSuffix(got.Raw, "}"))
		}},
		"success_text_bad_code contradicts itself": {Fault{Name: FaultSuccessTextBadCode}, true, func(t *testing.T, got said) {
			require.Equal(t, "-1", string(got.Code))
			require.Contains(t, got.Message, "thành công")
		}},
		"success_text_bad_code can mean that nothing was stored": {Fault{Name: FaultSuccessTextBadCode, Stored: &no}, false, func(t *testing.T, got said) {
			require.Contains(t, got.Message, "thành công")
		}},
		"code_ok_bad_text lacks the phrase": {Fault{Name: FaultCodeOKBadText}, true, func(t *testing.T, got said) {
			require.Equal(t, "0", string(got.Code))
			require.NotContains(t, got.Message, "thành công")
		}},
		"duplicate_answer stores the create and says đã tồn tại": {Fault{Name: FaultDuplicateAnswer}, true, func(t *testing.T, got said) {
			require.Equal(t, `"-3"`, string(got.Code))
			require.Equal(t, "Hồ sơ A-1 đã tồn tại", got.Message)
		}},
		"lying_success stores nothing": {Fault{Name: FaultLyingSuccess}, false, func(t *testing.T, got said) {
			require.Equal(t, "0", string(got.Code))
			require.Equal(t, textStored, got.Message)
		}},
		"session_expired ends the session": {Fault{Name: FaultSessionExpired}, false, func(t *testing.T, got said) {
			require.Equal(t, "-1", string(got.Code))
			require.Equal(t, textNoSession, got.Message)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, Options{})
			p.on(c.fault)
			c.check(t, p.create(record("A-1")))
			_, stored := p.Dossier("A-1")
			require.Equal(t, c.stored, stored)
			answer := last(p.lines("answer"))
			require.Equal(t, string(c.fault.Name), answer.Fault)
			require.True(t, answer.Answered)
			require.NotZero(t, answer.Status)

			p.off(c.fault.Name)
			p.session = p.login().Session
			require.Equal(t, textStored, p.create(record("A-2")).Message, "switched off, all is well")
			require.Empty(t, last(p.lines("answer")).Fault)
		})
	}
	t.Run("a business error stays one under faults of success", func(t *testing.T) {
		for _, name := range []FaultName{FaultSuccessTextBadCode, FaultCodeOKBadText, FaultDuplicateAnswer, FaultLyingSuccess} {
			p := open(t, Options{Faults: []Fault{{Name: name}}})
			require.Equal(t, "Thiếu trường MaTTHC", p.create(record("A-1", "MaTTHC", "-")).Message, name)
		}
	})
}

// dial serves a portal over real TCP and returns a client.
func dial(t *testing.T, p *portal) (url string, client *http.Client) {
	t.Helper()
	server := httptest.NewServer(p.Handler())
	client = &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		require.NoError(t, p.Close()) // hanging calls end
		client.CloseIdleConnections()
		server.Close()
	})
	return server.URL, client
}

func (p *portal) createOver(ctx context.Context, client *http.Client, url, key string) (string, error) {
	body := `{"session":"` + p.session + `","madonvi":"x","service":"DongBoHoSoMC",` + data(record(key)) + `}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+callPath, strings.NewReader(body))
	require.NoError(p.t, err)
	req.Header.Set("dstcode", DefaultDestination)
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func TestFaultsThatCutTheConnection(t *testing.T) {
	t.Parallel()
	t.Run("refuse resets and stores nothing", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultRefuse, Ops: []Op{OpDossier}}}})
		url, client := dial(t, p)
		_, err := p.createOver(t.Context(), client, url, "A-1")
		require.ErrorIs(t, err, syscall.ECONNRESET)
		require.Zero(t, p.State().Stored.Dossiers)
		require.Equal(t, "0", string(p.lookUp("A-1").Code), "other operations go on")
	})
	t.Run("stored_answer_lost stores and then resets", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultStoredAnswerLost}}})
		p.session = p.Simulator.sessions.login(&p.options, "a", "b")
		url, client := dial(t, p)
		_, err := p.createOver(t.Context(), client, url, "A-1")
		require.ErrorIs(t, err, syscall.ECONNRESET)
		require.Equal(t, 1, p.State().Stored.Dossiers)
		answer := last(p.lines("answer"))
		require.False(t, answer.Answered)
		require.Equal(t, "stored_answer_lost", answer.Fault)
		require.Zero(t, answer.Status)
	})
	for name, want := range map[FaultName]int{FaultHang: 0, FaultStoredAnswerLost: 1} {
		t.Run(string(name)+" hangs until the client leaves", func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: name, Ending: EndingHang})
			url, client := dial(t, p)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			ended := make(chan error, 1)
			go func() {
				_, err := p.createOver(ctx, client, url, "A-1")
				ended <- err
			}()
			require.Eventually(t, func() bool { return len(p.lines("answer")) == 2 }, time.Minute, 5*time.Millisecond, "decided, after the login")
			leave()
			require.ErrorIs(t, <-ended, context.Canceled)
			require.Equal(t, want, p.State().Stored.Dossiers)
			require.False(t, last(p.lines("answer")).Answered)
		})
	}
	t.Run("Close ends what hangs", func(t *testing.T) {
		p := open(t, Options{Faults: []Fault{{Name: FaultHang, Ops: []Op{OpDossier}}}})
		url, client := dial(t, p)
		ended := make(chan error, 1)
		go func() {
			_, err := p.createOver(context.Background(), client, url, "A-1")
			ended <- err
		}()
		// start, fault, call and answer of the login, call and answer of what hangs
		require.Eventually(t, func() bool { return p.State().Seq == 6 }, time.Minute, time.Millisecond)
		require.NoError(t, p.Close())
		require.Error(t, <-ended)
	})
}

func TestFaultsThatTakeTime(t *testing.T) {
	t.Parallel()
	t.Run("applied_late cuts now, stores later and marks it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Settle: 20 * time.Second})
			p.on(Fault{Name: FaultAppliedLate, Count: 1})
			require.True(t, p.create(record("A-1")).Cut)
			require.Equal(t, 1, p.State().PendingLate)
			time.Sleep(10*time.Second - time.Nanosecond)
			require.Zero(t, p.State().Stored.Dossiers)
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			require.Equal(t, 1, p.State().Stored.Dossiers)
			effect, call := last(p.lines("effect")), last(p.lines("call"))
			require.True(t, effect.Late)
			require.Equal(t, call.Seq, effect.Call)
			require.Zero(t, p.State().PendingLate)
		})
	})
	t.Run("what is applied late is judged then", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultAppliedLate, Delay: time.Second, Count: 1})
			p.create(record("A-1", "ChuHoSo", `"Cũ"`))
			require.Equal(t, textStored, p.create(record("A-1", "ChuHoSo", `"Mới"`)).Message)
			time.Sleep(2 * time.Second)
			synctest.Wait()
			d, _ := p.Dossier("A-1")
			require.Contains(t, string(d.Record), "Mới")
			require.Len(t, p.lines("effect"), 1)
		})
	})
	t.Run("Close loses what is not applied yet", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultAppliedLate})
			p.create(record("A-1"))
			require.NoError(t, p.Close())
			require.Zero(t, p.State().PendingLate)
			require.Empty(t, p.lines("effect"))
		})
	})
	t.Run("latency delays and comes on top of other faults", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultLatency, Delay: 3 * time.Second})
			begin := time.Now()
			p.create(record("A-1"))
			require.Equal(t, 3*time.Second, time.Since(begin))
			require.Equal(t, "latency", last(p.lines("answer")).Fault)
			p.on(Fault{Name: FaultLyingSuccess})
			p.create(record("A-2"))
			require.Equal(t, 6*time.Second, time.Since(begin))
			require.Equal(t, "lying_success", last(p.lines("answer")).Fault)
		})
	})
	t.Run("a client that leaves during the latency is not handled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultLatency, Delay: time.Minute})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			body := `{"session":"` + p.session + `","madonvi":"x","service":"DongBoHoSoMC",` + data(record("A-1")) + `}`
			req := httptest.NewRequestWithContext(ctx, http.MethodPost, callPath, strings.NewReader(body))
			req.Header.Set("dstcode", DefaultDestination)
			require.True(t, p.serve(req).Cut)
			require.Zero(t, p.State().Stored.Dossiers)
		})
	})
	t.Run("a slow answer is true and its line comes when it leaves", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultStoredAnswerLost, Ending: EndingSlow, Delay: 65 * time.Second})
			done := make(chan said)
			go func() { done <- p.create(record("A-1")) }()
			synctest.Wait()
			require.Equal(t, "effect", last(p.lines()).Type)
			require.Equal(t, textStored, (<-done).Message)
			answer, effect := last(p.lines("answer")), last(p.lines("effect"))
			require.True(t, answer.Answered)
			require.Equal(t, effect.Call, answer.Call)
		})
	})
	t.Run("throttle with a rate lets so many calls a second pass", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultThrottle, Rate: 2})
			passed := 0
			for range 20 {
				if p.lookUp("A-1").Status == http.StatusOK {
					passed++
				}
				time.Sleep(100 * time.Millisecond)
			}
			require.Equal(t, 4, passed)
		})
	})
}

func TestFaultSwitch(t *testing.T) {
	t.Parallel()
	t.Run("a share picks by the seed, so that runs repeat", func(t *testing.T) {
		run := func(seed uint64) string {
			p := open(t, Options{Seed: seed, Faults: []Fault{{Name: FaultHTTP503, Share: 0.3, Ops: []Op{OpLookup}}}})
			var picked strings.Builder
			for range 200 {
				if p.lookUp("A").Status == http.StatusOK {
					picked.WriteByte('.')
				} else {
					picked.WriteByte('x')
				}
			}
			return picked.String()
		}
		one := run(1)
		require.Equal(t, one, run(1))
		require.NotEqual(t, one, run(2))
		require.InDelta(t, 60, strings.Count(one, "x"), 25)
	})
	t.Run("a count switches the fault off by itself, and the log says so", func(t *testing.T) {
		p := open(t, Options{})
		p.on(Fault{Name: FaultHTTP503, Count: 2})
		require.Equal(t, []int{503, 503, 200}, []int{p.lookUp("A").Status, p.lookUp("A").Status, p.lookUp("A").Status})
		switches := p.lines("fault")
		require.Len(t, switches, 2)
		require.True(t, switches[0].On)
		require.False(t, switches[1].On)
		require.Empty(t, p.State().Faults)
	})
	t.Run("operations that are not named are spared", func(t *testing.T) {
		p := open(t, Options{})
		p.on(Fault{Name: FaultHTTP503, Ops: []Op{OpProgress}})
		require.Equal(t, textStored, p.create(record("A-1")).Message)
		require.Equal(t, 503, p.progress(progressStep("A-1", "20251103083000", "2")).Status)
	})
	t.Run("places that are not named are spared", func(t *testing.T) {
		b := openBureau(t, Options{})
		f, err := ParseFault("http_503:of=ministry+sink")
		require.NoError(t, err)
		b.on(f.fault())
		require.Equal(t, textStored, b.create(record("A-1")).Message)
		require.Equal(t, 503, b.tell(event("a", "parcel/1", 1, `{}`)).Status)
		require.Equal(t, 503, b.send(serviceTrail, `[]`).Status)
	})
	t.Run("the declared settle time bounds late writes and lag together", func(t *testing.T) {
		p := open(t, Options{Settle: 10 * time.Second, LookupLag: 4 * time.Second})
		require.NoError(t, p.SetFault(Fault{Name: FaultAppliedLate, On: true, Delay: 6 * time.Second}))
		for _, f := range []Fault{
			{Name: FaultAppliedLate, On: true, Delay: 7 * time.Second}, {Name: FaultLookupLag, On: true, Delay: 5 * time.Second},
			{Name: FaultAppliedLate, On: true, Delay: 11 * time.Second}, {Name: "rung", On: true}, {Name: FaultHang, On: true, Share: 1.1},
			{Name: FaultHang, On: true, Count: -1}, {Name: FaultHang, On: true, Of: []Place{"xã"}}, {Name: FaultStoredAnswerLost, On: true, Ending: "boom"},
		} {
			require.Equal(t, fault.Usage, fault.CodeOf(p.SetFault(f)), "%+v", f)
		}
	})
	t.Run("every fault has words for people, in the order in which they are tried", func(t *testing.T) {
		var described []FaultName
		for _, w := range DescribeFaults() {
			require.NotEmpty(t, w.Vi)
			require.NotEmpty(t, w.En)
			described = append(described, w.Name)
		}
		require.Equal(t, FaultNames(), described)
	})
	t.Run("of several switched at once one that is wrong keeps all from it", func(t *testing.T) {
		p := open(t, Options{})
		require.Error(t, p.setFaults(Fault{Name: FaultHang, On: true}, Fault{Name: "rung", On: true}))
		require.Empty(t, p.State().Faults)
		require.Empty(t, p.lines("fault"))
	})
	t.Run("every fault can be switched on and off", func(t *testing.T) {
		p := open(t, Options{})
		for _, name := range FaultNames() {
			p.on(Fault{Name: name})
			require.Len(t, p.State().Faults, 1)
			p.off(name)
			require.Empty(t, p.State().Faults)
		}
		require.Len(t, p.lines("fault"), 2*len(FaultNames()))
	})
}
