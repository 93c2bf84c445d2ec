package gateway

import (
	"fmt"
	"strings"
	"time"
)

// Text says one thing to people in both languages.
type Text struct{ VI, EN string }

// In returns the text in a language: "en", or Vietnamese for anything else.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.VI
}

func textf(vi, en string, args ...any) Text {
	return Text{VI: fmt.Sprintf(vi, inLanguage("vi", args)...), EN: fmt.Sprintf(en, inLanguage("en", args)...)}
}

// inLanguage puts the texts among arguments into one language.
func inLanguage(lang string, args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if t, is := a.(Text); is {
			a = t.In(lang)
		}
		out[i] = a
	}
	return out
}

// listed puts texts behind each other.
func listed(with string, texts ...Text) Text {
	var vi, en []string
	for _, t := range texts {
		if t != (Text{}) {
			vi, en = append(vi, t.VI), append(en, t.EN)
		}
	}
	return Text{VI: strings.Join(vi, with), EN: strings.Join(en, with)}
}

// span says how long, to two units: 2 giây, 3 giờ 52 phút.
func span(d time.Duration) Text {
	units := []struct {
		length time.Duration
		vi, en string
	}{{24 * time.Hour, "ngày", "d"}, {time.Hour, "giờ", "h"}, {time.Minute, "phút", "min"}, {time.Second, "giây", "s"}}
	d = max(d, 0).Round(time.Second)
	for i, u := range units {
		n := d / u.length
		if n == 0 && i < len(units)-1 {
			continue
		}
		t := textf("%d "+u.vi, "%d "+u.en, n)
		if i+1 < len(units) {
			if rest := d % u.length / units[i+1].length; rest > 0 {
				t = listed(" ", t, textf("%d "+units[i+1].vi, "%d "+units[i+1].en, rest))
			}
		}
		return t
	}
	return Text{}
}

// clock says when, by the clock of Việt Nam; the day where it is another one than that of now.
func clock(t, now time.Time) string {
	local, today := t.UTC().Add(hanoi), now.UTC().Add(hanoi)
	if local.Truncate(day).Equal(today.Truncate(day)) {
		return local.Format("15:04")
	}
	return local.Format("15:04 02/01")
}
