package pusher

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"

	"github.com/lienthong/lienthong/internal/fault"
)

// MaxMessage is the most bytes of one message: what the API takes as one.
const MaxMessage = 10 << 20

// Message is one message of an input.
type Message struct {
	File        string // as it was named; "-" is standard input
	Number      int64  // in its file, from 1
	Line        int64  // where it begins, from 1; 0: not known
	ContentType string
	Body        []byte         // the receiver's to keep
	Unread      *fault.Problem // there should be a message here, but this is why there is none; then Body is nil
}

// Format is how messages stand in a file.
type Format string

// Formats. Auto looks at the name of the file, then at its beginning.
const (
	Auto   Format = "auto"
	NDJSON Format = "ndjson" // a message a line
	JSON   Format = "json"   // a message is an element of an array, or a value of its own
	Whole  Format = "whole"  // the file is one message of JSON
	XML    Format = "xml"    // the file is one message
	CSV    Format = "csv"    // a message a row, made a JSON object by the names of the first row
)

// InputOptions describe an [Input].
type InputOptions struct {
	Files     []string // "-" is standard input
	Format    Format   // "" means Auto
	Delimiter rune     // of CSV; 0: the most frequent of , ; tab and | in the first row
	Stdin     io.Reader
}

// Input yields the messages of files, one file after the other.
type Input struct {
	o     InputOptions
	next  int // file
	file  *opened
	size  int64 // bytes of all files, 0 when not known
	taken atomic.Int64
}

// opened is the file that is being read.
type opened struct {
	name   string
	close  func() error
	reader reader
	number int64
}

// reader finds the messages of one file. Number and File are not its business.
// An error other than io.EOF ends the file: what follows cannot be told apart.
type reader interface {
	next() (Message, error)
}

// Open checks that the files are there and returns an input at its beginning.
func Open(o InputOptions) (*Input, error) {
	in := &Input{o: o}
	if len(o.Files) == 0 {
		return nil, fault.New(fault.Usage, "pusher.Open", "no file is named")
	}
	for _, name := range o.Files {
		if name == "-" {
			in.size = -1
			continue
		}
		info, err := os.Stat(name)
		if err != nil {
			return nil, &fault.Error{Code: fault.Usage, Op: "pusher.Open", Msg: "a file cannot be read", Err: err}
		}
		if info.IsDir() {
			return nil, fault.New(fault.Usage, "pusher.Open", name+" is a folder")
		}
		if in.size >= 0 {
			in.size += info.Size()
		}
	}
	return in, nil
}

// Size returns the bytes of all files as they lie on the disk, and how many of
// them were read; size is 0 where standard input is one of them. It may be
// called while another goroutine reads.
func (in *Input) Size() (size, taken int64) { return max(in.size, 0), in.taken.Load() }

// Close closes the file that is open.
func (in *Input) Close() error {
	if in.file == nil {
		return nil
	}
	f := in.file
	in.file = nil
	return f.close()
}

// Next returns the next message; io.EOF after the last.
func (in *Input) Next(ctx context.Context) (Message, error) {
	for {
		if err := ctx.Err(); err != nil {
			return Message{}, err
		}
		if in.file == nil {
			if in.next == len(in.o.Files) {
				return Message{}, io.EOF
			}
			if err := in.open(in.o.Files[in.next]); err != nil {
				return Message{}, err
			}
			in.next++
		}
		m, err := in.file.reader.next()
		if errors.Is(err, io.EOF) {
			if err := in.Close(); err != nil {
				return Message{}, err
			}
			continue
		}
		if err != nil {
			return Message{}, unreadable(in.file.name, err)
		}
		in.file.number++
		m.File, m.Number = in.file.name, in.file.number
		return m, nil
	}
}

// unreadable keeps faults and hides other texts, which may quote the file.
func unreadable(name string, err error) error {
	var f *fault.Error
	if errors.As(err, &f) {
		return err
	}
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Malformed, "pusher.Next", name+" is damaged or cut off: its gzip does not end well")
	}
	return &fault.Error{Code: fault.Usage, Op: "pusher.Next", Msg: name + " cannot be read", Err: err}
}

func (in *Input) open(name string) error {
	var source io.Reader
	closeFile := func() error { return nil }
	if name == "-" {
		source = in.o.Stdin
	} else {
		f, err := os.Open(name)
		if err != nil {
			return &fault.Error{Code: fault.Usage, Op: "pusher.Open", Msg: "a file cannot be read", Err: err}
		}
		source, closeFile = f, f.Close
	}
	b, err := unzipped(&counted{r: source, n: &in.taken})
	if err == nil {
		var r reader
		if r, err = newReader(name, in.o, b); err == nil {
			in.file = &opened{name: name, close: closeFile, reader: r}
			return nil
		}
	}
	return errors.Join(unreadable(name, err), closeFile())
}

// readAhead is the buffer of a file: enough to tell its format and to read in few calls.
const readAhead = 256 << 10

// unzipped returns the content of a stream that may be gzip, known by its first two bytes.
func unzipped(r io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(r, readAhead)
	magic, err := b.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return b, nil
	}
	gz, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(gz, readAhead), nil
}

// counted counts what is read of it.
type counted struct {
	r io.Reader
	n *atomic.Int64
}

// Read implements io.Reader.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}
