package sink

import (
	"net/http"

	"github.com/lienthong/lienthong/gateway/portal"
)

func (d *Destination) bearer() portal.Secret {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.token
}

// authorise adds what every call bears.
func (d *Destination) authorise(h http.Header, token portal.Secret) {
	h.Set("Accept", "application/json, application/problem+json")
	if token != "" {
		h.Set("Authorization", "Bearer "+token.Reveal())
	}
}

// renew reads the token anew after a refused one and reports whether there is
// another by now, read by this call or by one beside it.
func (d *Destination) renew(refused portal.Secret) bool {
	if d.source == nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token != refused {
		return true
	}
	fresh, err := d.source()
	if err != nil || fresh == refused || fresh == "" {
		return false
	}
	d.token = fresh
	d.log.Info("token read anew")
	return true
}
