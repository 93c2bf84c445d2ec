package httpapi

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

const maxIdempotencyKey = 255

// idempotencyOf reads Idempotency-Key; without one nothing is remembered.
func idempotencyOf(r *http.Request, source string) (gateway.Idempotency, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return gateway.Idempotency{}, nil
	}
	key, ok := parseIdempotencyKey(values[0])
	if !ok || len(values) > 1 {
		return gateway.Idempotency{}, badHeader(fault.Malformed, "Idempotency-Key", fault.Problem{
			Code: "header.idempotency_key", Detail: "Khóa phải là một chuỗi ASCII từ 1 đến 255 ký tự, trong dấu ngoặc kép hoặc không có khoảng trắng.",
			DetailEN: "The key is one ASCII string of 1 to 255 characters, quoted or without spaces.", Expected: `"…", 1 to 255 characters`,
		})
	}
	return gateway.Idempotency{Scope: source + " " + r.Method + " " + r.URL.Path, Key: key}, nil
}

// keyMissing refuses an order that nobody could repeat without a second effect.
func keyMissing() error {
	return badHeader(fault.Malformed, "Idempotency-Key", fault.Problem{
		Code: "header.idempotency_key_missing", Detail: "Lệnh vận hành cần Idempotency-Key: gửi lại cùng khóa không gây tác động thứ hai.",
		DetailEN: "An order takes an Idempotency-Key: repeated with it, it has no second effect.", Expected: `"…", 1 to 255 characters`,
	})
}

// parseIdempotencyKey reads a structured-field string (RFC 8941 §3.3.3) or the bare token that old clients send.
func parseIdempotencyKey(v string) (string, bool) {
	v = strings.Trim(v, " \t")
	inner, quoted := strings.CutPrefix(v, `"`)
	if !quoted {
		return v, 0 < len(v) && len(v) <= maxIdempotencyKey && !strings.ContainsFunc(v, func(r rune) bool {
			return r <= ' ' || r > '~' || r == '"' || r == ',' || r == ';' || r == '\\'
		})
	}
	var key strings.Builder
	for i := 0; i < len(inner); i++ {
		switch c := inner[i]; {
		case c == '"':
			return key.String(), i == len(inner)-1 && 0 < key.Len() && key.Len() <= maxIdempotencyKey
		case c == '\\':
			if i++; i == len(inner) || inner[i] != '"' && inner[i] != '\\' {
				return "", false
			}
			key.WriteByte(inner[i])
		case c < ' ' || c > '~':
			return "", false
		default:
			key.WriteByte(c)
		}
	}
	return "", false
}

// fingerprint binds an idempotency key to the request.
func fingerprint(r *http.Request, data []byte) schema.Hash {
	return gateway.Fingerprint(r.Method, r.URL.Path, data)
}

// age is what a sender tells of a message's place among its revisions.
type age struct {
	version int64     // 0: not told
	time    time.Time // zero: not told
}

const (
	versionHeader = "Gateway-Source-Version"
	timeHeader    = "Gateway-Event-Time"
)

// ageOf reads Gateway-Source-Version and Gateway-Event-Time.
func ageOf(h http.Header) (a age, err error) {
	if values := h.Values(versionHeader); len(values) > 0 {
		var ok bool
		if a.version, ok = parseVersion(values[0]); !ok || len(values) > 1 {
			return a, badHeader(fault.Malformed, versionHeader, badVersion)
		}
	}
	if values := h.Values(timeHeader); len(values) > 0 {
		var ok bool
		if a.time, ok = parseEventTime(values[0]); !ok || len(values) > 1 {
			return a, badHeader(fault.Malformed, timeHeader, badEventTime)
		}
	}
	return a, nil
}

var (
	badVersion = fault.Problem{
		Code: "source_version.invalid", Detail: "Phiên bản phải là số nguyên dương.",
		DetailEN: "The version is a positive integer.", Expected: "1 to 9223372036854775807",
	}
	badEventTime = fault.Problem{
		Code: "event_time.invalid", Detail: "Thời điểm phải theo RFC 3339, có múi giờ và không ở tương lai.",
		DetailEN: "The time is one of RFC 3339, with its offset, and not in the future.", Expected: "2026-01-31T08:00:00+07:00",
	}
)

func parseVersion(v string) (int64, bool) {
	if v == "" || v[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, err == nil && n > 0
}

// parseEventTime takes what has happened: a time ahead of ours would make every later push look old.
func parseEventTime(v string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, v)
	return t, err == nil && t.UTC().Year() >= 1900 && !t.After(time.Now().Add(gateway.ClockTolerance))
}

// Media types of the push operations.
const (
	jsonMedia   = "application/json"
	ndjsonMedia = "application/x-ndjson"
	pushMedia   = "application/vnd.lienthong.push+json"
)

// mediaOf returns the media type of a body, in lower case and without
// parameters; none means JSON. What the operation does not take is refused.
func mediaOf(h http.Header, takes func(media string) bool, accept string) (string, error) {
	header := h.Get("Content-Type")
	if header == "" {
		return jsonMedia, nil
	}
	media, params, err := mime.ParseMediaType(header)
	if err == nil && takes(media) && unicodeText(params["charset"]) {
		return media, nil
	}
	f := badHeader(fault.UnsupportedMedia, "Content-Type", fault.Problem{
		Code: "header.content_type", Detail: "Kiểu nội dung không được nhận ở đây; bảng mã phải là UTF-8.",
		DetailEN: "The content type is not taken here; the character set is UTF-8.", Expected: accept,
	})
	f.header = http.Header{"Accept-Post": {accept}}
	return "", f
}

func unicodeText(charset string) bool {
	return charset == "" || equalFold(charset, "utf-8") || equalFold(charset, "utf8") || equalFold(charset, "us-ascii")
}

const singleAccepts = "application/json, application/*+json, application/xml, text/xml, application/*+xml, text/csv"

// singleTakes lets through what an adapter may know; forms, multipart and pages are no messages.
func singleTakes(media string) bool {
	switch media {
	case jsonMedia, "text/json", "application/xml", "text/xml", "text/csv":
		return true
	}
	return strings.HasPrefix(media, "application/") && (strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml"))
}

const batchAccepts = jsonMedia + ", " + ndjsonMedia + ", " + pushMedia

func batchTakes(media string) bool {
	return media == jsonMedia || media == ndjsonMedia || media == pushMedia
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }
