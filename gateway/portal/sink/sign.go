package sink

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
)

// Limits of a key, in bytes (Standard Webhooks 1.0, signature scheme).
const (
	minKey = 24
	maxKey = 64
)

// ParseSecret reads a secret of the form that Standard Webhooks gives it. The
// error has code usage and repeats nothing of it.
func ParseSecret(s portal.Secret) ([]byte, error) {
	text, ok := strings.CutPrefix(s.Reveal(), "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < minKey || len(key) > maxKey {
		return nil, fault.New(fault.Usage, "sink.ParseSecret", "a signing secret is whsec_ and 24 to 64 bytes in base64")
	}
	return key, nil
}

// sign adds the three headers of Standard Webhooks. The time is that of this
// attempt; the id is the same in every attempt with the same content.
func sign(h http.Header, key []byte, id string, at time.Time, body []byte) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	for _, part := range [][]byte{[]byte(id), []byte("."), []byte(stamp), []byte("."), body} {
		_, _ = mac.Write(part) // never fails
	}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", stamp)
	h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
