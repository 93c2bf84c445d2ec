package portal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMayHaveLeft(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		connected, wrote bool
		err              error
		want             bool
	}{
		"no connection":                           {false, false, syscall.ECONNREFUSED, false},
		"no connection in time":                   {false, false, context.DeadlineExceeded, false},
		"a connection that broke before a byte":   {true, false, syscall.ECONNRESET, false},
		"a connection that broke after":           {true, true, syscall.ECONNRESET, true},
		"cut by the deadline, the writer unheard": {true, false, fmt.Errorf("post: %w", context.DeadlineExceeded), true},
		"cut by the caller, the writer unheard":   {true, false, context.Canceled, true},
		"cut by a timer, the writer unheard":      {true, false, os.ErrDeadlineExceeded, true},
		"something else before a byte":            {true, false, errors.New("odd"), false},
	} {
		var a attempt
		a.connected.Store(tc.connected)
		a.wroteHeaders.Store(tc.wrote)
		require.Equal(t, tc.want, a.mayHaveLeft(tc.err), name)
	}
}
