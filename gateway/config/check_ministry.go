package config

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxFileMB bounds a file that passes through the memory of a node, in MiB.
const maxFileMB = 50

// portalKeys are the keys that the portal of a ministry has no use for.
func portalKeys() []string {
	return append([]string{
		"login_path", "integration_path", "share_path", "dstcode", "dstcode_in", "agency", "username", "password_file", "password_env",
		"lookup", "batch",
	}, busKeys()...)
}

// onlyMinistry clears the defaults of those keys.
func (d *Destination) onlyMinistry() {
	d.LoginPath, d.IntegrationPath, d.SharePath, d.DstCode, d.DstCodeIn, d.Agency, d.Username = "", "", "", "", "", "", ""
	d.PasswordFile, d.PasswordEnv, d.Lookup, d.Batch = "", "", "", 0
}

func (k *checker) ministry(path string, d *Destination) {
	d.onlyMinistry()
	m := &d.Ministry
	for _, field := range []struct{ key, value string }{{"client_id", m.ClientID}, {"number_code", m.NumberCode}, {"unit", m.Unit}} {
		k.given(path+"."+field.key, field.value)
	}
	k.secret(path, "client_secret", m.ClientSecretFile, m.ClientSecretEnv, false)
	for i, host := range m.FileHosts {
		at := path + ".file_hosts[" + strconv.Itoa(i) + "]"
		u, err := url.Parse("//" + host)
		switch {
		case err != nil || host == "" || u.Host != host || u.Hostname() == "" || strings.Contains(host, "*"):
			k.complain(at, "a host or host:port is expected, such as files.example.vn")
		case slices.Contains(m.FileHosts[:i], host):
			k.complain(at, "given twice")
		}
	}
	if m.FileLimitMB < 0 || m.FileLimitMB > maxFileMB {
		k.complain(path+".file_limit_mb", "a number from 1 to %d is expected", maxFileMB)
	}
	if m.UnknownCreate != "" {
		k.oneOf(path+".unknown_create", m.UnknownCreate, "repeat", "park")
	}
	for _, field := range []struct{ key, value string }{
		{"token_path", m.TokenPath}, {"number_path", m.NumberPath}, {"upload_path", m.UploadPath},
		{"create_path", m.CreatePath}, {"steps_path", m.StepsPath}, {"status_path", m.StatusPath},
	} {
		if strings.ContainsAny(field.value, " ?#") || strings.Contains(field.value, "://") {
			k.complain(path+"."+field.key, "a path below url is expected, such as GetToken")
		}
	}
}
