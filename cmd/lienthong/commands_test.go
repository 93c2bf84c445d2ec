package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Documents promise commands. These tests hold every command line of ours in
// them against the grammar.

var (
	fence = regexp.MustCompile("(?ms)^```(?:sh|shell|console|bash)\n(.*?)^```")
	span  = regexp.MustCompile("`(?:sudo )?lienthong(?:-admin)? ([a-z][^`]*)`")
	// ours is the program, however it was found, at the beginning of a command.
	ours = regexp.MustCompile(`(?:^|[;&|(=]|\s)(?:go run \./cmd/|\S*/)?lienthong(?:-admin)? ([a-z][a-z-]*(?: [^;&|>#)]*)?)`)
	// word is one argument; what stands in quotes is one.
	word = regexp.MustCompile(`(?:[^\s'"]|'[^']*'|"[^"]*"|['"])+`)
	unit = regexp.MustCompile(`(?m)^ExecStart(?:Pre)?=\S*/lienthong (.*)$`)
)

// commandLines returns the arguments of every command of ours in a document.
func commandLines(file, text string) (lines []string) {
	if strings.HasSuffix(file, ".service") {
		for _, m := range unit.FindAllStringSubmatch(text, -1) {
			lines = append(lines, m[1])
		}
		return lines
	}
	for _, m := range span.FindAllStringSubmatch(text, -1) {
		lines = append(lines, m[1])
	}
	for _, block := range fence.FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(strings.ReplaceAll(block[1], "\\\n", " ")) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, m := range ours.FindAllStringSubmatch(line, -1) {
				lines = append(lines, m[1])
			}
		}
	}
	return lines
}

// arguments splits a command line; what stands for a folder becomes one that is there.
func arguments(t *testing.T, line string) []string {
	t.Helper()
	args := word.FindAllString(line, -1)
	for i, arg := range args {
		args[i] = strings.Trim(arg, `"'[]`)
		if arg == "DIR" {
			args[i] = t.TempDir()
		}
	}
	return args
}

// mentioned accepts what names a command without being a whole call of it.
func mentioned(args []string, err error) bool {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			return false
		}
	}
	return strings.HasPrefix(err.Error(), "missing flags") || strings.HasPrefix(err.Error(), "expected")
}

func TestDocumentedCommandsExist(t *testing.T) {
	t.Setenv("LIENTHONG_DATABASE_URL", "postgres:///lienthong")
	found := 0
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, line := range commandLines(file, string(text)) {
			found++
			t.Run(filepath.Base(file)+": "+line, func(t *testing.T) {
				args := arguments(t, line)
				if err := understood(t, args); err != nil && !mentioned(args, err) {
					t.Errorf("lienthong %q: %v", args, err)
				}
			})
		}
	}
	require.Greater(t, found, 20, "the patterns find what they should")
}

// documents returns the pages for users and operators, and the units of systemd.
func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "README*.md"))
	require.NoError(t, err)
	for _, folder := range []string{"docs/guide", "docs/runbook", "deploy"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".service")) {
				files = append(files, path)
			}
			return err
		})
		require.NoError(t, err)
	}
	return files
}
