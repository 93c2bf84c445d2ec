package demo

import "context"

// repair does what ops staff do after a bad day, with two statements: what was
// refused is tried again, since a portal that checked the order of statuses
// refused what it takes now; and what only an answer vouches for is looked at,
// since an answer can lie; the other destinations show nothing. No delivery is
// sent blindly: both go through the look-ups and plans of the lanes.
func (x *chaos) repair(ctx context.Context) error {
	tag, err := x.watch.pool.Exec(ctx, `
		UPDATE delivery SET state = 'queued', shelf = '', retry_at = now()
		WHERE state IN ('failed_data', 'failed_destination')`)
	if err != nil {
		return err
	}
	x.tally.add(&x.tally.Replayed, int(tag.RowsAffected()))
	if x.Lookup == "exists" {
		return nil // nothing to see there
	}
	tag, err = x.watch.pool.Exec(ctx, `
		UPDATE delivery SET verify_at = now()
		WHERE destination = $1 AND state = 'delivered' AND verify_at IS NULL`, portalCode)
	x.tally.add(&x.tally.LookedAgain, int(tag.RowsAffected()))
	return err
}
