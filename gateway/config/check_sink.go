package config

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

// sink checks what a destination of kind sink has alone. Defaults that are those
// of a portal and were not said give way to its own.
func (k *checker) sink(path string, d *Destination) {
	k.foreign(path, KindSink, append(busKeys(),
		"login_path", "integration_path", "share_path", "dstcode", "dstcode_in", "agency", "username", "password_file", "password_env")...)
	d.LoginPath, d.IntegrationPath, d.SharePath, d.DstCode, d.DstCodeIn = "", "", "", "", ""
	if !k.said(path + ".lookup") {
		d.Lookup = string(gateway.ShowsNothing)
	}
	if !k.said(path + ".batch") {
		d.Batch = sinkBatch
	}
	if !k.said(path + ".receives") {
		d.Receives = nil
	}
	k.oneOf(path+".lookup", d.Lookup, string(gateway.ShowsNothing), string(gateway.ShowsExistence))
	k.receives(path+".receives", d.Receives, entityKinds()...)
	k.secret(path, "token", d.TokenFile, d.TokenEnv, true)
	if secret, at := k.secret(path, "secret", d.SecretFile, d.SecretEnv, true); secret != "" && !isSigningSecret(secret) {
		k.complain(at, "a signing secret is whsec_ and 24 to 64 bytes in base64")
	}
	k.purpose(path, d)
}

// purpose: nobody's person record goes anywhere for no stated reason.
func (k *checker) purpose(path string, d *Destination) {
	switch people := slices.Contains(d.Receives, string(schema.KindPerson)); {
	case d.Purpose == "" && people:
		k.complain(path, "purpose is missing; people are sent for a stated purpose only")
	case d.Purpose != "" && (!codePattern.MatchString(d.Purpose) || len(d.Purpose) > maxCode):
		k.complain(path+".purpose", "a code is of lower-case letters and digits, with single - or _ between them, at most %d", maxCode)
	}
}

// sinkBatch is how many events a call has unless something else is said.
const sinkBatch = 50

func isSigningSecret(secret string) bool {
	text, ok := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(text)
	return ok && err == nil && len(key) >= 24 && len(key) <= 64
}

// entityKinds are the kinds that records of other kinds are gathered in.
func entityKinds() []schema.Kind {
	var kinds []schema.Kind
	for _, kind := range schema.Kinds() {
		if kind.Entity() == kind {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
