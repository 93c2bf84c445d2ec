package simulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Ministry is the portal of a ministry (gen-2) that stands beside the national
// one, under /ministry/: a token, numbers that the portal issues, uploads, and
// HTTP codes that mean something. Its dossiers share the ledger, the faults and
// the log; their effects say "portal":"ministry".
type Ministry struct {
	Closed        bool `json:"closed"`          // none of its doors answers
	ExistsShowsID bool `json:"exists_shows_id"` // the answer to a second create tells idHoSo; it is not known whether the real one does
}

// folderOfMinistry is what all its paths are below.
const folderOfMinistry = "/ministry"

// The services of gen-2, which are also the ends of their paths.
const (
	serviceGetToken  = "GetToken"
	serviceNextValue = "GetNextValue"
	serviceUpload    = "UploadFile"
	serviceCreate    = "CreateDossier"
	serviceTrail     = "CapNhatTienTrinh"
	serviceState     = "CapNhatTrangThai"
)

// ministryName marks effects of this portal in the log.
const ministryName = "ministry"

func doorsOfMinistry(m Ministry) map[string]door {
	if m.Closed {
		return nil
	}
	doors := map[string]door{
		serviceGetToken:  {http.MethodPost, ministryToken},
		serviceNextValue: {http.MethodGet, ministryNumber},
		serviceUpload:    {http.MethodPost, ministryUpload},
		serviceCreate:    {http.MethodPost, ministryRecords(serviceCreate, OpDossier)},
		serviceTrail:     {http.MethodPost, ministryRecords(serviceTrail, OpProgress)},
		serviceState:     {http.MethodPost, ministryRecords(serviceState, OpState)},
	}
	all := make(map[string]door, len(doors))
	for service, d := range doors {
		all[folderOfMinistry+"/"+service] = d
	}
	return all
}

func ministryCall(r *http.Request, service string, op Op) *call {
	return &call{op: op, service: service, wrapper: true, voice: voiceMinistry, session: bearer(r)}
}

func ministryToken(_ *settings, r *http.Request, body []byte) *call {
	c := ministryCall(r, serviceGetToken, OpLogin)
	fields := membersOf(body)
	c.username, _ = text(fields["client_id"])
	c.password, _ = text(fields["client_secret"])
	c.denied = c.username == "" || c.password == ""
	return c
}

func ministryNumber(_ *settings, r *http.Request, _ []byte) *call {
	c := ministryCall(r, serviceNextValue, OpNumber)
	if c.argument = r.URL.Query().Get("code"); !wellFormedUnit(c.argument) {
		c.problem = refuse(textMissing("code"))
	}
	return c
}

// wellFormedUnit asks for a code such as 000.00.07.G15.
func wellFormedUnit(code string) bool {
	parts := strings.Split(code, ".")
	return len(parts) == 4 && parts[2] != "" && parts[3] != "" && len(code) < 40 && isPlain(code)
}

func isPlain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' })
}

// ministryUpload reads one file from the part "files".
func ministryUpload(_ *settings, r *http.Request, body []byte) *call {
	c := ministryCall(r, serviceUpload, OpUpload)
	content, ok := partOf(r.Header.Get("Content-Type"), body)
	if !ok || len(content) == 0 {
		c.problem = refuse(textMissing("files"))
		return c
	}
	sum := sha256.Sum256(content)
	c.argument = "sha256:" + hex.EncodeToString(sum[:])
	return c
}

func partOf(contentType string, body []byte) ([]byte, bool) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" {
		return nil, false
	}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return nil, false
		}
		if part.FormName() != "files" {
			continue
		}
		content, err := io.ReadAll(part)
		_, end := form.NextPart() // a form that breaks off is none
		return content, err == nil && end == io.EOF
	}
}

// ministryRecords reads the object of a create, or the list of the two others.
func ministryRecords(service string, op Op) func(*settings, *http.Request, []byte) *call {
	return func(rules *settings, r *http.Request, body []byte) *call {
		c := ministryCall(r, service, op)
		raws := []jsontext.Value{body}
		if op != OpDossier {
			raws = elements(body)
		}
		switch {
		case !jsontext.Value(body).IsValid():
			c.problem = refuse(textMalformed)
			return c
		case len(raws) == 0:
			c.problem = refuse(textMissing("data"))
		case rules.MaxBatch > 0 && len(raws) > rules.MaxBatch:
			c.problem = refuse(textBatchSize)
		}
		for _, raw := range raws {
			c.items = append(c.items, readMinistry(op, raw))
		}
		return c
	}
}

// encodeMinistry puts an outcome into the words of gen-2.
func encodeMinistry(c *call, out outcome, rep reply) reply {
	rep.code = "200"
	switch {
	case c.op == OpLogin && out.session == "":
		return unauthorized()
	case c.op == OpLogin:
		rep.body = quote([]byte(`{"data":{"expires_in":`+lifetime(c.rules)+`,"token_type":"Bearer","scope":"default","access_token":`), out.session)
		rep.body = append(rep.body, `}}`...)
		rep.code = ""
		return rep
	case out.refused:
		rep.status, rep.code = http.StatusBadRequest, "400"
	case out.code != codeOK:
		rep.code = out.code // a fault contradicts itself
	}
	rep.body = quote([]byte(`{"code":`+rep.code+`,"message":`), out.message)
	if len(out.result) > 0 { // the members that this answer has
		rep.body = append(append(rep.body, ','), out.result...)
	}
	rep.body = append(rep.body, '}')
	return rep
}
