package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"io"
	"net/http"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// digest checks a body as it comes over the line against Content-Digest (RFC 9530).
type digest struct {
	want []byte // SHA-256; nil: none was told
	hash hash.Hash
}

// digestOf reads Content-Digest; algorithms other than sha-256 are passed over, as the RFC wants.
func digestOf(h http.Header) (*digest, error) {
	header := strings.Join(h.Values("Content-Digest"), ",")
	want, ok := parseDigest(header)
	if !ok {
		return nil, badHeader(fault.Malformed, "Content-Digest", fault.Problem{
			Code: "header.content_digest", Detail: "Tiêu đề không đúng dạng của RFC 9530.",
			DetailEN: "The header is not of the form of RFC 9530.", Expected: "sha-256=:BASE64:",
		})
	}
	return &digest{want: want, hash: sha256.New()}, nil
}

// parseDigest returns the sha-256 of a structured dictionary, nil when it has none.
func parseDigest(header string) (sum []byte, ok bool) {
	if header == "" {
		return nil, true
	}
	for member := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.Trim(member, " \t"), "=")
		if !found {
			return nil, false
		}
		if name != "sha-256" {
			continue
		}
		inner, opened := strings.CutPrefix(value, ":")
		encoded, params, closed := strings.Cut(inner, ":")
		if !opened || !closed || params != "" && params[0] != ';' {
			return nil, false
		}
		raw, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || len(raw) != sha256.Size {
			return nil, false
		}
		sum = raw
	}
	return sum, true
}

// over returns from with everything that passes counted in.
func (d *digest) over(from io.Reader) io.Reader {
	if d.want == nil {
		return from
	}
	return io.TeeReader(from, d.hash)
}

func (d *digest) matches() bool { return d.want == nil || bytes.Equal(d.want, d.hash.Sum(nil)) }

// digestMismatch is worth a retry: the line did it.
func digestMismatch() error {
	f := badHeader(fault.Malformed, "Content-Digest", fault.Problem{
		Code: "digest.mismatch", Detail: "Nội dung nhận được khác với giá trị băm đã khai báo; đường truyền có thể đã làm hỏng.",
		DetailEN: "What arrived differs from the digest; the line may have damaged it.",
	})
	f.again = true
	return f
}
