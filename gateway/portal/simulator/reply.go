package simulator

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// outcome is what the portal decided, before it is put into words.
type outcome struct {
	code    string
	message string
	refused bool           // a business error, if only for some records
	session string         // of a login
	result  jsontext.Value // of a read; nil where the answer has no result
}

func (r *refusal) outcome() outcome { return outcome{code: r.code, message: r.message, refused: true} }

// ending is what happens to the connection.
type ending int

const (
	endSend ending = iota // the answer is sent
	endCut                // the connection is reset
	endHang               // nothing happens until the client leaves
	endSlow               // the answer is sent after a delay
)

// reply is what leaves, or does not.
type reply struct {
	status      int
	contentType string
	retryAfter  time.Duration
	body        []byte
	code        string // error_code as the body shows it
	fault       FaultName
	ending      ending
	delay       time.Duration // of endSlow
}

// line is the reply as the log has it.
func (r reply) line(c *call) *answerLine {
	entry := &answerLine{head: head{Type: "answer"}, Call: c.seq, Fault: r.fault}
	if r.ending == endSend || r.ending == endSlow {
		entry.Status, entry.ErrorCode, entry.Answered = r.status, r.code, true
	}
	return entry
}

const jsonType = "application/json; charset=utf-8"

// voice is the form of an answer.
type voice int

const (
	voiceNational voice = iota // the envelope of the portal
	voiceWrapper               // the same with codes as text
	voicePacked                // the envelope of the portal as a text in that of a bus
	voiceDocument              // MResult of 2017
	voiceToken                 // an OAuth token
	voiceMinistry              // gen-2: HTTP codes and {code, message, …}
	voiceEvent                 // HTTP statuses, as receivers of events answer
)

// encode puts an outcome into words.
func (s *Simulator) encode(c *call, out outcome) reply {
	rep := reply{status: http.StatusOK, contentType: jsonType}
	switch c.voice {
	case voicePacked:
		_, inner := envelopeOf(c.rules.Codes, out)
		rep.body = append(quote([]byte(`{"error_code":"0","message":`), string(inner)), '}')
		rep.code = codeOK // of the bus; what the portal said is inside
		return rep
	case voiceDocument:
		rep.code = strconv.Itoa(count(!out.refused && out.code == codeOK))
		rep.body = append(quote([]byte(`{"Status":`+rep.code+`,"Message":`), out.message), '}')
		return rep
	case voiceEvent:
		return encodeEvent(c, out)
	case voiceToken:
		return s.encodeToken(c, out, rep)
	case voiceMinistry:
		return encodeMinistry(c, out, rep)
	}
	style := c.rules.Codes
	if c.voice == voiceWrapper {
		style = CodesString
	}
	if own, ok := c.rules.CodesByOp[c.op]; ok {
		style = own
	}
	rep.code, rep.body = envelopeOf(style, out)
	return rep
}

func (s *Simulator) encodeToken(c *call, out outcome, rep reply) reply {
	if out.session == "" {
		return unauthorized()
	}
	rep.body = quote([]byte(`{"scope":"am_application_scope default","token_type":"Bearer","expires_in":`+
		lifetime(c.rules)+`,"access_token":`), out.session)
	rep.body = append(rep.body, '}')
	return rep
}

// lifetime is how many seconds a token is said to last.
func lifetime(rules *settings) string {
	lasts := rules.SessionTTL
	if lasts == 0 {
		lasts = time.Hour // one must be said; it is renewed for nothing then
	}
	return strconv.Itoa(int(lasts.Seconds()))
}

// unauthorized is what an API manager says to a missing or wrong token.
func unauthorized() reply {
	return reply{status: http.StatusUnauthorized, contentType: jsonType, body: []byte(
		`{"fault":{"code":900901,"message":"Invalid Credentials","description":"Access failure for API. Make sure you have provided the correct security credentials"}}`)}
}

