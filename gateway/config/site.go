package config

import "cmp"

const (
	defaultSite = "default"
	maxSite     = 100
)

// SiteName is the site that the node is of.
func (c Config) SiteName() string { return cmp.Or(c.Site, defaultSite) }

// LookRates are the look-ups a second that can wait, by destination; zero: the default.
func (c Config) LookRates() map[string]float64 {
	rates := make(map[string]float64, len(c.Destinations))
	for _, d := range c.Destinations {
		rates[d.Code], _ = d.LookRate.perSecond()
	}
	return rates
}
