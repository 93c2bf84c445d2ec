package simulator

import (
	"os"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// journal appends lines to the log. It is not safe for concurrent use; the
// ledger's lock guards it, so that the order of lines is the order of effects.
type journal struct {
	file   *os.File // nil: nothing is kept
	size   int64    // of the whole lines in the file
	seq    uint64
	last   time.Time
	buf    []byte
	broken error // once set, nothing is stored any more
}

// append gives the lines their numbers and writes them with one write. After an
// error nothing of them is in the file.
func (j *journal) append(lines ...line) error {
	if j.broken != nil {
		return j.broken
	}
	at := time.Now().UTC()
	if at.Before(j.last) { // the clock was set back
		at = j.last
	}
	j.buf = j.buf[:0]
	for i, l := range lines {
		l.stamp(j.seq+uint64(i)+1, at)
		if j.file == nil {
			continue
		}
		text, err := json.Marshal(l, jsontext.PreserveRawStrings(true), jsontext.AllowDuplicateNames(true))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "simulator.journal")
		}
		j.buf = append(append(j.buf, text...), '\n')
	}
	if err := j.write(); err != nil {
		return err
	}
	j.seq, j.last = j.seq+uint64(len(lines)), at
	return nil
}

func (j *journal) write() error {
	if j.file == nil {
		return nil
	}
	n, err := j.file.Write(j.buf)
	if err == nil {
		j.size += int64(n)
		return nil
	}
	err = fault.Wrap(err, fault.Unavailable, "simulator.journal")
	if j.file.Truncate(j.size) != nil {
		j.broken = err // the torn tail stays, so nothing may follow it
	}
	return err
}

func (j *journal) close() error {
	j.broken = fault.New(fault.Unavailable, "simulator.journal", "the simulator is closed")
	if j.file == nil {
		return nil
	}
	return fault.Wrap(j.file.Close(), fault.Internal, "simulator.journal")
}
