package main

import "time"

// cli is the grammar of the command line.
type cli struct {
	Demo     demoCmd        `cmd:"" help:"Do the main job: push a made-up province, survive a portal outage, prove the result."`
	Dev      devCmd         `cmd:"" help:"Keep the demo's world alive to develop against: API, workers, simulated portal, database, keys."`
	Serve    serveCmd       `cmd:"" help:"Run the API; with --work also the workers that bring the portal up to date."`
	Work     workCmd        `cmd:"" help:"Run the workers alone. As many of both as needed share one database."`
	Check    checkCmd       `cmd:"" help:"Print the effective configuration, or everything that is wrong with it."`
	Doctor   doctorCmd      `cmd:"" help:"Examine this node: database, schema, clock, disk, keys, destinations. Ends with 1 when something fails."`
	Ops      opsCmd         `cmd:"" help:"Operate: pause and resume destinations, see and force breakers."`
	Keys     keysCmd        `cmd:"" help:"Make, list, allow and revoke the API keys of sources and of readers."`
	Push     pushCmd        `cmd:"" help:"Push files of messages to a running API, or with --bulk load them straight into its database."`
	Renormal renormalizeCmd `cmd:"" name:"renormalize" help:"Let a changed adapter read again what is stored; --dry-run shows the difference."`
	Audit    auditCmd       `cmd:"" help:"Check a finished demo again: what was pushed, what is stored, what the portal shows."`
	Simulate simulateCmd    `cmd:"" help:"Run the other side, to try things against."`
	Migrate  migrateCmd     `cmd:"" help:"Bring the database schema up to date, or say how it stands."`
	Units    unitsCmd       `cmd:"" help:"Find administrative units in addresses."`
	Calendar calendarCmd    `cmd:"" help:"Legal due times on the table of working days."`
	Evidence evidenceCmd    `cmd:"" help:"What was sent to destinations, sealed month by month."`
	Journal  journalCmd     `cmd:"" help:"The tamper-evident journal: verify, export, receipts, redaction, keys."`
	Adapters adaptersCmd    `cmd:"" help:"List, describe and try adapters; write mappings for new sources."`
	Version  versionCmd     `cmd:"" help:"Print the version."`
	Health   healthCmd      `cmd:"" hidden:"" name:"healthcheck"`
	Fetch    fetchCmd       `cmd:"" hidden:"" name:"fetch-postgres"`
}

type demoCmd struct {
	DataDir  string        `help:"Folder for everything the demo keeps. Default: a new one below the user's cache folder." type:"path"`
	Dossiers int           `help:"Number of dossiers. Default: 2000; with --chaos what a steady pace needs." default:"-1"`
	Seed     uint64        `help:"The same seed makes the same province." default:"1"`
	Lookup   string        `help:"What the portal's look-up shows: exists, header or trail." enum:"exists,header,trail" default:"trail"`
	Resume   bool          `help:"Go on with the run in --data-dir that was stopped or killed."`
	JSON     bool          `help:"Print the result as JSON." name:"json"`
	Wait     time.Duration `help:"Give up when the portal is not up to date this long after the last push." default:"120s"`

	Chaos    bool          `help:"Let portal, line, processes and database fail all the time, by a schedule drawn from --seed."`
	Duration time.Duration `help:"With --chaos: for so long." default:"60s"`
	Hazard   []string      `help:"With --chaos: only this. Repeatable; a wrong one lists them." sep:"none" placeholder:"NAME"`
	Alone    bool          `help:"With --chaos: one trouble after the other instead of several at once."`

	Spread time.Duration `help:"Push and misbehave for about this long." default:"14s" hidden:""`

	PortalURL   string `help:"Use a portal simulator that runs elsewhere instead of an own one; needs --portal-log." name:"portal-url"`
	PortalLog   string `help:"Log of that simulator." type:"path" name:"portal-log"`
	AllowRemote bool   `help:"Allow a portal that is not on this machine."`
}

type auditCmd struct {
	DataDir string `help:"Folder of the demo." required:"" type:"existingdir" placeholder:"DIR"`
	JSON    bool   `help:"Print the report as JSON." name:"json"`
}

type simulateCmd struct {
	Portal simulatePortalCmd `cmd:"" help:"A national portal of the first generation (DongBoHoSoMC)."`
	World  simulateWorldCmd  `cmd:"" help:"Write the messages that one source of a made-up province would push, as NDJSON."`
}

type simulatePortalCmd struct {
	Listen     string         `help:"Address of the portal." default:"127.0.0.1:9090"`
	Admin      string         `help:"Address of the page and the switches (/_sim/), on this machine only." default:"127.0.0.1:9091"`
	Log        string         `help:"File that is log and storage in one." type:"path" placeholder:"FILE"`
	Switches   string         `help:"File of switches, in YAML or JSON; what it does not name stays at its default." type:"path" placeholder:"FILE"`
	Set        []string       `help:"Turn one switch, above the file. Repeatable." sep:"none" placeholder:"SWITCH=VALUE"`
	Fault      []string       `help:"Switch a fault on from the start. Repeatable." sep:"none" placeholder:"NAME[:MEMBER=VALUE,…]"`
	Lookup     string         `help:"What TraCuuHoSo shows: exists, header (the default) or trail; also --set lookup=…" enum:",exists,header,trail" default:"" placeholder:"WHAT"`
	Settle     *time.Duration `help:"How late a write may still be applied or shown; 60s unless said." placeholder:"DURATION"`
	SessionTTL *time.Duration `help:"How long a session lasts, 0 for ever; 30m unless said." name:"session-ttl" placeholder:"DURATION"`
	Seed       uint64         `help:"Seed of its whims." default:"1"`
	WithParent bool           `help:"End when standard input closes." hidden:""`
}

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is missing."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations and whether they are applied."`
}

type database struct {
	URL string `help:"Database." required:"" env:"LIENTHONG_DATABASE_URL" placeholder:"postgres://…" name:"database-url"`
}

type migrateUpCmd struct{ database }

type migrateStatusCmd struct {
	database
	JSON bool `help:"Print as JSON." name:"json"`
}

type versionCmd struct{}