// envelopeOf returns the code as text and {error_code, message, session, result}.
func envelopeOf(style CodeStyle, out outcome) (code string, body []byte) {
	code, shown := style.format(out.code)
	body = append([]byte(`{"error_code":`), shown...)
	body = append(body, `,"message":`...)
	body = quote(body, out.message)
	if out.session != "" {
		body = quote(append(body, `,"session":`...), out.session)
	}
	if out.result != nil {
		body = append(append(body, `,"result":`...), out.result...)
	}
	return code, append(body, '}')
}

// format returns the code as text and as it stands in the JSON.
func (s CodeStyle) format(code string) (plain, shown string) {
	switch {
	case s == CodesInt, s == CodesMixed && code != "3" && code != codeDuplicate:
		return code, code
	case s == CodesLegacy && code == codeOK:
		code = "00"
	}
	return code, strconv.Quote(code)
}

// quote appends a JSON string. Invalid UTF-8, which cannot come from a decoded body, becomes U+FFFD.
func quote(dst []byte, text string) []byte {
	quoted, err := jsontext.AppendQuote(dst, text)
	if err != nil {
		return append(dst, `""`...)
	}
	return quoted
}

// stray is what the security server says to a call for a member it does not know.
func stray(form AdapterFault) reply {
	if form == AdapterFaultXML {
		return reply{status: http.StatusOK, contentType: "text/xml; charset=utf-8", body: []byte(
			`<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">` +
				`<soapenv:Body><soapenv:Fault><faultcode>Server.ClientProxy.UnknownMember</faultcode>` +
				`<faultstring>Could not find addresses for service provider</faultstring></soapenv:Fault></soapenv:Body></soapenv:Envelope>`)}
	}
	return reply{status: http.StatusOK, contentType: jsonType, body: []byte(
		`{"type":"Server.ClientProxy.UnknownMember","message":"Could not find addresses for service provider","detail":""}`)}
}

const htmlOf502 = `<html><head><title>502 Bad Gateway</title></head>` +
	`<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>`

const htmlOfPage = `<!DOCTYPE html><html><head><title>Thông báo</title></head>` +
	`<body><h1>Hệ thống đang bảo trì, vui lòng quay lại sau</h1></body></html>`

// shape applies an answer-shaping fault to what the portal would have said.
func (s *Simulator) shape(c *call, p plan, out outcome) reply {
	ok := !out.refused
	switch {
	case p.fault == FaultSuccessTextBadCode && ok:
		out.code = codeFailed
	case p.fault == FaultCodeOKBadText && ok:
		out.message = textNoted
	case p.fault == FaultDuplicateAnswer && ok:
		out = outcome{code: c.rules.DuplicateCode, message: textExists(c.items[0].key), refused: true}
		if c.voice == voiceMinistry && c.rules.Ministry.ExistsShowsID {
			out.result = dataOf(c.items[0].key)
		}
	}
	rep := s.encode(c, out)
	rep.fault = p.fault
	switch p.fault {
	case FaultRefuse, FaultAppliedLate:
		rep.ending = endCut
	case FaultHang:
		rep.ending = endHang
	case FaultHTTP502:
		rep = reply{status: http.StatusBadGateway, contentType: "text/html", body: []byte(htmlOf502), fault: p.fault}
	case FaultHTTP503:
		rep = reply{status: http.StatusServiceUnavailable, contentType: "text/plain", fault: p.fault, retryAfter: p.params.Delay}
	case FaultThrottle:
		rep = reply{status: http.StatusTooManyRequests, contentType: "text/plain", fault: p.fault, retryAfter: max(p.params.Delay, time.Second)}
	case FaultEmptyBody:
		rep.body, rep.code = nil, ""
	case FaultHTMLPage:
		rep = reply{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: []byte(htmlOfPage), fault: p.fault}
	case FaultTruncatedJSON:
		rep.body, rep.code = rep.body[:len(rep.body)*2/3], ""
	case FaultStoredAnswerLost:
		rep.ending, rep.delay = p.params.Ending.ending(), p.params.Delay
	case "":
		switch {
		case p.slowBy > 0:
			rep.fault = limitedByCapacity
		case p.latency > 0:
			rep.fault = FaultLatency
		}
	}
	return rep
}
