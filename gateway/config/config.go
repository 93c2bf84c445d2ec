// Package config is the one file that a node of the gateway is started with.
//
//	c, err := config.Load("gateway.yaml", os.Getenv)
//
// The file is YAML and read strictly: an unknown key, a wrong type, a value
// out of range and a secret that cannot be read are mistakes, and all of them
// are reported at once, each with its line and column ([Mistakes]). Environment
// variables stand above the file, one for each plain key of its first level:
// LIENTHONG_LISTEN, LIENTHONG_DATABASE_URL, LIENTHONG_DATA_DIR,
// LIENTHONG_PROVINCE. Secrets come from files or the environment, never from
// the configuration itself; relative paths start at the working directory.
//
// Operators and test rigs rely on the names of the keys and on their defaults:
// they are a contract, and only ever added to.
package config

import (
	"net/netip"
	"os"

	"github.com/lienthong/lienthong/internal/fault"
)

// Embedded as the database URL asks for a private PostgreSQL in the data folder.
const Embedded = "embedded"

// Config is the whole of it.
type Config struct {
	Listen         string        `yaml:"listen"`       // address of the API; port 0 takes a free one; default 127.0.0.1:8080
	DatabaseURL    string        `yaml:"database_url"` // postgres://…, or [Embedded]
	DataDir        string        `yaml:"data_dir"`     // what a node keeps beside the database; default ./.lienthong
	Province       string        `yaml:"province"`     // two digits, since 01/07/2025; decides ambiguous commune codes
	Sources        []Source      `yaml:"sources"`
	Destinations   []Destination `yaml:"destinations"`
	TrustedProxies []string      `yaml:"trusted_proxies,omitempty"` // networks (CIDR) whose word on a caller's address counts; default none

	EvidenceKeyFile string `yaml:"evidence_key_file,omitempty"` // holds the secret, 32 characters or more, that wraps the keys of what was sent
	EvidenceKeyEnv  string `yaml:"evidence_key_env,omitempty"`  // or the variable that does; without either the keys stand open in the database

	JournalKeyFile        string `yaml:"journal_key_file,omitempty"`         // holds the ed25519 key, in PEM, that signs the journal and receipts
	JournalKeyEnv         string `yaml:"journal_key_env,omitempty"`          // or the variable that does; without either the journal is chained and not signed
	JournalPublicKeysFile string `yaml:"journal_public_keys_file,omitempty"` // public keys, in PEM, of earlier keys that journal verify trusts too

	Site string `yaml:"site,omitempty"` // name of the site that this node is of: one alone sends; default "default"
}

// Proxies returns TrustedProxies as networks.
func (c Config) Proxies() []netip.Prefix {
	var networks []netip.Prefix
	for _, text := range c.TrustedProxies {
		if network, err := netip.ParsePrefix(text); err == nil { // as Parse has checked
			networks = append(networks, network.Masked())
		}
	}
	return networks
}

// Source is one register that pushes. Its key may also stand in the database
// alone (lienthong keys create); then neither KeyFile nor KeyEnv is given.
type Source struct {
	Code    string `yaml:"code"`
	Adapter string `yaml:"adapter"`
	Mapping string `yaml:"mapping,omitempty"`  // of the adapter mapped alone: the file that describes the source
	KeyFile string `yaml:"key_file,omitempty"` // holds its API key
	KeyEnv  string `yaml:"key_env,omitempty"`  // or the variable that does

	Feeds []string `yaml:"feeds,omitempty"` // that the key of KeyFile or KeyEnv reads too; default none
}

