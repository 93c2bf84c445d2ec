package strict

import (
	"bytes"
	"reflect"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// value reads the next value into v. An error ends the reading; everything
// else that is wrong becomes a problem, the value is passed over and v stays as it is.
func (w *walk) value(v reflect.Value, p *plan) error {
	kind := w.dec.PeekKind()
	if kind == jsontext.KindNull && p.form != formRaw && p.form != formOther {
		return w.dec.SkipValue()
	}
	switch p.form {
	case formStruct:
		return w.object(v, p, kind)
	case formSlice, formList:
		return w.array(v, p, kind)
	case formMap:
		return w.dictionary(v, p, kind)
	case formPointer:
		v.Set(reflect.New(p.typ.Elem()))
		return w.value(v.Elem(), p.elem)
	case formSkip:
		_, err := w.skip()
		return err
	case formRaw:
		raw, err := w.skip()
		v.SetBytes(raw[:len(raw):len(raw)])
		return err
	case formOther:
		return w.other(v)
	}
	return w.scalar(v, p, kind)
}

// other leaves a value to package json, which keeps its own rules for keys within.
func (w *walk) other(v reflect.Value) error {
	raw, err := w.skip()
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, v.Addr().Interface()) != nil {
		w.refuse(w.here(), codeKind)
	}
	return nil
}

func (w *walk) mismatch() error {
	_, err := w.skip()
	if err == nil {
		w.refuse(w.here(), codeKind)
	}
	return err
}

func (w *walk) scalar(v reflect.Value, p *plan, kind jsontext.Kind) error {
	if kind == jsontext.KindBeginObject || kind == jsontext.KindBeginArray {
		return w.mismatch()
	}
	raw, err := w.dec.ReadValue()
	if err != nil {
		return err
	}
	fits := true
	switch {
	case p.form == formText && kind != jsontext.KindString:
		v.SetString(string(raw))
	case (p.form == formText || p.form == formString) && kind == jsontext.KindString:
		v.SetString(w.unquote(raw))
	case p.form == formBool && (kind == jsontext.KindTrue || kind == jsontext.KindFalse):
		v.SetBool(kind == jsontext.KindTrue)
	case p.form == formInt && kind == jsontext.KindNumber:
		n, err := strconv.ParseInt(string(raw), 10, 64)
		if fits = err == nil && !v.OverflowInt(n); fits {
			v.SetInt(n)
		}
	case p.form == formFloat && kind == jsontext.KindNumber:
		n, err := strconv.ParseFloat(string(raw), 64)
		if fits = err == nil && !v.OverflowFloat(n); fits {
			v.SetFloat(n)
		}
	default:
		fits = false
	}
	if !fits {
		w.refuse(w.here(), codeKind)
	}
	return nil
}

// unquote returns the text of a string that the tokenizer has found valid.
func (w *walk) unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	text, _ := jsontext.AppendUnquote(nil, raw)
	if bytes.IndexByte(text, 0) >= 0 {
		w.refuse(w.here(), codeNUL)
	}
	return string(text)
}

// enter opens an object or array, or passes over one that stands too deep.
func (w *walk) enter() (bool, error) {
	if w.depth+w.dec.StackDepth() >= MaxDepth {
		err := w.dec.SkipValue()
		if err == nil {
			w.refuse(w.here(), codeTooDeep)
		}
		return false, err
	}
	_, err := w.dec.ReadToken()
	return err == nil, err
}

func (w *walk) object(v reflect.Value, p *plan, kind jsontext.Kind) error {
	if kind != jsontext.KindBeginObject {
		return w.mismatch()
	}
	if open, err := w.enter(); !open {
		return err
	}
	for w.dec.PeekKind() != jsontext.KindEndObject {
		name, err := w.dec.ReadValue()
		if err != nil {
			return err
		}
		f, known := w.field(name, p)
		if !known {
			err = w.stranger(p)
		} else {
			err = w.value(v.FieldByIndex(f.index), f.plan)
		}
		if err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

func (w *walk) field(name []byte, p *plan) (field, bool) {
	if bytes.IndexByte(name, '\\') >= 0 {
		f, ok := p.fields[w.unquote(name)]
		return f, ok
	}
	f, ok := p.fields[string(name[1:len(name)-1])]
	return f, ok
}

// stranger deals with a member whose key no field has; the key has been read.
func (w *walk) stranger(p *plan) error {
	at := w.dec.StackPointer()
	wrongCase := p.folded[foldCase(at.LastToken())]
	switch {
	case wrongCase:
		w.refuse(w.part.Pointer+string(at), codeKeyCase)
	case w.opts.RefuseUnknown:
		w.refuse(w.part.Pointer+string(at), codeUnknownKey)
	case len(w.unknown) < maxReports:
		w.unknown = append(w.unknown, w.part.Pointer+string(at))
	}
	_, err := w.skip()
	return err
}

func (w *walk) array(v reflect.Value, p *plan, kind jsontext.Kind) error {
	if p.form == formList && kind != jsontext.KindBeginArray {
		return w.unlisted(v, p, kind)
	}
	if kind != jsontext.KindBeginArray {
		return w.mismatch()
	}
	if open, err := w.enter(); !open {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, 2))
	for n := 0; w.dec.PeekKind() != jsontext.KindEndArray; n++ {
		if n == v.Cap() {
			v.Grow(1)
		}
		v.SetLen(n + 1)
		if err := w.value(v.Index(n), p.elem); err != nil {
			return err
		}
	}
	_, err := w.dec.ReadToken()
	return err
}

// unlisted reads what the wild sends where a list should be: "" for none, the one element bare.
func (w *walk) unlisted(v reflect.Value, p *plan, kind jsontext.Kind) error {
	if kind == jsontext.KindString {
		raw, err := w.skip()
		if err == nil && len(raw) > 2 {
			w.refuse(w.here(), codeKind)
		}
		return err
	}
	if kind != jsontext.KindBeginObject {
		return w.mismatch()
	}
	v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	return w.value(v.Index(0), p.elem)
}

func (w *walk) dictionary(v reflect.Value, p *plan, kind jsontext.Kind) error {
	if kind != jsontext.KindBeginObject {
		return w.mismatch()
	}
	if open, err := w.enter(); !open {
		return err
	}
	v.Set(reflect.MakeMap(p.typ))
	for w.dec.PeekKind() != jsontext.KindEndObject {
		name, err := w.dec.ReadValue()
		if err != nil {
			return err
		}
		key, elem := reflect.ValueOf(w.unquote(name)).Convert(p.typ.Key()), reflect.New(p.elem.typ).Elem()
		if err := w.value(elem, p.elem); err != nil {
			return err
		}
		v.SetMapIndex(key, elem)
	}
	_, err := w.dec.ReadToken()
	return err
}
