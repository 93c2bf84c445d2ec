package httpapi_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
)

func trusting(networks ...string) (trusted []netip.Prefix) {
	for _, n := range networks {
		trusted = append(trusted, netip.MustParsePrefix(n))
	}
	return trusted
}

func TestClientAddr(t *testing.T) {
	t.Parallel()
	tell := httpapi.ClientAddr(trusting("127.0.0.1/32", "10.0.0.0/8", "fd00::/8"))
	const proxy = "127.0.0.1:4711"
	for name, tt := range map[string]struct {
		peer    string
		headers []string
		want    string
	}{
		"a proxy that says nothing is the caller":    {proxy, nil, "127.0.0.1"},
		"what a stranger says does not count":        {"203.0.113.9:1", []string{"X-Forwarded-For", "198.51.100.1"}, "203.0.113.9"},
		"what a stranger says in the standard's way": {"203.0.113.9:1", []string{"Forwarded", "for=198.51.100.1"}, "203.0.113.9"},
		"one proxy": {proxy, []string{"X-Forwarded-For", "203.0.113.9"}, "203.0.113.9"},
		"what the caller wrote before it is passed over": {proxy, []string{"X-Forwarded-For", "198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"two proxies":            {proxy, []string{"X-Forwarded-For", "203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		"two lines are one list": {proxy, []string{"X-Forwarded-For", "203.0.113.9", "X-Forwarded-For", "10.1.2.3"}, "203.0.113.9"},
		"only proxies: the one that is furthest away":       {proxy, []string{"X-Forwarded-For", "10.1.2.4, 10.1.2.3"}, "10.1.2.4"},
		"what cannot be read ends the walk":                 {proxy, []string{"X-Forwarded-For", "198.51.100.1, unknown, 10.1.2.3"}, "10.1.2.3"},
		"an empty list":                                     {proxy, []string{"X-Forwarded-For", ""}, "127.0.0.1"},
		"a port":                                            {proxy, []string{"X-Forwarded-For", "203.0.113.9:5000"}, "203.0.113.9"},
		"IPv6":                                              {"[fd00::1]:80", []string{"X-Forwarded-For", "2001:db8::7"}, "2001:db8::7"},
		"IPv6 in brackets":                                  {proxy, []string{"X-Forwarded-For", "[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 in brackets with a port":                      {proxy, []string{"X-Forwarded-For", "[2001:db8::7]:5000"}, "2001:db8::7"},
		"IPv4 in the clothes of IPv6":                       {"[::ffff:127.0.0.1]:80", []string{"X-Forwarded-For", "::ffff:203.0.113.9"}, "203.0.113.9"},
		"RFC 7239":                                          {proxy, []string{"Forwarded", "for=198.51.100.1, for=203.0.113.9;proto=https;by=10.0.0.1"}, "203.0.113.9"},
		"RFC 7239, quoted, name in capitals":                {proxy, []string{"Forwarded", `proto=https;For="[2001:db8::7]:4711"`}, "2001:db8::7"},
		"RFC 7239, a comma in quotes":                       {proxy, []string{"Forwarded", `for=203.0.113.9;host="a,b\",c", for=10.1.2.3`}, "203.0.113.9"},
		"RFC 7239, hidden":                                  {proxy, []string{"Forwarded", "for=_hidden, for=10.1.2.3"}, "10.1.2.3"},
		"RFC 7239, an element without for":                  {proxy, []string{"Forwarded", "for=203.0.113.9, proto=https"}, "127.0.0.1"},
		"RFC 7239, a quote that stays open":                 {proxy, []string{"Forwarded", `for="203.0.113.9, for=198.51.100.1`}, "127.0.0.1"},
		"both headers, the same":                            {proxy, []string{"X-Forwarded-For", "203.0.113.9", "Forwarded", "for=203.0.113.9"}, "203.0.113.9"},
		"both headers: one came through the proxy unseen":   {proxy, []string{"X-Forwarded-For", "198.51.100.1", "Forwarded", "for=203.0.113.9"}, "127.0.0.1"},
		"a trusted network is not all that begins like it":  {"11.0.0.1:1", []string{"X-Forwarded-For", "198.51.100.1"}, "11.0.0.1"},
		"a connection without an address, as from a socket": {"@", []string{"X-Forwarded-For", "198.51.100.1"}, "@"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.peer
			for i := 0; i < len(tt.headers); i += 2 {
				r.Header.Add(tt.headers[i], tt.headers[i+1])
			}
			require.Equal(t, tt.want, tell(r))
		})
	}

	t.Run("nobody is trusted unless that is said", func(t *testing.T) {
		t.Parallel()
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = proxy
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		require.Equal(t, "127.0.0.1", httpapi.ClientAddr(nil)(r))
	})
}

// Behind a proxy that is trusted to tell, one caller's refusals are not another's.
func TestKnocksBehindAProxy(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *httpapi.Options) { o.ClientAddr = httpapi.ClientAddr(trusting("192.0.2.0/24")) }) // that of httptest
	knock := func(from string) int {
		return b.do(t, request{path: "/v1/records", key: "none", headers: []string{"X-Forwarded-For", from}}).Code
	}
	codes := map[int]int{}
	for range 20 {
		codes[knock("203.0.113.9")]++
	}
	require.Positive(t, codes[429])
	require.Equal(t, 401, knock("203.0.113.10"))
	require.Equal(t, "203.0.113.10", b.store.refusals[len(b.store.refusals)-1].RemoteAddr)
	require.Equal(t, fault.Unauthorized, b.store.refusals[0].Reason)
}

func FuzzClientAddr(f *testing.F) {
	for _, seed := range []string{"", "203.0.113.9", "198.51.100.1, 10.0.0.1", "[2001:db8::7]:4711", `for="[2001:db8::7]:1";proto=https, for=_x`, `for="\`, ",,;="} {
		f.Add(seed, seed)
	}
	tell := httpapi.ClientAddr(trusting("127.0.0.0/8"))
	f.Fuzz(func(t *testing.T, plain, standard string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "127.0.0.1:1"
		r.Header["X-Forwarded-For"], r.Header["Forwarded"] = []string{plain}, []string{standard}
		if _, err := netip.ParseAddr(tell(r)); err != nil {
			t.Error("an address that is none")
		}
	})
}
