package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// TestOpsOverHTTP holds every command of operators against the API: who adds one decides where it is over HTTP.
func TestOpsOverHTTP(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(root, "gateway/httpapi/testdata/openapi.json"))
	require.NoError(t, err)
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	require.NoError(t, json.Unmarshal(data, &doc))
	documented := map[string]bool{} // false: no command has it
	for path, methods := range doc.Paths {
		for _, op := range methods {
			if strings.HasPrefix(path, "/v1/ops/") {
				documented[op.OperationID] = false
			}
		}
	}
	parser, err := kong.New(&cli{}, kong.Name("lienthong"), kong.Exit(func(int) {}))
	require.NoError(t, err)
	table := map[string]string{
		"pause": "pause-destination", "resume": "resume-destination", "breakers": "list-breakers",
		"breaker":  "force-breaker-open force-breaker-closed probe-breaker", // auto and probe are one order
		"withdraw": "withdraw-entity", "restore": "restore-entity", "journey": "get-dossier-journey", "morning": "get-morning", "doctor": "walk-to-destination",
		"drift list": "list-drift", "drift repair": "preview-drift-repair repair-drift", "agreement": "list-agreement",
		"score": "get-score list-score-rules", "release": "release-dossier", "failures": "list-failures list-failure-items",
		"replay plan": "plan-replay", "replay show": "get-replay-plan list-replay-items", "replay list": "list-replay-plans", "replay run": "start-replay",
		"replay pause": "pause-replay", "replay resume": "resume-replay", "replay cancel": "cancel-replay",
		"contacts import": "import-contacts", "contacts list": "list-contacts", "own": "own-destination", "disown": "disown-destination", "ownership": "list-ownership",
		"adopt": "adopt-destination pause-adoption resume-adoption cancel-adoption", "adoptions": "list-adoptions",
		"site show": "get-site", "site take": "take-site", "restored": "declare-restored", "observed": "let-observed", "actions": "list-actions",
	}
	commands := 0
	var leaves func(n *kong.Node, path string)
	leaves = func(n *kong.Node, path string) {
		if len(n.Children) == 0 {
			require.NotEmpty(t, table[path], "ops %s has nothing over HTTP", path)
			commands++
		}
		for _, child := range n.Children {
			leaves(child, strings.TrimSpace(path+" "+child.Name))
		}
	}
	for _, child := range parser.Model.Children {
		if child.Name == "ops" {
			leaves(child, "")
		}
	}
	require.Len(t, table, commands, "and each line is a command")
	for command, ids := range table {
		for _, id := range strings.Fields(ids) {
			require.Contains(t, documented, id, command)
			documented[id] = true
		}
	}
	for id, used := range documented {
		require.True(t, used, "%s is of no command", id)
	}
}
