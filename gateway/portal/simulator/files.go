package simulator

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/internal/fault"
)

// PullMode says whether the portal fetches the files that records point to.
type PullMode string

// The modes. None of them ever calls another machine.
const (
	PullOff      PullMode = "off"      // never; the default
	PullFake     PullMode = "fake"     // it is only pretended: Missing and Share decide what cannot be reached
	PullLoopback PullMode = "loopback" // addresses on this machine are fetched, all others are skipped
)

// PullModes returns every mode.
func PullModes() []PullMode { return []PullMode{PullOff, PullFake, PullLoopback} }

// Files is how DuongDanTaiTepTin and DuongDanTepTinKetQua are pulled after a record was stored.
type Files struct {
	Pull    PullMode `json:"pull"`    // default off
	After   Span     `json:"after"`   // how long after the write; default 1 s
	Timeout Span     `json:"timeout"` // of one fetch on loopback; default 10 s
	Missing []string `json:"missing"` // fake: an address that contains one of these cannot be reached
	Share   float64  `json:"share"`   // fake: nor can so large a share of the others, 0 to 1, picked by seed and address
}

func (f Files) withDefaults() Files {
	if f.Pull == "" {
		f.Pull = PullOff
	}
	if f.After == 0 {
		f.After = Span(time.Second)
	}
	if f.Timeout == 0 {
		f.Timeout = Span(10 * time.Second)
	}
	return f
}

func (f Files) check(op string) error {
	switch {
	case !oneOf(f.Pull, PullModes()):
		return fault.New(fault.Usage, op, "unknown way to pull files "+string(f.Pull)+": off, fake or loopback")
	case f.After < 0 || f.Timeout < 0 || f.Share < 0 || f.Share > 1:
		return fault.New(fault.Usage, op, "times of the pull of files are not negative, and a share lies between 0 and 1")
	case slices.Contains(f.Missing, ""):
		return fault.New(fault.Usage, op, "an empty text is part of every address")
	}
	return nil
}

// FileOutcome is how the pull of one file ended.
type FileOutcome string

// The outcomes.
const (
	FileFetched     FileOutcome = "fetched"
	FileUnreachable FileOutcome = "unreachable"
	FileSkipped     FileOutcome = "skipped" // not on this machine
)

// FileMark is what became of one file of the record that stands.
type FileMark struct {
	Pointer string      `json:"pointer"` // RFC 6901, into the record
	Outcome FileOutcome `json:"outcome"`
	Status  int         `json:"status"` // of HTTP; 0 without an answer
	At      time.Time   `json:"at"`
}

// pull is one file to fetch.
type pull struct {
	key     string
	call    uint64
	pointer string
	url     string
	due     time.Time
	rules   Files
}

// pulls lists the files of a record. Where an address holds several, joined by "##", the first counts.
func pulls(e *effectLine, rules Files) []pull {
	var record struct {
		Papers []struct {
			URL string `json:"DuongDanTaiTepTin"`
		} `json:"TaiLieuNop"`
		Results []struct {
			URL string `json:"DuongDanTepTinKetQua"`
		} `json:"DanhSachGiayToKetQua"`
	}
	if json.Unmarshal(e.Body, &record) != nil {
		return nil // members of other types; nothing that could be fetched
	}
	var all []pull
	add := func(list, member string, i int, url string) {
		url, _, _ = strings.Cut(url, "##")
		if url = strings.TrimSpace(url); url != "" {
			pointer := "/" + list + "/" + strconv.Itoa(i) + "/" + member
			all = append(all, pull{key: e.Key, call: e.Call, pointer: pointer, url: url, due: e.At.Add(time.Duration(rules.After)), rules: rules})
		}
	}
	for i, p := range record.Papers {
		add("TaiLieuNop", "DuongDanTaiTepTin", i, p.URL)
	}
	for i, p := range record.Results {
		add("DanhSachGiayToKetQua", "DuongDanTepTinKetQua", i, p.URL)
	}
	return all
}

// pullers is how many files are fetched at once.
const pullers = 4

// puller fetches files. A worker lives while there is something to fetch; stop
// ends them and drops what is left.
type puller struct {
	fetch func(context.Context, pull) (FileOutcome, int)
	note  func(pull, FileOutcome, int) error

	ctx     context.Context
	cancel  context.CancelFunc
	mu      sync.Mutex
	queue   []pull
	left    int // files that are queued or being fetched
	workers int
	stopped bool
	working sync.WaitGroup
}

func newPuller(fetch func(context.Context, pull) (FileOutcome, int), note func(pull, FileOutcome, int) error) *puller {
	p := &puller{fetch: fetch, note: note}
	p.ctx, p.cancel = context.WithCancel(context.Background()) // ended by stop
	return p
}

func (p *puller) add(all ...pull) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return
	}
	p.queue, p.left = append(p.queue, all...), p.left+len(all)
	for range min(len(all), pullers-p.workers) {
		p.workers++
		p.working.Go(p.work)
	}
}

func (p *puller) work() {
	for {
		one, ok := p.next()
		if !ok {
			return
		}
		p.carryOut(one)
		p.mu.Lock()
		p.left--
		p.mu.Unlock()
	}
}

// carryOut waits until a file is due, fetches it, and has the outcome written down; not once stop was called.
func (p *puller) carryOut(one pull) {
	if !pause(p.ctx, nil, time.Until(one.due)) {
		return
	}
	outcome, status := p.fetch(p.ctx, one)
	if p.ctx.Err() == nil {
		_ = p.note(one, outcome, status) // if that fails the log is broken, and every later call says so
	}
}

func (p *puller) next() (pull, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped || len(p.queue) == 0 {
		p.workers--
		return pull{}, false
	}
	one := p.queue[0]
	p.queue = p.queue[1:]
	return one, true
}

func (p *puller) pending() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.left
}

func (p *puller) stop() {
	p.mu.Lock()
	p.stopped, p.left, p.queue = true, p.left-len(p.queue), nil
	p.mu.Unlock()
	p.cancel()
	p.working.Wait()
}
