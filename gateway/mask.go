package gateway

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shownKeys begin the names of members whose values say nothing about a person:
// codes, states, times of the procedure, amounts.
var shownKeys = []string{
	"Ma", "TrangThai", "Ngay", "ThoiDiem", "Kenh", "Loai", "HinhThuc", "Gia", "IsDeleted", "Duoc", "NoiNop", "HoSoCo", "TaiKhoan",
	"id", "type", "source", "specversion", "sequence", "time", "datacontenttype", "status", "code", "revision",
}

// hiddenKeys are exceptions from shownKeys.
var hiddenKeys = map[string]bool{"MaDoiTuong": true, "NgaySinh": true, "NgayCapDinhDanh": true, "identifiers": true}

// MaskBody returns a JSON document as it may be shown to people who have no
// reason to see more: of members whose names do not say that they are harmless,
// only the length is left. What is no JSON gives its length alone.
func MaskBody(body []byte) []byte {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return []byte(`"***"`)
	}
	out, err := json.Marshal(masked(v, false), json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return []byte(`"***"`)
	}
	return out
}

func masked(v any, shown bool) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = masked(inner, harmless(key))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = masked(v[i], shown)
		}
		return out
	case string:
		if shown || v == "" {
			return v
		}
		return "***"
	case float64:
		if shown {
			return v
		}
		return "***"
	}
	return v
}

func harmless(key string) bool {
	if hiddenKeys[key] {
		return false
	}
	for _, p := range shownKeys {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}
