package schema

import (
	"encoding/json"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// Differences returns the pointers (RFC 6901) at which two canonical bodies
// differ, sorted, at most limit: what stands in one alone counts as one place.
func Differences(a, b []byte, limit int) ([]string, error) {
	var x, y any
	if len(a) > 0 {
		if err := json.Unmarshal(a, &x); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(b, &y); err != nil {
		return nil, err
	}
	var places []string
	compare("", x, y, &places)
	sort.Strings(places)
	return places[:min(len(places), limit)], nil
}

func compare(at string, x, y any, places *[]string) {
	switch a := x.(type) {
	case map[string]any:
		if b, same := y.(map[string]any); same {
			for _, key := range keysOf(a, b) {
				compare(at+"/"+pointerEscaper.Replace(key), a[key], b[key], places)
			}
			return
		}
	case []any:
		if b, same := y.([]any); same {
			for i := range max(len(a), len(b)) {
				compare(at+"/"+strconv.Itoa(i), element(a, i), element(b, i), places)
			}
			return
		}
	}
	if !reflect.DeepEqual(x, y) {
		*places = append(*places, at)
	}
}

func keysOf(a, b map[string]any) []string {
	var keys []string
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			keys = append(keys, k)
		}
	}
	return keys
}

func element(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")
