package filelock_test

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/filelock"
)

func TestTry(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := filelock.Try(path)
	require.NoError(t, err)
	require.NotNil(t, first)

	second, err := filelock.Try(path)
	require.NoError(t, err)
	require.Nil(t, second, "it is held")
	second.Release()
	require.FileExists(t, path, "releasing none takes nothing from its holder")

	first.Release()
	require.NoFileExists(t, path)
	third, err := filelock.Try(path)
	require.NoError(t, err)
	require.NotNil(t, third)
	third.Release()

	_, err = filelock.Try(filepath.Join(path, "none", "lock"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestOneHolder lets many take and give back: the file is removed and made
// again all the time, and still there are never two holders.
func TestOneHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	var holders, taken atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 300 {
				lock, err := filelock.Try(path)
				if err != nil {
					t.Error(err)
					return
				}
				if lock == nil {
					continue
				}
				if holders.Add(1) != 1 {
					t.Error("two hold it")
				}
				taken.Add(1)
				holders.Add(-1)
				lock.Release()
			}
		})
	}
	all.Wait()
	require.Positive(t, taken.Load())
}
