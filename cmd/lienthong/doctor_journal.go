package main

import (
	"context"
	"time"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/postgres"
)

// sealWarn is how long lines may wait for the sealer; a second is usual.
const sealWarn = 10 * time.Second

// journalChecks say whether the journal is signed, and whether somebody seals it.
func journalChecks(ctx context.Context, store *postgres.Store, c config.Config) []gateway.Check {
	key := gateway.Check{Name: "journal:key", Component: "component", Status: gateway.CheckPass, At: time.Now()}
	sealed := gateway.Check{Name: "journal:unsealed", Component: "component", Status: gateway.CheckPass, Unit: "lines", At: time.Now()}
	st, err := store.JournalStanding(ctx)
	if err != nil {
		sealed.Status, sealed.Output = gateway.CheckFail, "the journal cannot be read: lienthong migrate up"
		return []gateway.Check{sealed}
	}
	switch signs := c.JournalKeyFile != "" || c.JournalKeyEnv != ""; {
	case !signs && st.Signed:
		key.Status, key.Output = gateway.CheckFail, "the journal is signed, and this node has no journal_key_file: it seals nothing when it leads"
	case !signs:
		key.Status, key.Output = gateway.CheckWarn, "the journal is chained and not signed, and there are no receipts: lienthong journal keygen, then journal_key_file"
	}
	sealed.Observed = st.Waiting
	if st.Waiting > 0 && st.Since > sealWarn {
		sealed.Status, sealed.Output = gateway.CheckWarn, "lines wait to be sealed: does a node run, and has the leader the journal's key?"
	}
	return []gateway.Check{key, sealed}
}
