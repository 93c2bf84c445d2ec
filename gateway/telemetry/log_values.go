package telemetry

import (
	"encoding"
	"fmt"
	"log/slog"
	"reflect"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// safe returns what of an attribute may be written.
func (h *Handler) safe(a slog.Attr) []slog.Attr {
	switch x := a.Value.Any().(type) {
	case gateway.RecordKey:
		return h.record(x)
	case *gateway.RecordKey:
		if x != nil {
			return h.record(*x)
		}
	case error:
		return failure(a.Key, x)
	}
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return []slog.Attr{slog.String(a.Key, scrub(v.String()))}
	case slog.KindGroup:
		var inner []slog.Attr
		for _, member := range v.Group() {
			inner = append(inner, h.safe(member)...)
		}
		return []slog.Attr{{Key: a.Key, Value: slog.GroupValue(inner...)}}
	case slog.KindAny:
		return []slog.Attr{{Key: a.Key, Value: known(v.Any())}}
	}
	return []slog.Attr{{Key: a.Key, Value: v}}
}

// record names a record without its id.
func (h *Handler) record(k gateway.RecordKey) []slog.Attr {
	return []slog.Attr{
		slog.String("source_system", k.Source), slog.String("record_type", string(k.Kind)), slog.String("record_ref", h.ref(k)),
	}
}

// failure writes an error as its text, and its code where it is one of ours.
func failure(key string, err error) []slog.Attr {
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return []slog.Attr{slog.String(key, "<nil>")}
	}
	attrs := []slog.Attr{slog.String(key, scrub(err.Error()))}
	if code := fault.CodeOf(err); code != fault.Internal {
		attrs = append(attrs, slog.String("error_code", string(code)))
	}
	return attrs
}

// listLimit is how many elements of a list are written.
const listLimit = 20

// known returns a value of a type that is known to be harmless, else the name of its type.
func known(x any) slog.Value {
	switch x := x.(type) {
	case nil:
		return slog.AnyValue(nil)
	case uuid.UUID:
		return slog.StringValue(x.String())
	case *uuid.UUID:
		if x == nil {
			return slog.AnyValue(nil)
		}
		return slog.StringValue(x.String())
	case *slog.Source:
		return slog.AnyValue(x)
	case []byte:
		return slog.StringValue(fmt.Sprintf("[%d bytes]", len(x)))
	}
	v := reflect.ValueOf(x)
	switch v.Kind() {
	case reflect.Bool:
		return slog.BoolValue(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return slog.Int64Value(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return slog.Uint64Value(v.Uint())
	case reflect.Float32, reflect.Float64:
		return slog.Float64Value(v.Float())
	case reflect.String:
		return slog.StringValue(scrub(masked(x, v.String())))
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			return list(v)
		}
	}
	return slog.StringValue(fmt.Sprintf("[%T]", x))
}

// masked lets a type of text that masks itself do so.
func masked(x any, plain string) string {
	switch x := x.(type) {
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return fmt.Sprintf("[%T]", x)
		}
		return string(text)
	case fmt.Stringer:
		return x.String()
	}
	return plain
}

// list writes words such as names of partitions.
func list(v reflect.Value) slog.Value {
	words := make([]string, 0, min(v.Len(), listLimit))
	for i := range min(v.Len(), listLimit) {
		element := v.Index(i).Interface()
		if valuer, is := element.(slog.LogValuer); is {
			words = append(words, scrub(valuer.LogValue().Resolve().String()))
			continue
		}
		words = append(words, scrub(masked(element, v.Index(i).String())))
	}
	return slog.AnyValue(words)
}

// Numbers of people and their telephones have nine to thirteen digits.
const (
	shortestNumber = 9
	longestNumber  = 13
)

// scrub masks such numbers where they stand alone: a uuid, a hash and a number
// of a dossier hold runs of digits too, but never one between blanks or brackets.
func scrub(s string) string {
	var out []byte
	kept := 0
	for i := 0; i < len(s); {
		if !digit(s[i]) {
			i++
			continue
		}
		start := i
		for i < len(s) && digit(s[i]) {
			i++
		}
		alone := (start == 0 || !joined(s[start-1])) && (i == len(s) || !joined(s[i]))
		if n := i - start; alone && shortestNumber <= n && n <= longestNumber {
			out = append(append(out, s[kept:start]...), "***"...)
			kept = i
		}
	}
	if kept == 0 {
		return s
	}
	return string(append(out, s[kept:]...))
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// joined reports whether a byte belongs to the same word as the digits beside it.
func joined(c byte) bool {
	return c == '-' || c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
