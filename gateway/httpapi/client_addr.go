package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddr returns, for [Options].ClientAddr, what tells the address of a
// caller behind proxies: the last address, read from the right, that none of the
// trusted networks has, in X-Forwarded-For or in Forwarded (RFC 7239). What
// stands further left was written by the caller. A connection that no trusted
// proxy made speaks for itself, and so does the proxy when the two headers tell
// different addresses: one of them then came through it unseen.
func ClientAddr(trusted []netip.Prefix) func(*http.Request) string {
	trusts := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) string {
		own := peer(r)
		at, ok := hop(own)
		if !ok || !trusts(at) {
			return own
		}
		plain, standard := r.Header.Values("X-Forwarded-For"), r.Header.Values("Forwarded")
		switch {
		case len(standard) == 0:
			return last(at, plainHops(plain), trusts).String()
		case len(plain) == 0:
			return last(at, forwardedHops(standard), trusts).String()
		}
		one, other := last(at, plainHops(plain), trusts), last(at, forwardedHops(standard), trusts)
		if one != other {
			return own
		}
		return one.String()
	}
}

// last walks from the proxy that is connected, to the left, up to the first
// address that is not trusted or cannot be read.
func last(at netip.Addr, hops []string, trusts func(netip.Addr) bool) netip.Addr {
	for _, text := range slices.Backward(hops) {
		next, ok := hop(text)
		if !ok {
			return at
		}
		if at = next; !trusts(at) {
			return at
		}
	}
	return at
}

// hop reads an address, with or without a port, IPv6 with or without brackets.
func hop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if with, err := netip.ParseAddrPort(text); err == nil {
		return with.Addr().Unmap().WithZone(""), true
	}
	if inner, cut := strings.CutPrefix(text, "["); cut {
		text = strings.TrimSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(text)
	return a.Unmap().WithZone(""), err == nil
}

// plainHops splits X-Forwarded-For. Several lines are one list.
func plainHops(lines []string) []string { return strings.Split(strings.Join(lines, ","), ",") }

// forwardedHops returns the "for" of each element of Forwarded, "" where it has none.
func forwardedHops(lines []string) (hops []string) {
	for _, element := range unquotedSplit(strings.Join(lines, ","), ',') {
		hop := ""
		for _, pair := range unquotedSplit(element, ';') {
			name, value, _ := strings.Cut(pair, "=")
			if equalFold(strings.TrimSpace(name), "for") {
				hop = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
		hops = append(hops, hop)
	}
	return hops
}

// unquotedSplit cuts at a separator that does not stand between double quotes.
// A quote that is never closed swallows the rest, which then is no address.
func unquotedSplit(s string, at byte) (parts []string) {
	quoted, start := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == at && !quoted:
			parts, start = append(parts, s[start:i]), i+1
		}
	}
	return append(parts, s[start:])
}
