package demo

import (
	"context"
	"fmt"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/filelock"
)

// lockFile is held by whoever works in the folder of a run.
const lockFile = "lock"

// hold keeps everybody else out of the folder: two runs would write over each
// other's log, and a check in the middle of a run finds violations that are none.
func (f *folder) hold() (*filelock.Lock, error) {
	lock, err := filelock.Try(f.path(lockFile))
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return nil, fault.New(fault.Conflict, "demo", "the run in "+f.dir+" is still running, or being checked; wait for its end, or choose another --data-dir")
	}
	return lock, nil
}

// stopped turns whatever an interrupted run failed with into what to do next.
func (r *run) stopped(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	r.Progress.Done()
	return fault.New(fault.Unavailable, "demo", fmt.Sprintf("stopped; go on with: lienthong demo --data-dir %s --dossiers %d --seed %d --resume",
		quoted(r.folder.dir), r.folder.run.Dossiers, r.folder.run.Seed))
}
