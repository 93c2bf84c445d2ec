package demo

import (
	"slices"
	"strings"

	"github.com/lienthong/lienthong/cmd/lienthong/audit"
	"github.com/lienthong/lienthong/cmd/lienthong/world"
	"github.com/lienthong/lienthong/gateway/config"
)

// Codes of the destinations of a run.
const (
	portalCode   = "dvcqg"
	ministryCode = "botuphap"
	sinkCode     = "kho"
)

// kept are the kinds of entities that the sink receives: all but people.
func kept() []string { return []string{"dossier", "land_parcel", "civil_event", "organisation"} }

// beside are the destinations beside the national portal, at the simulator's
// base address. Papers are fetched from files, where a ministry wants them.
func (f *folder) beside(base, files string) (all []config.Destination) {
	portal := f.settings("").Destinations[0]
	for _, kind := range f.run.Beside {
		d := config.Destination{Kind: kind, Settle: portal.Settle, Timeout: portal.Timeout, Lanes: portal.Lanes, RetryCap: portal.RetryCap, Breaker: portal.Breaker}
		switch kind {
		case config.KindSink:
			d.Code, d.URL, d.Lookup, d.Batch, d.Receives = sinkCode, base+"/sink/events", "none", 20, kept()
		case config.KindMinistry:
			d.Code, d.URL, d.Receives = ministryCode, base+"/ministry", portal.Receives
			d.Ministry = config.Ministry{
				ClientID: "H05", ClientSecretFile: f.path("keys/portal"), NumberCode: "000.00.07.G15", Unit: "G15.07",
				FileHosts: []string{strings.TrimPrefix(files, "http://")},
			}
		}
		all = append(all, d)
	}
	return all
}

// besideSwitches are the simulator's, for those destinations: the data store
// refuses what a portal does that demands an appointment, and the ministry's
// portal tells the id of what it has, since there nobody could look it up.
func besideSwitches() []string {
	return []string{"sink.refuse=" + world.PoisonPrefix, "ministry.exists_shows_id=true"}
}

func (f *folder) auditOptions(databaseURL string) audit.Options {
	o := audit.Options{
		WorldLog: f.path(worldLog), PortalLog: f.run.PortalLog, DatabaseURL: databaseURL,
		Destinations: []audit.Destination{{Code: portalCode, Kind: audit.National, Lookup: f.run.Lookup}},
	}
	if slices.Contains(f.run.Beside, config.KindMinistry) {
		o.Destinations = append(o.Destinations, audit.Destination{Code: ministryCode, Kind: audit.Ministry, Lookup: "none", TakesPoison: true})
	}
	if slices.Contains(f.run.Beside, config.KindSink) {
		o.Destinations = append(o.Destinations, audit.Destination{Code: sinkCode, Kind: audit.Sink, Receives: kept()})
	}
	return o
}

// baseOf cuts the path off an address.
func baseOf(address string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	return "http://" + host
}
