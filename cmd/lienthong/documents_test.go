package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

var (
	comment = regexp.MustCompile(`(?m)\s*#( .*)?$`)
	link    = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	heading = regexp.MustCompile(`(?m)^#{1,3} `)
)

// commandsOf returns the blocks of shell in a document, without comments, which are translated.
func commandsOf(t *testing.T, file string) (blocks []string, headings int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
		blocks = append(blocks, comment.ReplaceAllString(m[1], ""))
	}
	return blocks, len(heading.FindAll(text, -1))
}

func TestTranslationsKeepStep(t *testing.T) {
	for _, file := range []string{"README.md", "docs/guide/connect-your-system.md"} {
		t.Run(file, func(t *testing.T) {
			english, sections := commandsOf(t, file)
			vietnamese, translated := commandsOf(t, strings.TrimSuffix(file, ".md")+".vi.md")
			require.NotEmpty(t, english)
			require.Empty(t, cmp.Diff(english, vietnamese))
			require.Equal(t, sections, translated, "headings")
		})
	}
}

func TestLinksOfDocumentsLeadSomewhere(t *testing.T) {
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(file), m[1]))
			require.NoError(t, err, "%s: %s", file, m[1])
		}
	}
}