// Destination is one system that shows or keeps our entities. Kinds of
// destinations have keys of their own; one that the kind does not have is a mistake.
type Destination struct {
	Code            string   `yaml:"code"`
	Kind            string   `yaml:"kind"`                       // dvcqg, ministry or sink
	URL             string   `yaml:"url"`                        // of the adapter in front of the portal; the three paths are below it
	LoginPath       string   `yaml:"login_path,omitempty"`       // default mapi/login
	IntegrationPath string   `yaml:"integration_path,omitempty"` // writes and look-ups; default mapi/g
	SharePath       string   `yaml:"share_path,omitempty"`       // catalogues; default mapi/s
	DstCode         string   `yaml:"dstcode,omitempty"`          // routing code of the axis
	DstCodeIn       string   `yaml:"dstcode_in,omitempty"`       // where it stands: header (default) or query
	Agency          string   `yaml:"agency,omitempty"`           // code of the caller
	Username        string   `yaml:"username,omitempty"`
	PasswordFile    string   `yaml:"password_file,omitempty"`
	PasswordEnv     string   `yaml:"password_env,omitempty"`
	Lookup          string   `yaml:"lookup,omitempty"`          // what a look-up shows: exists, header (default) or trail; none behind a bus without lookup_url
	Wire            string   `yaml:"wire,omitempty"`            // how writes are wrapped: envelope (default), or named or addresses for a province's own bus
	CreatePath      string   `yaml:"create_path,omitempty"`     // the three paths below url of wire: addresses
	UpdatePath      string   `yaml:"update_path,omitempty"`     //
	StepsPath       string   `yaml:"steps_path,omitempty"`      //
	LookupURL       string   `yaml:"lookup_url,omitempty"`      // behind a bus: of the adapter where the portal itself is asked; without it lookup is none
	BornNumbers     string   `yaml:"born_numbers,omitempty"`    // beginning of the numbers that the portal issues; default G22, "-": states of portal-born dossiers are not sent back
	Chunk           int      `yaml:"chunk,omitempty"`           // most steps of one dossier in a call; default 10
	Household       string   `yaml:"household,omitempty"`       // LoaiDoiTuong of a household business: "2" (default) or "4"
	Partial         bool     `yaml:"partial_batches,omitempty"` // a call that is refused may have stored some of its dossiers
	RulesFile       string   `yaml:"rules_file,omitempty"`      // of portals: what their answers mean, tried before the built-in rules; see docs/runbook/portal-words.md
	Settle          Duration `yaml:"settle"`                    // how late a write may still be applied or shown; default 60s
	Lanes           int      `yaml:"lanes"`                     // a ceiling, 1 to 1024, default 16: live concurrency starts at 2
	Batch           int      `yaml:"batch,omitempty"`           // most deliveries of a call; default 20
	Timeout         Duration `yaml:"timeout"`                   // of one call; default 10s, at most 18s
	Receives        []string `yaml:"receives"`                  // kinds of entities; default [dossier]
	Breaker         Breaker  `yaml:"breaker,omitempty"`         // when its breakers open and for how long
	RetryCap        Duration `yaml:"retry_cap,omitempty"`       // no wait of ours before another try is longer; 0: 10 min
	Rate            Rate     `yaml:"rate,omitempty"`            // most calls of all nodes together: 5/s, 300/m; default any number
	Burst           int      `yaml:"burst,omitempty"`           // calls that may follow each other at once after a quiet time; default what a second brings
	Windows         []Window `yaml:"windows,omitempty"`         // times of the week with less, or nothing
	LookRate        Rate     `yaml:"look_rate,omitempty"`       // most look-ups that can wait, of adoptions and shadows, within rate; default 5/s

	Reconcile Reconcile `yaml:"reconcile,omitempty"` // what it shows is looked at again; default never
	Score     Score     `yaml:"score,omitempty"`     // of the national portal: what happens to what would lower the province's score

	// Of a sink: url is where events are posted; lookup is none (default) or exists; batch 50 unless said; receives must be said.
	TokenFile  string `yaml:"token_file,omitempty"`  // holds the bearer token; none: no token is sent
	TokenEnv   string `yaml:"token_env,omitempty"`   // or the variable that does
	SecretFile string `yaml:"secret_file,omitempty"` // holds the secret of signatures, whsec_…; none: calls are not signed
	SecretEnv  string `yaml:"secret_env,omitempty"`  // or the variable that does
	Purpose    string `yaml:"purpose,omitempty"`     // code of the purpose for which people are sent; receives: [person] needs it

	Ministry Ministry `yaml:"ministry,omitempty"` // of kind ministry, which has none of the keys from login_path to lookup, and no batch
}

// Ministry is what the portal of a ministry (gen-2) wants to know.
type Ministry struct {
	ClientID         string   `yaml:"client_id,omitempty"`
	ClientSecretFile string   `yaml:"client_secret_file,omitempty"`
	ClientSecretEnv  string   `yaml:"client_secret_env,omitempty"`
	NumberCode       string   `yaml:"number_code,omitempty"`    // whose numbers the portal issues: 000.00.07.G15
	Unit             string   `yaml:"unit,omitempty"`           // MaDonViTiepNhan: G15.07
	Reference        string   `yaml:"reference,omitempty"`      // member of EformThongTinChiTiet with our number; default SoHoSoNguon, "-": none
	FileHosts        []string `yaml:"file_hosts,omitempty"`     // where papers may be fetched: host or host:port; default none
	FileLimitMB      int      `yaml:"file_limit_mb,omitempty"`  // of one file, in MiB; default 20, at most 50
	UnknownCreate    string   `yaml:"unknown_create,omitempty"` // repeat (default) or park
	TokenPath        string   `yaml:"token_path,omitempty"`     // default GetToken
	NumberPath       string   `yaml:"number_path,omitempty"`    // default GetNextValue
	UploadPath       string   `yaml:"upload_path,omitempty"`    // default UploadFile
	CreatePath       string   `yaml:"create_path,omitempty"`    // default CreateDossier
	StepsPath        string   `yaml:"steps_path,omitempty"`     // default CapNhatTienTrinh
	StatusPath       string   `yaml:"status_path,omitempty"`    // default CapNhatTrangThai
}

// Kinds of destinations.
const (
	KindPortal   = "dvcqg"    // the national portal, first generation
	KindMinistry = "ministry" // the portal of a ministry, gen-2
	KindSink     = "sink"     // a system that takes CloudEvents
)

// Breaker says when the destination's breakers open and for how long; zero fields take the defaults.
type Breaker struct {
	OpenFor  Duration `yaml:"open_for,omitempty"`
	Window   Duration `yaml:"window,omitempty"`
	MinCalls int      `yaml:"min_calls,omitempty"`
	SlowCall Duration `yaml:"slow_call,omitempty"`

	RampCalls int `yaml:"ramp_calls,omitempty"` // good calls that each step after an outage (5, 25, 100 %) is held for; 10
}

// Load reads a file and what the environment says above it. The error is a
// fault with code Usage; for mistakes in the file it wraps [Mistakes].
func Load(path string, getenv func(string) string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, &fault.Error{Code: fault.Usage, Op: "config.Load", Msg: "the configuration cannot be read", Err: err}
	}
	return parse(path, data, getenv)
}

// Parse is [Load] without the file.
func Parse(data []byte, getenv func(string) string) (Config, error) { return parse("", data, getenv) }

func parse(file string, data []byte, getenv func(string) string) (Config, error) {
	c := defaults()
	r := newReader(file)
	if r.document(data, &c) {
		r.environment(&c, getenv)
		(&checker{reader: r, getenv: getenv, keys: map[string]string{}}).check(&c)
	}
	if len(r.found) > 0 {
		return Config{}, &fault.Error{Code: fault.Usage, Op: "config.Parse", Err: r.found.sorted()}
	}
	return c, nil
}
