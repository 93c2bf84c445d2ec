package simulator

import (
	"context"
	"hash/fnv"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// maxFile is how much of a file is read, in bytes; the rest is believed.
const maxFile = 32 << 20

// fetcher pulls one file in the way of its rules.
type fetcher struct {
	seed   uint64
	client *http.Client
}

func newFetcher(seed uint64) *fetcher {
	return &fetcher{seed: seed, client: &http.Client{Transport: loopbackTransport(), CheckRedirect: stayHere}}
}

// loopbackTransport connects to this machine and to no other: the address is looked at
// when the connection is made, so neither a name, a proxy nor a redirect leads away.
func loopbackTransport() *http.Transport {
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		if at, err := netip.ParseAddrPort(address); err != nil || !at.Addr().Unmap().IsLoopback() {
			return errNotHere
		}
		return nil
	}}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(address); err == nil && strings.EqualFold(host, "localhost") {
			address = net.JoinHostPort("127.0.0.1", port) // no name server is asked
		}
		return dialer.DialContext(ctx, network, address)
	}
	return &http.Transport{DialContext: dial, DisableKeepAlives: true}
}

// errNotHere says that an address is not on this machine.
var errNotHere = &net.AddrError{Err: "not on this machine"}

// stayHere follows redirects on this machine.
func stayHere(r *http.Request, via []*http.Request) error {
	if !isHere(r.URL) || len(via) >= 5 {
		return errNotHere
	}
	return nil
}

// isHere says whether an address names this machine without asking a name server.
func isHere(u *url.URL) bool {
	if u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	at, err := netip.ParseAddr(u.Hostname())
	return strings.EqualFold(u.Hostname(), "localhost") || (err == nil && at.Unmap().IsLoopback())
}

// fetch returns what became of a file, and the HTTP status if there was an answer.
func (f *fetcher) fetch(ctx context.Context, p pull) (FileOutcome, int) {
	if p.rules.Pull == PullFake {
		return f.pretend(p)
	}
	to, err := url.Parse(p.url)
	if err != nil {
		return FileUnreachable, 0
	}
	if !isHere(to) {
		return FileSkipped, 0
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.rules.Timeout))
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return FileUnreachable, 0
	}
	response, err := f.client.Do(request)
	if err != nil {
		return FileUnreachable, 0
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, maxFile)); err != nil || response.StatusCode != http.StatusOK {
		return FileUnreachable, response.StatusCode
	}
	return FileFetched, response.StatusCode
}

// pretend decides by address and seed, so that a run repeats.
func (f *fetcher) pretend(p pull) (FileOutcome, int) {
	for _, part := range p.rules.Missing {
		if strings.Contains(p.url, part) {
			return FileUnreachable, http.StatusNotFound
		}
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(p.url)) // a hash never fails
	if mixed := mix(sum.Sum64() ^ f.seed); float64(mixed>>11)/(1<<53) < p.rules.Share {
		return FileUnreachable, http.StatusNotFound
	}
	return FileFetched, http.StatusOK
}

// mix spreads near values over all bits: the finalizer of SplitMix64.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
