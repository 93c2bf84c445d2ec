package pgtest

import (
	"fmt"
	"io"
	"os"
	"testing"
)

// TestMain lets the test binary play another test binary that is killed while its server runs.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "run-until-killed" {
		s, err := once()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(s.run.dir)
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	os.Exit(m.Run())
}
