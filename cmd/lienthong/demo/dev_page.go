package demo

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/gateway/config"
)

// writePage says where everything is, and how to push a first message.
func (d *dev) writePage() error {
	var b strings.Builder
	api := d.apiURL()
	fmt.Fprintf(&b, "\nAPI       %s\n", api)
	if d.portal != nil {
		fmt.Fprintf(&b, "Portal    %s (simulated)\nSwitches  %s\n", d.portal.told["portal"], d.portal.told["admin"])
	} else {
		for _, destination := range d.settings.Destinations {
			fmt.Fprintf(&b, "Portal    %s (%s)\n", destination.URL, destination.Code)
		}
	}
	for _, s := range d.settings.Sources {
		fmt.Fprintf(&b, "Key       %s of %s (adapter %s)\n", keyPlace(s), s.Code, s.Adapter)
	}
	fmt.Fprintf(&b, "Database  database_url in %s\n", d.folder.path(configFile))
	fmt.Fprintf(&b, "Logs      %s, portal.log, postgres/postgres.log\n", d.folder.path("gateway.log"))
	if err := d.writeFirst(&b, api); err != nil {
		return err
	}
	b.WriteString("\nCtrl-C stops; the same command goes on.\n\n")
	_, err := io.WriteString(d.Out, b.String())
	return err
}

// writeFirst shows a push that works as it stands, and where it comes out again.
func (d *dev) writeFirst(b *strings.Builder, api string) error {
	if len(d.settings.Sources) == 0 {
		return nil
	}
	at := max(slices.IndexFunc(d.settings.Sources, func(s config.Source) bool { return s.Adapter == "onestop" }), 0)
	source := d.settings.Sources[at]
	spec, err := all.Open(source.Adapter, source.Mapping)
	if err != nil {
		return err
	}
	name, kind := "first.json", "application/json"
	if strings.HasPrefix(strings.TrimSpace(spec.Example), "<") {
		name, kind = "first.xml", "application/xml"
	}
	file := d.folder.path(name)
	if err := os.WriteFile(file, []byte(spec.Example), 0o600); err != nil {
		return err
	}
	authorization := fmt.Sprintf("-H \"Authorization: Bearer %s\"", keyExpression(source))
	fmt.Fprintf(b, "\nPush a first message:\n\n  curl %s -H 'Content-Type: %s' --data-binary @%s %s\n",
		authorization, kind, quoted(file), quoted(api+"/v1/records"))
	if len(source.Feeds) == 0 {
		fmt.Fprintf(b, "\nThe key of %s reads no feed; this makes one that does:\n\n  lienthong keys create doc-thu --feeds all --config %s\n", source.Code, quoted(d.folder.path(configFile)))
		return nil
	}
	fmt.Fprintf(b, "\nRead what became of everything, in one form:\n\n  curl %s %s\n", authorization, quoted(api+"/v1/feeds/"+source.Feeds[0]+"?limit=10&wait=10"))
	return nil
}

func keyPlace(s config.Source) string {
	if s.KeyEnv != "" {
		return "$" + s.KeyEnv
	}
	return absolute(s.KeyFile)
}

// absolute returns a path that means the same in every folder.
func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}

// keyExpression is what a shell replaces by the key, between double quotes.
func keyExpression(s config.Source) string {
	if s.KeyEnv != "" {
		return "$" + s.KeyEnv
	}
	return "$(cat " + quoted(absolute(s.KeyFile)) + ")"
}

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@=+-]+$`)

// quoted returns a word as a shell takes it.
func quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
