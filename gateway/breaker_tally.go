package gateway

import "time"

// tally counts events over the same rolling window as the detector's counts.
type tally struct {
	bucket time.Duration
	start  time.Time
	age    int64
	counts [windowBuckets]uint32
}

func newTally(bucket time.Duration) *tally { return &tally{bucket: bucket, start: time.Now()} }

func (t *tally) add(now time.Time) {
	t.roll(now)
	t.counts[t.age%windowBuckets]++
}

func (t *tally) count(now time.Time) uint32 {
	t.roll(now)
	var n uint32
	for _, c := range t.counts {
		n += c
	}
	return n
}

func (t *tally) roll(now time.Time) {
	age := int64(now.Sub(t.start) / t.bucket)
	for steps := min(age-t.age, windowBuckets); steps > 0; steps-- {
		t.counts[(age-steps+1)%windowBuckets] = 0
	}
	t.age = max(t.age, age)
}
