package httpapi

import (
	"bytes"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// envelope is the body of [pushMedia]: a message and its place among its revisions.
type envelope struct {
	Version *strict.Text   `json:"source_version"`
	Time    *strict.Text   `json:"event_time"`
	Message jsontext.Value `json:"message"`
}

// messageField is where the message stands in an envelope.
const messageField = "/message"

// unwrap takes a message out of its envelope. What the headers tell must not contradict it.
func (a *API) unwrap(p strict.Part, told age) (gateway.Message, error) {
	var e envelope
	if _, err := a.decoder.Decode(p, &e); err != nil {
		return gateway.Message{}, err
	}
	m := gateway.Message{ContentType: jsonMedia, Body: e.Message, SourceVersion: told.version, EventTime: told.time}
	if len(e.Message) == 0 {
		return m, badBody(fault.Malformed, fault.Problem{
			Pointer: p.Pointer + messageField, Code: "envelope.message", Detail: "Thiếu thông điệp.", DetailEN: "The message is missing.",
		})
	}
	if e.Version != nil {
		v, ok := parseVersion(e.Version.String())
		if !ok {
			return m, inEnvelope(p, "/source_version", badVersion)
		}
		if told.version != 0 && told.version != v {
			return m, inEnvelope(p, "/source_version", contradiction)
		}
		m.SourceVersion = v
	}
	if e.Time != nil {
		t, ok := parseEventTime(e.Time.String())
		if !ok {
			return m, inEnvelope(p, "/event_time", badEventTime)
		}
		if !told.time.IsZero() && !told.time.Equal(t) {
			return m, inEnvelope(p, "/event_time", contradiction)
		}
		m.EventTime = t
	}
	return m, nil
}

var contradiction = fault.Problem{
	Code: "envelope.contradiction", Detail: "Giá trị khác với tiêu đề của yêu cầu.", DetailEN: "The value differs from the header of the request.",
}

func inEnvelope(part strict.Part, field string, p fault.Problem) error {
	p.Pointer = part.Pointer + field
	return badBody(fault.Malformed, p)
}

// located says where a batch stops being JSON: cutting it found that it does,
// reading it all finds the place. It is for failures only.
func (a *API) located(media string, data []byte, cut error) error {
	if media == ndjsonMedia {
		return locatedLine(data, cut)
	}
	var all jsontext.Value
	_, err := a.decoder.Decode(strict.Message(data), &all)
	if strict.Broken(err) {
		return err
	}
	return cut
}

// locatedLine points at the first line that is no JSON; messages are counted, empty lines are not.
func locatedLine(data []byte, cut error) error {
	i := 0
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if !jsontext.Value(line).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			found := fault.ProblemsOf(cut)
			if len(found) == 0 {
				return cut
			}
			found[0].Pointer = "/" + strconv.Itoa(i)
			return &fault.Error{Code: fault.CodeOf(cut), Op: "httpapi.split", Problems: found[:1]}
		}
		i++
	}
	return cut
}
