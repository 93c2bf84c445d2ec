package land

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
)

func TestArea(t *testing.T) {
	t.Parallel()
	for text, want := range map[strict.Text]struct {
		m2   float64
		code string
	}{
		"":           {0, ""},
		"120.5":      {120.5, ""},
		" 120 ":      {120, ""},
		"0.250":      {0.25, ""},
		"1250.500":   {1250.5, ""},
		"120,5":      {120.5, "number.separators"},
		"1.250,5":    {1250.5, "number.separators"},
		"1.250,5 m2": {1250.5, "number.separators"},
		"120,5m²":    {120.5, "number.separators"},
		"1.250":      {0, "number.ambiguous"},
		"12.50,5":    {0, "number.invalid"},
		"-3":         {0, "number.invalid"},
		"1e5":        {0, "number.invalid"},
		"NaN":        {0, "number.invalid"},
		"m2":         {0, ""},
	} {
		r := field.At("")
		got, code := area(r, "DienTich", text), ""
		if p := r.Problems(); len(p) > 0 {
			code = p[0].Code
		}
		require.Equal(t, want.m2, got, "area of %q", text)
		require.Equal(t, want.code, code, "problem of %q", text)
		require.False(t, r.Refused(), "a parcel does not fail over its area: %q", text)
	}
}
