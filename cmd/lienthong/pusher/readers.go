package pusher

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/internal/fault"
)

// tooLarge is a message over [MaxMessage].
func tooLarge() *fault.Problem {
	return &fault.Problem{
		Code: "message.too_large", Detail: "Thông điệp vượt quá 10 MiB.", DetailEN: "The message is larger than 10 MiB.",
		Expected: "≤ " + strconv.Itoa(MaxMessage) + " bytes",
	}
}

// lineReader finds a message in each line that is not empty.
type lineReader struct {
	r    *bufio.Reader
	line int64
}

func (l *lineReader) next() (Message, error) {
	for {
		body, whole, err := l.read()
		if err != nil && (!errors.Is(err, io.EOF) || len(body) == 0) {
			return Message{}, err
		}
		l.line++
		m := Message{Line: l.line, ContentType: jsonMedia, Body: bytes.TrimSpace(body)}
		switch {
		case !whole:
			m.Body, m.Unread = nil, tooLarge()
			return m, nil
		case len(m.Body) > 0:
			return m, nil
		}
	}
}

// read returns one line as a copy; of one that is too long only its beginning.
func (l *lineReader) read() (line []byte, whole bool, err error) {
	for {
		part, err := l.r.ReadSlice('\n')
		if len(line)+len(part) > MaxMessage {
			for errors.Is(err, bufio.ErrBufferFull) {
				_, err = l.r.ReadSlice('\n')
			}
			return append(line, part...), false, err
		}
		if line == nil {
			line = make([]byte, 0, len(part))
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, true, err
		}
	}
}

// valueReader finds the elements of arrays, and the values beside them.
type valueReader struct {
	d *jsontext.Decoder
}

func newValueReader(r io.Reader) *valueReader {
	return &valueReader{d: jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

func (v *valueReader) next() (Message, error) {
	for {
		switch kind := v.d.PeekKind(); {
		case kind == '[' && v.d.StackDepth() == 0, kind == ']':
			if _, err := v.d.ReadToken(); err != nil {
				return Message{}, v.broken(err)
			}
			continue
		}
		value, err := v.d.ReadValue()
		if err != nil {
			return Message{}, v.broken(err)
		}
		m := Message{ContentType: jsonMedia}
		if len(value) > MaxMessage {
			m.Unread = tooLarge()
		} else {
			m.Body = bytes.Clone(value)
		}
		return m, nil
	}
}

// broken says where the file stops being JSON, and nothing of what stands there.
func (v *valueReader) broken(err error) error {
	if errors.Is(err, io.EOF) && v.d.StackDepth() == 0 {
		return io.EOF
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		at := v.d.InputOffset()
		if syntax != nil {
			at = syntax.ByteOffset
		}
		return fault.New(fault.Malformed, "pusher.Next",
			fmt.Sprintf("the file stops being JSON at byte %d; what follows cannot be told apart", at))
	}
	return err
}

// wholeReader takes the file as one message.
type wholeReader struct {
	r           io.Reader
	contentType string
	done        bool
}

func (w *wholeReader) next() (Message, error) {
	if w.done {
		return Message{}, io.EOF
	}
	w.done = true
	body, err := io.ReadAll(io.LimitReader(w.r, MaxMessage+1))
	if err != nil {
		return Message{}, err
	}
	m := Message{Line: 1, ContentType: w.contentType, Body: body}
	if len(body) > MaxMessage {
		m.Body, m.Unread = nil, tooLarge()
	}
	return m, nil
}
