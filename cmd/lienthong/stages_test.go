package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestStagesStopInOrder(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, fail := range map[string]int{"when they are told to": -1, "when the first one fails": 0, "when one in the middle fails": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var ended []int
				told := make(chan struct{})
				var stages []stage
				for i := range 3 {
					stages = append(stages, func(ctx context.Context) error {
						if i == fail {
							<-told
							return broken
						}
						<-ctx.Done()
						ended = append(ended, i)
						return nil
					})
				}
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				result := make(chan error)
				go func() { result <- inOrder(ctx, stages...) }()
				synctest.Wait()
				require.Empty(t, ended)
				if fail < 0 {
					stop()
				} else {
					close(told)
				}
				err := <-result
				want := []int{0, 1, 2}
				if fail >= 0 {
					require.ErrorIs(t, err, broken)
					want = append(want[:fail:fail], want[fail+1:]...)
				} else {
					require.NoError(t, err)
				}
				require.Equal(t, want, ended)
			})
		})
	}
}
