package portal

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"github.com/lienthong/lienthong/gateway"
)

func TestNormalCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "00": "0", "0.0": "0", " 0 ": "0", "-3": "-3", "3": "3", "03": "3", "": "",
		"E01": "E01", "1/2": "1/2", "0x0": "0x0", "OK": "OK", "000000000000000000000000": "000000000000000000000000",
	} {
		require.Equal(t, want, NormalCode(in), "%q", in)
	}
}

func TestRulesMatch(t *testing.T) {
	t.Parallel()
	rules := Rules{
		{Name: "front", Raw: true, All: []string{"gateway down"}},
		{Name: "done", Operations: []gateway.Operation{gateway.OpCreate}, Codes: []string{"0"}, All: []string{"thành công"}, None: []string{"không thành công"}},
		{Name: "silent", NoText: true},
		{Name: "rest", NotCodes: []string{"0"}},
	}
	for name, tc := range map[string]struct {
		op     gateway.Operation
		answer Answer
		want   string
	}{
		"code and phrase":               {gateway.OpCreate, Answer{Formed: true, Code: "0", Text: "Đồng bộ THÀNH  CÔNG"}, "done"},
		"decomposed capitals":           {gateway.OpCreate, Answer{Formed: true, Code: "0", Text: norm.NFD.String("THÀNH CÔNG")}, "done"},
		"the phrase denied":             {gateway.OpCreate, Answer{Formed: true, Code: "0", Text: "Không thành công"}, ""},
		"another operation":             {gateway.OpUpdate, Answer{Formed: true, Code: "0", Text: "thành công"}, ""},
		"no text":                       {gateway.OpCreate, Answer{Formed: true, Code: "0"}, "silent"},
		"another code":                  {gateway.OpCreate, Answer{Formed: true, Code: "5", Text: "gì đó"}, "rest"},
		"raw rules read any body":       {gateway.OpCreate, Answer{Text: "<b>Gateway Down</b>"}, "front"},
		"other rules read formed alone": {gateway.OpCreate, Answer{Code: "0", Text: "thành công"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, ok := rules.Match(tc.op, tc.answer)
			require.Equal(t, tc.want, rule.Name)
			require.Equal(t, tc.want != "", ok)
		})
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	table := Statuses()
	for status, want := range map[int]gateway.OutcomeKind{
		200: gateway.Unknown, 302: gateway.Unknown, 400: gateway.RefusedData, 401: gateway.Unavailable, 404: gateway.Unavailable,
		408: gateway.Unknown, 413: gateway.RefusedData, 418: gateway.Unavailable, 429: gateway.Throttled, 500: gateway.Unknown,
		501: gateway.Unavailable, 502: gateway.Unknown, 503: gateway.Unavailable, 504: gateway.Unknown, 599: gateway.Unknown,
		0: gateway.Unknown, 999: gateway.Unknown,
	} {
		require.Equal(t, want, table.Of(status).Kind, "%d", status)
	}
	require.True(t, table.Of(200).Body)
	require.False(t, table.Of(502).Body)
}
