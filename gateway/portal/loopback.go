package portal

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"github.com/lienthong/lienthong/internal/fault"
)

// ParseAddress reads an absolute http or https URL; false when it is none.
func ParseAddress(address string) (*url.URL, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, false
	}
	return u, true
}

// CheckLoopback refuses an address outside this machine: it keeps a
// demonstration from ever writing to a real portal. The error has code usage
// and does not repeat the address.
func CheckLoopback(address string) error {
	const op = "portal.CheckLoopback"
	u, ok := ParseAddress(address)
	if !ok {
		return fault.New(fault.Usage, op, "the address of a destination is an http or https URL")
	}
	host := strings.ToLower(u.Hostname())
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.Unmap().IsLoopback() {
		return nil
	}
	return fault.New(fault.Usage, op, "the destination is not on this machine; allow remote hosts explicitly")
}

// dialLoopbackOnly is the same rule where it cannot be talked around: on the
// resolved address, just before connecting.
func dialLoopbackOnly(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return fault.New(fault.Usage, "portal.dial", "the destination is not on this machine")
	}
	return nil
}
