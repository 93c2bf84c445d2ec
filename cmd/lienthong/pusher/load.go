package pusher

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// LoadInput lets a bulk load read an input.
type LoadInput struct{ *Input }

// Next implements [gateway.LoadInput].
func (in LoadInput) Next(ctx context.Context) (gateway.LoadMessage, error) {
	m, err := in.Input.Next(ctx)
	return gateway.LoadMessage{
		Message: gateway.Message{ContentType: m.ContentType, Body: m.Body},
		File:    m.File, Number: m.Number, Line: m.Line, Unread: m.Unread,
	}, err
}

// Fingerprint reads all files once and returns a hash of their bytes and of
// how they are read: the same files make the same load. Standard input cannot
// be read twice and is refused.
func Fingerprint(ctx context.Context, o InputOptions) (schema.Hash, error) {
	all := sha256.New()
	for _, name := range o.Files {
		if name == "-" {
			return schema.Hash{}, fault.New(fault.Usage, "pusher.Fingerprint", "a bulk load reads its files twice: name them instead of -")
		}
		sum, err := sumOf(ctx, name)
		if err != nil {
			return schema.Hash{}, err
		}
		format := o.Format
		if format == "" || format == Auto {
			format = "auto " + format.guessed(name)
		}
		_, _ = fmt.Fprintf(all, "%s %q %x\n", format, o.Delimiter, sum)
	}
	return schema.Hash(all.Sum(nil)), nil
}

// guessed is what of a name goes into a fingerprint: a name alone may change.
func (Format) guessed(name string) Format {
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	b, err := unzipped(f)
	if err != nil {
		return ""
	}
	return guess(name, b)
}

func sumOf(ctx context.Context, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &fault.Error{Code: fault.Usage, Op: "pusher.Fingerprint", Msg: "a file cannot be read", Err: err}
	}
	defer func() { _ = f.Close() }()
	h, buffer := sha256.New(), make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n, err := f.Read(buffer)
		h.Write(buffer[:n])
		if err == io.EOF {
			return h.Sum(nil), nil
		}
		if err != nil {
			return nil, &fault.Error{Code: fault.Usage, Op: "pusher.Fingerprint", Msg: "a file cannot be read", Err: err}
		}
	}
}
