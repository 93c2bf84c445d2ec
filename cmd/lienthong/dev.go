package main

import (
	"context"
	"os"

	"github.com/lienthong/lienthong/cmd/lienthong/demo"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/internal/fault"
)

type devCmd struct {
	DataDir     string   `help:"Folder for everything that is kept. Default: that of the configuration, else ./.lienthong." type:"path" env:"LIENTHONG_DATA_DIR"`
	Listen      string   `help:"Address of the API. Default: that of the configuration, else 127.0.0.1:8080." placeholder:"ADDRESS"`
	Config      string   `help:"Sources, destinations and database of this configuration instead of the demo's. A portal on this machine that nobody listens for is simulated." type:"path" placeholder:"FILE"`
	PortalURL   string   `help:"Another portal, instead of the simulated one or those of the configuration." name:"portal-url" placeholder:"URL"`
	AllowRemote bool     `help:"Allow a portal that is not on this machine."`
	Rate        *float64 `help:"Generated messages a second. Default 1; none where the database is not a private one or a portal is not on this machine." placeholder:"N"`
	NoTraffic   bool     `help:"Generate no messages."`
	Quiet       bool     `help:"Say nothing while all goes well."`
}

// Run keeps a world alive until it is interrupted.
func (c *devCmd) Run(ctx context.Context, s *streams) error {
	outliveReaders()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	o := demo.DevOptions{
		Program: program, DataDir: "./.lienthong", Listen: c.Listen, PortalURL: c.PortalURL, AllowRemote: c.AllowRemote, Quiet: c.Quiet,
		FetchCommand: []string{fetchCommand}, Out: s.out, Progress: demo.NewProgress(s.err, false), Logger: newLogger(quiet{}, s.getenv),
	}
	if c.Config != "" {
		settings, err := loadConfig(c.Config, s)
		if err != nil {
			return err
		}
		o.Settings, o.DataDir = &settings, settings.DataDir
	} else if o.Listen == "" {
		o.Listen = "127.0.0.1:8080"
	}
	if c.DataDir != "" {
		o.DataDir = c.DataDir
	}
	if o.Rate, err = c.rate(o.Settings); err != nil {
		return err
	}
	return demo.Dev(ctx, o)
}

// rate decides how much is generated. What is made up must not get into a real
// portal at all, and into a database that others may use only when it is asked for.
func (c *devCmd) rate(settings *config.Config) (float64, error) {
	urls := []string{}
	private := true
	if settings != nil {
		private = settings.DatabaseURL == config.Embedded
		for _, d := range settings.Destinations {
			urls = append(urls, d.URL)
		}
	}
	if c.PortalURL != "" {
		urls = []string{c.PortalURL}
	}
	remote := false
	for _, u := range urls {
		if err := portal.CheckLoopback(u); err != nil {
			if !c.AllowRemote {
				return 0, err
			}
			remote = true
		}
	}
	switch {
	case c.NoTraffic:
		return 0, nil
	case c.Rate == nil && (remote || !private):
		return 0, nil
	case c.Rate == nil:
		return 1, nil
	case *c.Rate < 0:
		return 0, fault.New(fault.Usage, "dev", "--rate must not be negative")
	case *c.Rate > 0 && remote:
		return 0, fault.New(fault.Usage, "dev", "made-up messages do not go to a portal that is not on this machine; leave --rate out")
	}
	return *c.Rate, nil
}
