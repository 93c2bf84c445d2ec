package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/golden"
)

// block is a fence of a document: commands, or what they print.
var block = regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```")

// The guide's commands run as they stand, one after the other in one folder,
// and print what the guide says; -update writes that into the guide.
func TestGuideToNewSource(t *testing.T) {
	t.Parallel()
	file := filepath.Join(root, "docs", "guide", "new-source.md")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	w := walk{dir: openDir(t), address: "http://127.0.0.1:8080"}
	var fresh bytes.Buffer
	end, printed, compared := 0, "", 0
	for _, m := range block.FindAllSubmatchIndex(text, -1) {
		language, content := string(text[m[2]:m[3]]), string(text[m[4]:m[5]])
		fresh.Write(text[end:m[4]])
		end = m[5]
		if language == "sh" {
			printed = w.run(t, content)
			fresh.WriteString(content)
			continue
		}
		fresh.WriteString(printed)
		compared++
		if !golden.Update() {
			require.Equal(t, content, printed)
		}
	}
	fresh.Write(text[end:])
	require.NotEmpty(t, w.serving, "the guide starts a node")
	require.Equal(t, 5, compared, "commands whose output stands in the guide")
	if golden.Update() {
		golden.Write(t, file, fresh.Bytes())
	}
}

// walk is the folder and the node of somebody who follows a guide.
type walk struct {
	dir     string
	address string // of the node, the guide's until one runs
	serving string // address of the node that runs
}

// run runs the commands of one block and returns what they print.
func (w *walk) run(t *testing.T, script string) string {
	t.Helper()
	if rest, ok := strings.CutPrefix(script, "lienthong serve "); ok {
		w.serve(t, strings.Fields(rest))
		return ""
	}
	if w.serving != "" {
		script = strings.ReplaceAll(script, w.address, w.serving)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
	cmd.Dir = w.dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", script, out)
	return logLine.ReplaceAllString(string(out), "")
}

// logLine is a line of the program's log, which tells the time.
var logLine = regexp.MustCompile(`(?m)^\{"time":.*\n`)

// serve starts the node on a free port.
func (w *walk) serve(t *testing.T, args []string) {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.Command(program, append([]string{"serve"}, args...)...)
	cmd.Dir, cmd.Stderr = w.dir, &errs
	cmd.Env = append(os.Environ(), "LIENTHONG_LISTEN=127.0.0.1:0")
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		require.NoError(t, cmd.Wait(), "%s", &errs)
	})
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "api ")
	require.True(t, ok, "%s%s", line, &errs)
	w.serving = address
}
