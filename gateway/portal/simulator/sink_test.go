package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// event is one event as a sender writes it.
func event(id, subject string, sequence int, data string) string {
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/x","type":"vn.x.changed.v1","subject":%q,"sequence":"%020d","data":%s}`, id, subject, sequence, data)
}

// tell posts events to the sink: one alone, or a batch.
func (p *portal) tell(events ...string) said { return p.serve(telling(nil, events...)) }

func telling(header map[string]string, events ...string) *http.Request {
	body, kind := events[0], "application/cloudevents+json"
	if len(events) > 1 {
		body, kind = "["+strings.Join(events, ",")+"]", "application/cloudevents-batch+json"
	}
	req := httptest.NewRequest(http.MethodPost, "/sink/events", strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	return req
}

// stands requires what the sink holds of a subject.
func (p *portal) stands(id string, effects, arrivals int) {
	p.t.Helper()
	e, ok := p.SinkEvent("parcel/1")
	require.True(p.t, ok)
	require.Equal(p.t, []any{id, effects, arrivals}, []any{e.ID, e.Effects, e.Arrivals})
}

func TestSink(t *testing.T) {
	t.Parallel()
	t.Run("an id is taken once, and the highest sequence stands", func(t *testing.T) {
		p := open(t, Options{})
		require.Equal(t, http.StatusOK, p.tell(event("a", "parcel/1", 1, `{"n":1}`)).Status)
		require.Equal(t, http.StatusOK, p.tell(event("a", "parcel/1", 1, `{"n":1}`)).Status)
		p.stands("a", 1, 2)
		require.Equal(t, http.StatusOK, p.tell(event("c", "parcel/1", 3, `{"n":3}`), event("b", "parcel/1", 2, `{"n":2}`)).Status)
		p.stands("c", 2, 4)
		total := p.State().Stored
		require.Equal(t, []int{4, 1, 1}, []int{total.Events, total.EventRepeats, total.EventsStale})
	})
	t.Run("a batch is taken whole or not at all", func(t *testing.T) {
		p := open(t, Options{Sink: Sink{Refuse: "độc", MaxBatch: 2}})
		out := p.tell(event("a", "parcel/1", 1, `{}`), event("b", "parcel/2", 1, `{"x":"độc"}`))
		require.Equal(t, http.StatusUnprocessableEntity, out.Status)
		require.Zero(t, p.State().Stored.Events)
		e := event("a", "parcel/1", 1, `{}`)
		require.Equal(t, http.StatusRequestEntityTooLarge, p.tell(e, e, e).Status)
	})
	t.Run("what is no event is refused", func(t *testing.T) {
		p := open(t, Options{})
		for body, want := range map[string]int{
			`{`:                     http.StatusBadRequest,
			`{"specversion":"1.0"}`: http.StatusUnprocessableEntity,
			strings.Replace(event("a", "parcel/1", 1, `{}`), `"1.0"`, `"0.3"`, 1): http.StatusUnprocessableEntity,
		} {
			require.Equal(t, want, p.tell(body).Status, body)
		}
		require.Equal(t, http.StatusUnsupportedMediaType, p.post("/sink/events", event("a", "parcel/1", 1, `{}`)).Status)
		require.Zero(t, p.State().Stored.Events)
	})
	t.Run("a repeat alone may be a conflict that names it", func(t *testing.T) {
		p := open(t, Options{Sink: Sink{Conflict: true}})
		p.tell(event("a", "parcel/1", 1, `{}`))
		out := p.tell(event("a", "parcel/1", 1, `{}`))
		require.Equal(t, http.StatusConflict, out.Status)
		require.Contains(t, out.Raw, `"id":"a"`)
		p.stands("a", 1, 2)
	})
	t.Run("a forgetful one keeps what comes last", func(t *testing.T) {
		p := open(t, Options{Sink: Sink{Forgetful: true}})
		p.tell(event("b", "parcel/1", 2, `{}`))
		p.tell(event("a", "parcel/1", 1, `{}`))
		p.stands("a", 2, 2)
	})
	t.Run("a look-up tells whether it has the subject, with the lag that is on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{Faults: []Fault{{Name: FaultLookupLag, Delay: 10 * time.Second}}})
			require.Equal(t, http.StatusNotFound, p.get("/sink/events/parcel/1").Status)
			p.tell(event("a", "parcel/1", 1, `{}`))
			require.Equal(t, http.StatusNotFound, p.get("/sink/events/parcel/1").Status)
			time.Sleep(11 * time.Second)
			require.Equal(t, http.StatusOK, p.get("/sink/events/parcel/1").Status)
		})
	})
	t.Run("faults are those of the portal; a cut write that is applied late is marked", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := open(t, Options{})
			p.on(Fault{Name: FaultAppliedLate, Delay: 10 * time.Second, Count: 1})
			require.True(t, p.tell(event("a", "parcel/1", 1, `{}`)).Cut)
			p.tell(event("b", "parcel/1", 2, `{}`))
			time.Sleep(11 * time.Second)
			synctest.Wait()
			p.stands("b", 1, 2)
			p.on(Fault{Name: FaultSessionExpired, Count: 1})
			require.Equal(t, http.StatusUnauthorized, p.tell(event("c", "parcel/1", 3, `{}`)).Status)
			p.stands("b", 1, 2)
		})
	})
	t.Run("the log is its storage", func(t *testing.T) {
		path := t.TempDir() + "/portal.jsonl"
		p := open(t, Options{LogPath: path})
		p.tell(event("a", "parcel/1", 1, `{"n":1}`), event("x", "parcel/2", 1, `{}`))
		p.tell(event("a", "parcel/1", 1, `{"n":1}`))
		before, _ := p.SinkEvent("parcel/1")
		require.NoError(t, p.Close())
		again := reopen(t, path)
		after, ok := again.SinkEvent("parcel/1")
		require.True(t, ok)
		require.Equal(t, before, after)
		require.Equal(t, p.State().Stored, again.State().Stored)
	})
}

func TestSinkAdmits(t *testing.T) {
	t.Parallel()
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte("012345678901234567890123"))
	p := open(t, Options{LogPath: t.TempDir() + "/x.jsonl", Sink: Sink{Token: "t", Secret: secret}})
	body := event("a", "parcel/1", 1, `{}`)
	signed := func(at time.Time, over string) map[string]string {
		stamp := strconv.FormatInt(at.Unix(), 10)
		mac := hmac.New(sha256.New, []byte("012345678901234567890123"))
		_, err := mac.Write([]byte("a." + stamp + "." + over))
		require.NoError(t, err)
		return map[string]string{
			"Authorization": "Bearer t", "webhook-id": "a", "webhook-timestamp": stamp,
			"webhook-signature": "v1,x v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)),
		}
	}
	require.Equal(t, http.StatusOK, p.serve(telling(signed(time.Now(), body), body)).Status)
	without := signed(time.Now(), body)
	delete(without, "Authorization")
	for name, header := range map[string]map[string]string{
		"no token": without, "another body": signed(time.Now(), body+" "), "an old signature": signed(time.Now().Add(-time.Hour), body), "nothing": nil,
	} {
		require.Equal(t, http.StatusUnauthorized, p.serve(telling(header, body)).Status, name)
	}
	_, err := New(Options{Sink: Sink{Secret: "whsec_?"}})
	require.Error(t, err)
}
