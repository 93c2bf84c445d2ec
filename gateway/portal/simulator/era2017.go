package simulator

import (
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The interface of 2017 to 2019: English names, a token of OAuth, one document a
// call. Old adapters still speak it. What the values of Status in its answers
// are is not public; here 1 is success and 0 is not.
const (
	serviceToken     = "token"
	serviceDocument  = "SyncDocument"
	serviceTraces    = "UpdateDocumentTraces"
	serviceStatistic = "Statistic" // taken and forgotten
	serviceVote      = "Vote"      // taken and forgotten
)

func doorsOf2017() map[string]func(*settings, *http.Request, []byte) *call {
	return map[string]func(*settings, *http.Request, []byte) *call{
		"/token":                         token,
		"/Document/SyncDocument":         document(serviceDocument, OpDocument),
		"/Document/UpdateDocumentTraces": document(serviceTraces, OpDocument),
		"/Statistic":                     document(serviceStatistic, OpOther),
		"/Vote":                          document(serviceVote, OpOther),
	}
}

// token reads a request for a token: client_credentials in JSON.
func token(_ *settings, _ *http.Request, body []byte) *call {
	c := &call{op: OpLogin, service: serviceToken, wrapper: true, voice: voiceToken}
	var asked struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
		Grant  string `json:"grant_type"`
	}
	if json.Unmarshal(body, &asked) != nil || asked.Grant != "client_credentials" || asked.ID == "" || asked.Secret == "" {
		c.denied = true
		return c
	}
	c.username, c.password = asked.ID, asked.Secret
	return c
}

// document reads one object; the session is the token.
func document(service string, op Op) func(*settings, *http.Request, []byte) *call {
	return func(rules *settings, r *http.Request, body []byte) *call {
		c := &call{op: op, service: service, wrapper: true, voice: voiceDocument, session: bearer(r)}
		if op == OpDocument {
			rules.decoder.readOne(c, body)
		} else if !jsontext.Value(body).IsValid() {
			c.problem = refuse(textMalformed)
		}
		return c
	}
}
