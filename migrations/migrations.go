// Package migrations brings a database to the schema that this program expects,
// and keeps the month partitions of its append-only tables ahead of time.
//
// [Up] applies our own SQL files with goose, then River's schema with its own
// migrator, then makes partitions. Any number of programs may call it at once:
// one works, the others wait for it and find nothing left to do. Code of the
// version before and of the version after runs against the schema while it
// changes, so every file says which locks it takes and for how long.
package migrations

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"time"
)

//go:embed *.sql
var files embed.FS

// Files returns our SQL files, named 00001_what_it_does.sql, each with its way up and its way down.
func Files() fs.FS { return files }

// Up brings the database to the newest schema; see [Runner.Up].
func Up(ctx context.Context, connString string, logger *slog.Logger) error {
	return Runner{Logger: logger}.Up(ctx, connString)
}

// Status lists all steps in the order of their application; see [Runner.Status].
func Status(ctx context.Context, connString string) ([]Step, error) {
	return Runner{}.Status(ctx, connString)
}

// Step is one migration and whether the database has it.
type Step struct {
	Line      string    `json:"line"`    // "lienthong" or "river"
	Version   int64     `json:"version"` // ascending within its line
	Name      string    `json:"name"`
	Applied   bool      `json:"applied"`
	AppliedAt time.Time `json:"applied_at,omitzero"` // zero when not applied; River does not tell
}
