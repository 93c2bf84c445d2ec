package schema

import (
	"encoding/json"
	"strings"
)

// MarshalJSON writes the date as a string, null when zero.
func (d Date) MarshalJSON() ([]byte, error) { return quoted(d.String()), nil }

// UnmarshalJSON reads what [Date.MarshalJSON] writes; "" is zero too.
func (d *Date) UnmarshalJSON(data []byte) error {
	s, err := unquoted(data, errDate)
	if err != nil {
		return err
	}
	return d.UnmarshalText([]byte(s))
}

// MarshalText writes the date as [Date.String] does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "1990", "1990-06", "1990-06-14" or nothing. It is strict:
// this is our own form, not a source's.
func (d *Date) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" {
		*d = Date{}
		return nil
	}
	n, ok := scanNumbers(s)
	if !ok || n.count > 3 || n.width[0] != 4 || n.after[n.count-1] != 0 {
		return errDate()
	}
	for i := 1; i < n.count; i++ {
		if n.width[i] != 2 || n.value[i] == 0 || n.after[i-1] != '-' {
			return errDate()
		}
	}
	date, err := NewDate(n.value[0], n.value[1], n.value[2])
	if err != nil {
		return err
	}
	*d = date
	return nil
}

// MarshalJSON writes the time as a string, null when zero.
func (t Time) MarshalJSON() ([]byte, error) { return quoted(t.String()), nil }

// UnmarshalJSON reads RFC 3339 with any offset; null and "" are zero.
func (t *Time) UnmarshalJSON(data []byte) error {
	s, err := unquoted(data, errTime)
	if err != nil {
		return err
	}
	return t.UnmarshalText([]byte(s))
}

// MarshalText writes the time as [Time.String] does.
func (t Time) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads RFC 3339 with any offset, or nothing.
func (t *Time) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*t = Time{}
		return nil
	}
	parsed, err := parseISO(string(text), vietNam, true)
	if err != nil {
		return err
	}
	*t = parsed
	return nil
}

// quoted returns s, which needs no escaping, as a JSON string, null when empty.
func quoted(s string) []byte {
	if s == "" {
		return []byte("null")
	}
	return []byte(`"` + s + `"`)
}

// unquoted returns the content of a JSON string; null is empty.
func unquoted(data []byte, invalid func() error) (string, error) {
	s := string(data)
	if strings.Contains(s, `\`) { // some encoders escape the plus sign of an offset
		var text string
		if json.Unmarshal(data, &text) != nil {
			return "", invalid()
		}
		return text, nil
	}
	if s == "null" {
		return "", nil
	}
	inner, ok := strings.CutPrefix(s, `"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	if !ok || !closed || strings.Contains(inner, `"`) {
		return "", invalid()
	}
	return inner, nil
}
