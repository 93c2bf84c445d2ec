package config

import (
	"fmt"
	"slices"
)

const maxBurst = 1000

// shape checks rate, burst and windows of a destination.
func (k *checker) shape(path string, d *Destination) {
	k.rate(path+".rate", d.Rate)
	if d.Burst < 0 || d.Burst > maxBurst {
		k.complain(path+".burst", "a number from 1 to %d is expected", maxBurst)
	}
	if d.Burst > 0 && d.Rate == "" && !slices.ContainsFunc(d.Windows, func(w Window) bool { return w.Rate != "" }) {
		k.complain(path+".burst", "there is no rate that it could belong to")
	}
	k.rate(path+".look_rate", d.LookRate)
	for i := range d.Windows {
		k.window(fmt.Sprintf("%s.windows[%d]", path, i), &d.Windows[i], d)
	}
}

func (k *checker) rate(path string, r Rate) {
	if _, ok := r.perSecond(); !ok && r != "" {
		k.complain(path, "a rate such as 5/s or 300/m is expected")
	}
}

func (k *checker) window(path string, w *Window, d *Destination) {
	k.oneOf(path+".kind", w.Kind, peak, maintenance)
	for i, name := range w.Days {
		at := fmt.Sprintf("%s.days[%d]", path, i)
		k.oneOf(at, name, dayNames()...)
		if slices.Contains(w.Days[:i], name) {
			k.complain(at, "given twice")
		}
	}
	for key, c := range map[string]Clock{"from": w.From, "to": w.To} {
		if _, ok := c.sinceMidnight(); k.given(path+"."+key, string(c)) && !ok {
			k.complain(path+"."+key, "a time of the day such as \"07:30\" is expected")
		}
	}
	k.rate(path+".rate", w.Rate)
	switch {
	case w.Kind == maintenance && (w.Rate != "" || w.Lanes != 0):
		k.complain(path, "nothing is sent during a maintenance: rate and lanes are of a peak")
	case w.Kind == peak && w.Rate == "" && w.Lanes == 0:
		k.complain(path, "a peak lowers rate or lanes")
	case w.Lanes < 0 || w.Lanes > d.Lanes:
		k.complain(path+".lanes", "a number from 1 to the destination's lanes is expected")
	}
	always, limited := d.Rate.perSecond()
	if lower, ok := w.Rate.perSecond(); ok && limited && lower > always {
		k.complain(path+".rate", "a peak lowers the rate, which is %s", d.Rate)
	}
}
