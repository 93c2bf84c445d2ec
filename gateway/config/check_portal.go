package config

import (
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// How writes to the national portal are wrapped, but for its own envelope.
const (
	wireNamed     = "named"
	wireAddresses = "addresses"
)

// maxChunk bounds the steps of one dossier in a call.
const maxChunk = 1000

// busKeys are the keys of the national portal that came with the provincial bus.
func busKeys() []string {
	return []string{"wire", "create_path", "update_path", "steps_path", "lookup_url", "born_numbers", "chunk", "household", "partial_batches"}
}

// portal checks what a destination of kind dvcqg has alone.
func (k *checker) portal(path string, d *Destination) {
	k.foreign(path, KindPortal, append(sinkKeys(), "ministry")...)
	for key, value := range map[string]string{"login_path": d.LoginPath, "integration_path": d.IntegrationPath, "share_path": d.SharePath} {
		if k.given(path+"."+key, value) {
			k.below(path+"."+key, value)
		}
	}
	for key, value := range map[string]string{"dstcode": d.DstCode, "agency": d.Agency} {
		k.given(path+"."+key, value)
	}
	k.oneOf(path+".dstcode_in", d.DstCodeIn, "header", "query")
	shows := []string{string(gateway.ShowsExistence), string(gateway.ShowsHeader), string(gateway.ShowsTrail)}
	if k.bus(path, d) && d.LookupURL == "" {
		shows = []string{string(gateway.ShowsNothing)}
		if !k.said(path + ".lookup") {
			d.Lookup = shows[0]
		}
		k.foreign(path, "dvcqg behind a bus that nobody can ask", "username", "password_file", "password_env")
	} else {
		k.given(path+".username", d.Username)
		k.secret(path, "password", d.PasswordFile, d.PasswordEnv, false)
	}
	k.oneOf(path+".lookup", d.Lookup, shows...)
	if d.Household != "" {
		k.oneOf(path+".household", d.Household, "2", "4")
	}
	if k.said(path + ".chunk") {
		k.within(path+".chunk", d.Chunk, maxChunk)
	}
	k.receives(path+".receives", d.Receives, schema.KindDossier)
}

// bus checks how writes are wrapped, and reports whether a province's own bus takes them.
func (k *checker) bus(path string, d *Destination) bool {
	if d.Wire != "" {
		k.oneOf(path+".wire", d.Wire, "envelope", wireNamed, wireAddresses)
	}
	for key, value := range map[string]string{"create_path": d.CreatePath, "update_path": d.UpdatePath, "steps_path": d.StepsPath} {
		switch at := path + "." + key; {
		case d.Wire != wireAddresses && value != "":
			k.complain(at, "only wire: addresses has such a key")
		case d.Wire == wireAddresses && k.given(at, value):
			k.below(at, value)
		}
	}
	through := d.Wire == wireNamed || d.Wire == wireAddresses
	switch {
	case d.LookupURL == "":
	case through:
		k.url(path+".lookup_url", d.LookupURL)
	default:
		k.complain(path+".lookup_url", "the portal itself is asked where it is written to; wire says named or addresses for a bus")
	}
	return through
}

// below wants a path below the destination's URL.
func (k *checker) below(path, value string) {
	if strings.ContainsAny(value, " ?#") || strings.Contains(value, "://") {
		k.complain(path, "a path below url is expected, such as mapi/g")
	}
}
