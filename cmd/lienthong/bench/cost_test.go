package bench_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// cost is what a piece of work took: time on the clock, and time of processors
// in this program and its PostgreSQL. On a machine that others use too, the
// second is the one to compare.
type cost struct{ clock, processors time.Duration }

func (c cost) plus(o cost) cost { return cost{c.clock + o.clock, c.processors + o.processors} }

// measure runs work.
func measure(work func()) cost {
	before, start := processorTime(), time.Now()
	work()
	return cost{time.Since(start), processorTime() - before}
}

// processorTime returns what this program and the children of it have used so
// far, from /proc (proc(5), fields 14 and 15 of stat, in hundredths of a
// second). Where there is no /proc it is zero.
func processorTime() time.Duration {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	parent, used := map[int]int{}, map[int]int{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) < 13 {
			continue
		}
		parent[pid], _ = strconv.Atoi(fields[1])
		for _, f := range fields[11:13] {
			n, _ := strconv.Atoi(f)
			used[pid] += n
		}
	}
	hundredths, own := 0, os.Getpid()
	for pid := range parent {
		for p := pid; p > 1; p = parent[p] {
			if p == own {
				hundredths += used[pid]
				break
			}
		}
	}
	return time.Duration(hundredths) * 10 * time.Millisecond
}

// report says how many things a second were done, how many the limit would
// have allowed, and the share: by the clock, and by the time of processors.
func report(b *testing.B, unit string, things int, gateway, limit cost) {
	b.Helper()
	done := float64(things * b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(done/gateway.clock.Seconds(), unit+"/s")
	b.ReportMetric(done/limit.clock.Seconds(), "limit/s")
	b.ReportMetric(limit.clock.Seconds()/gateway.clock.Seconds(), "ratio")
	if gateway.processors > 0 {
		b.ReportMetric(limit.processors.Seconds()/gateway.processors.Seconds(), "cpu_ratio")
	}
}
