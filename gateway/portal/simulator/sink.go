package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// Sink is a data store beside the portal that takes CloudEvents at /sink/events: one
// event or a batch, all or none of it. An id that it has is taken without another
// effect, and of a subject it keeps the event with the highest sequence. A retraction,
// vn.….retracted.v1, leaves of a subject that it is gone, and no data.
// GET /sink/events/KIND/ID answers whether it has the subject KIND/ID: 410 when that is gone.
type Sink struct {
	Token     string `json:"token"`     // wanted as bearer; "": none
	Secret    string `json:"secret"`    // of signatures by Standard Webhooks, "whsec_…", which are wanted then; "": none
	Refuse    string `json:"refuse"`    // an event that holds this text is refused; "": none is
	MaxBatch  int    `json:"max_batch"` // events a call; 0: no limit
	Conflict  bool   `json:"conflict"`  // an id that it has is answered with 409 when it comes alone
	Forgetful bool   `json:"forgetful"` // it keeps no ids and looks at no sequence: what comes last stands
}

func (k Sink) check(op string) error {
	if k.MaxBatch < 0 {
		return fault.New(fault.Usage, op, "a limit of the sink is negative")
	}
	if _, err := k.key(); err != nil {
		return fault.New(fault.Usage, op, "the secret of the sink is not whsec_ and base64")
	}
	return nil
}

func (k Sink) key() ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.TrimPrefix(k.Secret, "whsec_"))
}

// admits says whether token and signature of a call are good.
func (k Sink) admits(r *http.Request, body []byte, now time.Time) bool {
	if k.Token != "" && bearer(r) != k.Token {
		return false
	}
	if k.Secret == "" || r.Method == http.MethodGet {
		return true
	}
	stamp := r.Header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if age := now.Sub(time.Unix(seconds, 0)).Abs(); err != nil || age > 5*time.Minute {
		return false
	}
	key, err := k.key()
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(r.Header.Get("webhook-id") + "." + stamp + "." + string(body))) // never fails
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return slices.ContainsFunc(strings.Fields(r.Header.Get("webhook-signature")), func(one string) bool {
		return hmac.Equal([]byte(one), []byte(want))
	})
}

// sinkCall reads a call to the sink.
func sinkCall(rules *settings, r *http.Request, body []byte) *call {
	c := &call{op: OpEvent, service: "events", wrapper: true, voice: voiceEvent, denied: !rules.Sink.admits(r, body, time.Now())}
	if r.Method == http.MethodGet {
		c.op, c.key = OpEventLookup, r.PathValue("kind")+"/"+r.PathValue("id")
		return c
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var raws []jsontext.Value
	switch {
	case err == nil && kind == "application/cloudevents+json":
		raws = []jsontext.Value{body}
	case err != nil || kind != "application/cloudevents-batch+json":
		c.problem = &refusal{code: "415", message: "not an event"}
	case json.Unmarshal(body, &raws) != nil || len(raws) == 0:
		c.problem = &refusal{code: "400", message: "not a batch"}
	case rules.Sink.MaxBatch > 0 && len(raws) > rules.Sink.MaxBatch:
		c.problem = &refusal{code: "413", message: "too many events"}
		raws = nil
	}
	for _, raw := range raws {
		c.items = append(c.items, readEvent(raw, rules.Sink.Refuse))
	}
	return c
}

// readEvent reads one event; what CloudEvents 1.0 demands must be there, and the extension sequence.
func readEvent(raw jsontext.Value, refuse string) item {
	var e struct {
		SpecVersion string         `json:"specversion"`
		ID          string         `json:"id"`
		Source      string         `json:"source"`
		Type        string         `json:"type"`
		Subject     string         `json:"subject"`
		Sequence    string         `json:"sequence"`
		Data        jsontext.Value `json:"data"`
	}
	body := raw.Clone()
	if body.Compact(jsontext.PreserveRawStrings(true)) != nil || json.Unmarshal(body, &e) != nil {
		return item{body: jsontext.Value("null"), problem: &refusal{code: "400", message: "an event that cannot be read"}}
	}
	it := item{key: e.Subject, body: body, event: e.ID, sequence: e.Sequence, hash: sha256.Sum256(body)}
	it.gone = strings.HasSuffix(e.Type, ".retracted.v1")
	if it.gone && len(e.Data) > 0 {
		it.problem = &refusal{code: "422", message: "a retraction with data"}
	}
	for _, field := range []struct{ name, value string }{
		{"id", e.ID}, {"source", e.Source}, {"type", e.Type}, {"subject", e.Subject}, {"sequence", e.Sequence}, {"data", string(e.Data)},
	} {
		if field.value == "" && it.problem == nil && !(it.gone && field.name == "data") {
			it.problem = &refusal{code: "422", message: "an event without " + field.name}
		}
	}
	switch {
	case it.problem != nil:
	case e.SpecVersion != "1.0":
		it.problem = &refusal{code: "422", message: "not CloudEvents 1.0"}
	case refuse != "" && strings.Contains(string(body), refuse):
		it.problem = &refusal{code: "422", message: "refused: " + refuse}
	}
	return it
}

// sink handles one call to the sink and returns the reply that was written down.
func (s *Simulator) sink(c *call, p plan) reply {
	switch {
	case c.denied || p.fault == FaultSessionExpired:
		rep := unauthorized()
		if p.fault == FaultSessionExpired {
			rep.fault = p.fault
		}
		return s.noted(c, rep)
	case c.problem != nil:
		return s.noted(c, s.shape(c, p, c.problem.outcome()))
	case c.op == OpEventLookup:
		return s.noted(c, s.shape(c, p, s.sinkLookup(c, p.lag)))
	}
	return s.write(c, p)
}

func (s *Simulator) sinkLookup(c *call, lag time.Duration) outcome {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	held := s.ledger.events.held[c.key]
	if held == nil || held.first.After(time.Now().Add(-lag)) {
		return outcome{code: "404", message: "no such subject", refused: true}
	}
	if held.Gone {
		return outcome{code: "410", message: "the subject is gone", refused: true}
	}
	return outcome{code: codeOK, result: append(quote([]byte(`{"subject":`), c.key), '}')}
}

// encodeEvent answers with a status that means what it says.
func encodeEvent(c *call, out outcome) reply {
	rep := reply{status: http.StatusOK, contentType: jsonType, body: out.result}
	if out.refused {
		rep.status, _ = strconv.Atoi(out.code) // our own codes
		rep.contentType, rep.code = "application/problem+json", out.code
		rep.body = quote([]byte(`{"title":`), out.message)
		if len(c.items) == 1 {
			rep.body = quote(append(rep.body, `,"id":`...), c.items[0].event)
		}
		rep.body = append(rep.body, '}')
	}
	if rep.body == nil {
		rep.body = []byte(`{"taken":` + strconv.Itoa(len(c.items)) + `}`)
	}
	return rep
}
