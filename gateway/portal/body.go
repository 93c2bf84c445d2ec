package portal

import "bytes"

// How the body of an answer was no answer, as part of a cause.
const (
	BodyEmpty     = "body.empty"
	BodyMarkup    = "body.markup" // a page for people
	BodyTruncated = "body.broken_json"
	BodyForeign   = "body.foreign" // something else than the destination writes
)

// Bare returns a body without the byte order mark that some systems put before JSON, and without space around it.
func Bare(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")))
}
