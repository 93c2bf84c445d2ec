package httpapi_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/httpapi"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

const other = `{"so":"B-2","ten":"Công ty Hai"}`

func TestBatch(t *testing.T) {
	t.Parallel()

	for name, q := range map[string]request{
		"an array":           {body: "[" + good + ",\n {\"ten\":\"?\"} , " + other + "]"},
		"lines":              {body: good + "\n{\"ten\":\"?\"}\r\n\n" + other + "\n", headers: []string{"Content-Type", "application/x-ndjson"}},
		"lines with charset": {body: good + "\n{\"ten\":\"?\"}\n" + other, headers: []string{"Content-Type", "application/x-ndjson; charset=utf-8"}},
		"envelopes":          {body: `[{"message":` + good + `},{"message":{"ten":"?"}},{"message":` + other + `}]`, headers: []string{"Content-Type", "application/vnd.lienthong.push+json"}},
	} {
		t.Run(name+" are answered message by message", func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			q.path = "/v1/records:batch"
			a := answer(t, b.do(t, q))
			require.Len(t, a.Results, 3)
			for i, m := range a.Results {
				require.Equal(t, i, m.Index)
				require.Contains(t, b.store.submissions, m.SubmissionID)
			}
			require.Equal(t, "A/1", a.Results[0].Records[0].ID)
			require.Equal(t, fault.UnknownForm, a.Results[1].Code)
			require.Equal(t, "B-2", a.Results[2].Records[0].ID)
			require.Equal(t, gateway.Summary{Accepted: 2, Rejected: 1}, a.Summary)
			require.Equal(t, good, string(b.store.submissions[a.Results[0].SubmissionID].Raw))
		})
	}

	t.Run("a message that is broken by itself does not keep others out", func(t *testing.T) {
		t.Parallel()
		a := answer(t, setup(t).do(t, request{path: "/v1/records:batch", body: `[{"so":1,"so":2},` + good + `]`}))
		require.Equal(t, fault.Malformed, a.Results[0].Code)
		require.Equal(t, "/so", a.Results[0].Errors[0].Pointer)
		require.Equal(t, gateway.Accepted, a.Results[1].Records[0].Verdict)
	})

	t.Run("envelopes date their messages, and pointers go through them", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		a := answer(t, b.do(t, request{
			path: "/v1/records:batch", headers: []string{"Content-Type", "application/vnd.lienthong.push+json"},
			body: `[{"message":` + good + `,"source_version":"12"},{"message":{"so":"1"}}]`,
		}))
		require.Equal(t, int64(12), b.store.versions[gateway.RecordKey{Source: "onestop", Kind: schema.KindOrganisation, ID: "A/1"}].Version)
		require.Equal(t, "/message/ten", a.Results[1].Records[0].Errors[0].Pointer)
	})

	t.Run("texts of problems come in one language", func(t *testing.T) {
		t.Parallel()
		q := request{path: "/v1/records:batch", body: `[{"so":"1"}]`}
		w := setup(t).do(t, q)
		require.Equal(t, "Thiếu tên.", answer(t, w).Results[0].Records[0].Errors[0].Detail)
		require.NotContains(t, w.Body.String(), "detail_en")
		q.headers = []string{"Accept-Language", "en-GB,en;q=0.9"}
		w = setup(t).do(t, q)
		require.Equal(t, "The name is missing.", answer(t, w).Results[0].Records[0].Errors[0].Detail)
		require.Equal(t, "en", w.Header().Get("Content-Language"))
	})
}

