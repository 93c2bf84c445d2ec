package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// slashedID takes record paths whose id has bare slashes. The documented form
// has them as %2F, which makes the id one segment and a suffix unmistakable; but
// proxies like to decode them on the way. Here the last segment "journey" is
// the suffix whenever an id stands before it.
func (a *API) slashedID(w http.ResponseWriter, r *http.Request) {
	raw, ok := oneSegmentID(r.URL.EscapedPath())
	path, err := url.PathUnescape(raw)
	if !ok || err != nil {
		a.fail(w, callOf(r.Context()), fault.New(fault.NotFound, "httpapi.paths", "no such path"))
		return
	}
	again := r.Clone(r.Context())
	again.URL.Path, again.URL.RawPath = path, raw
	a.mux.ServeHTTP(w, again)
}

const journeySuffix = "/journey"

// oneSegmentID escapes the slashes in the id of /v1/records/{source}/{kind}/{id…}[/journey].
func oneSegmentID(escaped string) (string, bool) {
	const before = 5 // "", v1, records, source, kind
	segments := strings.SplitN(escaped, "/", before+1)
	if len(segments) <= before {
		return "", false
	}
	id, suffix := segments[before], ""
	if rest, cut := strings.CutSuffix(id, journeySuffix); cut && rest != "" {
		id, suffix = rest, journeySuffix
	}
	id = strings.ReplaceAll(id, "/", "%2F")
	if id == "" {
		return "", false
	}
	return strings.Join(segments[:before], "/") + "/" + id + suffix, true
}
