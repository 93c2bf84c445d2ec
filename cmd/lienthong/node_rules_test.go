package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal"
)

// The file of the runbook is read, and says of answers what the runbook says.
func TestAnswerRules(t *testing.T) {
	t.Parallel()
	rules, err := answerRules(config.Destination{})
	require.NoError(t, err)
	require.Empty(t, rules)

	rules, err = answerRules(config.Destination{RulesFile: exampleOfRunbook(t)})
	require.NoError(t, err)
	for text, want := range map[string]gateway.OutcomeKind{
		"HỆ THỐNG ĐANG QUÁ TẢI, vui lòng thử lại": gateway.Throttled, "Bản ghi bị trùng": gateway.Exists,
	} {
		got, ok := rules.Match(gateway.OpCreate, portal.Answer{Formed: true, Code: "7", Text: text})
		require.True(t, ok, text)
		require.Equal(t, want, got.Kind)
	}
	_, ok := rules.Match(gateway.OpSteps, portal.Answer{Formed: true, Code: "7", Text: "Bản ghi bị trùng"})
	require.False(t, ok, "of another operation")

	_, err = answerRules(config.Destination{RulesFile: filepath.Join(t.TempDir(), "none.yaml")})
	require.Error(t, err)
}

// exampleOfRunbook writes the first YAML block of the runbook to a file.
func exampleOfRunbook(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/runbook/portal-words.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "```yaml\n")
	require.True(t, found)
	rules, _, _ := strings.Cut(rest, "```")
	file := filepath.Join(t.TempDir(), "rules.yaml")
	require.NoError(t, os.WriteFile(file, []byte(rules), 0o600))
	return file
}