func TestBatchRefusals(t *testing.T) {
	t.Parallel()
	many := "[" + strings.Repeat(`{"so":"1","ten":"x"},`, 1000) + `{"so":"1","ten":"x"}]`
	crowded := `{"so":"1","ten":"x","ds":[` + strings.TrimSuffix(strings.Repeat(`{"so":"2","ten":"x"},`, 50), ",") + `]}`
	for _, tt := range []struct {
		name    string
		body    string
		headers []string
		status  int
		code    fault.Code
		item    httpapi.ProblemItem
		kept    bool
	}{
		{name: "broken JSON between messages", body: `[` + good + `,,` + good + `]`, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/1", Code: "json.syntax"}, kept: true},
		{name: "an array that does not end", body: `[` + good, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "json.syntax"}, kept: true},
		{name: "something behind the array", body: `[` + good + `]]`, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "json.trailing"}, kept: true},
		{name: "one object", body: good, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "batch.not_array", Expected: "[…]"}, kept: true},
		{name: "lines that do not say so", body: good + "\n" + other, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "batch.not_array", Expected: "[…]"}, kept: true},
		{name: "no messages", body: `[]`, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "batch.empty", Expected: "1 to 1000"}, kept: true},
		{name: "no body", body: ``, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "json.empty"}, kept: true},
		{name: "a line that was cut", body: good + "\n\n{\"so\":\"2", headers: []string{"Content-Type", "application/x-ndjson"}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/1", Code: "json.syntax"}, kept: true},
		{name: "no lines", body: "\n\n", headers: []string{"Content-Type", "application/x-ndjson"}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Code: "json.empty"}, kept: true},
		{name: "a bad envelope", body: `[{"message":{}},{"message":{},"source_version":"x"}]`, headers: []string{"Content-Type", "application/vnd.lienthong.push+json"}, status: 400, code: fault.Malformed, item: httpapi.ProblemItem{Pointer: "/1/source_version", Code: "source_version.invalid", Expected: "1 to 9223372036854775807"}, kept: true},
		{name: "too many messages", body: many, status: 413, code: fault.TooLarge, item: httpapi.ProblemItem{Code: "batch.too_many", Expected: "≤ 1000"}},
		{name: "too many records", body: "[" + strings.TrimSuffix(strings.Repeat(crowded+",", 100), ",") + "]", status: 413, code: fault.TooLarge},
		{name: "XML", body: `<a/>`, headers: []string{"Content-Type", "text/xml"}, status: 415, code: fault.UnsupportedMedia, item: httpapi.ProblemItem{Header: "Content-Type", Code: "header.content_type", Expected: batchAccepts}},
		{name: "one version for many", body: "[" + good + "]", headers: []string{"Gateway-Source-Version", "1"}, status: 400, code: fault.Usage, item: httpapi.ProblemItem{Header: "Gateway-Source-Version", Code: "header.single_only", Expected: "application/vnd.lienthong.push+json"}},
		{name: "a parameter", body: "[" + good + "]", headers: nil, status: 422, code: fault.Invalid, item: httpapi.ProblemItem{Code: "query.unknown", Expected: "no parameters"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			path := "/v1/records:batch"
			if tt.name == "a parameter" {
				path += "?x"
			}
			w := b.do(t, request{path: path, body: tt.body, headers: tt.headers})
			p := problem(t, w)
			require.Equal(t, tt.status, w.Code, w.Body.String())
			require.Equal(t, tt.code, p.Code)
			if tt.item.Code != "" {
				require.NotEmpty(t, p.Errors, w.Body.String())
				p.Errors[0].Detail = ""
				require.Equal(t, tt.item, p.Errors[0])
			}
			require.Equal(t, tt.kept, p.SubmissionID != "")
			require.Empty(t, b.store.records)
			if tt.kept {
				sub := b.store.submissions[uuid.MustParse(p.SubmissionID)]
				require.Equal(t, tt.body, string(sub.Raw))
				require.Equal(t, tt.code, sub.Code)
				require.Equal(t, "toy", sub.Adapter)
			} else {
				require.Empty(t, b.store.submissions)
			}
		})
	}
}

const batchAccepts = "application/json, application/x-ndjson, application/vnd.lienthong.push+json"

func TestProblemListsAreBounded(t *testing.T) {
	t.Parallel()
	members := strings.TrimSuffix(strings.Repeat(`{"so":"1"},`, 250), ",")
	w := setup(t).do(t, request{path: "/v1/records", body: `{"so":"1","ds":[` + members + `]}`})
	p := problem(t, w)
	require.Len(t, p.Errors, 100)
	require.Equal(t, 151, p.ErrorsOmitted)
}
