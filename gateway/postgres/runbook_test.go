package postgres_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/postgres"
)

// What the runbook makes due by hand takes its place in the row as what lanes make due.
func TestRunbookRanks(t *testing.T) {
	text, err := os.ReadFile("../../docs/runbook/portal-down.md")
	require.NoError(t, err)
	one := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	rank := one(strings.ReplaceAll(postgres.RankSQL, "since", "now()"))
	made := regexp.MustCompile(`(?s)INSERT INTO delivery_due .*?\bFROM (delivery|told)`).FindAllString(string(text), -1)
	require.NotEmpty(t, made)
	for _, sql := range made {
		require.Contains(t, one(sql), rank)
	}
}
