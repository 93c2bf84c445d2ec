package httpapi

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lienthong/lienthong/internal/fault"
)

// strictQuery refuses parameters that an operation does not have, letter for
// letter, or that stand twice: a misspelt filter would answer another question.
func (a *API) strictQuery(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	r.Header.Del("Accept") // there is one form of each answer; huma would try names of others
	if r.URL.RawQuery != "" {
		if err := checkQuery(r.URL.RawQuery, ctx.Operation()); err != nil {
			a.fail(w, callOf(r.Context()), err)
			return
		}
	}
	next(ctx)
}

func checkQuery(raw string, op *huma.Operation) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return badQuery("", fault.Problem{
			Code: "query.syntax", Detail: "Chuỗi truy vấn không đúng cú pháp.", DetailEN: "The query is not well-formed.",
		})
	}
	known := map[string]bool{}
	for _, p := range op.Parameters {
		if p.In == "query" {
			known[p.Name] = true
		}
	}
	for name, values := range query {
		switch {
		case !known[name]:
			return unknownParameter(op)
		case len(values) > 1:
			return badQuery(name, fault.Problem{
				Code: "query.repeated", Detail: "Tham số bị lặp.", DetailEN: "The parameter stands more than once.", Expected: "one value",
			})
		}
	}
	return nil
}

// unknownParameter does not name what it refuses: the name came from the caller.
func unknownParameter(op *huma.Operation) error {
	names := []string{}
	if op != nil {
		for _, p := range op.Parameters {
			if p.In == "query" {
				names = append(names, p.Name)
			}
		}
	}
	expected := "no parameters"
	if len(names) > 0 {
		expected = strings.Join(names, ", ")
	}
	return badQuery("", fault.Problem{
		Code: "query.unknown", Detail: "Có tham số không được hỗ trợ; tên tham số phân biệt chữ hoa, chữ thường.",
		DetailEN: "There is a parameter that is not known; names are case-sensitive.", Expected: expected,
	})
}

// badParameters makes our failure of what huma found wrong with parameters.
func badParameters(op *huma.Operation, found []*huma.ErrorDetail) error {
	f := &failure{cause: fault.New(fault.Invalid, "httpapi.query", "a parameter is not valid")}
	for _, e := range found {
		in, name, _ := strings.Cut(e.Location, ".")
		it := item{Problem: fault.Problem{
			Code: in + ".invalid", Detail: "Giá trị của tham số không hợp lệ.", DetailEN: "The value of the parameter is not valid.",
		}}
		for _, p := range op.Parameters {
			if p.In == in && p.Name == name {
				it.parameter, it.Expected = p.Name, expected(p.Schema)
			}
		}
		f.items = append(f.items, it)
	}
	return f
}

// expected puts a parameter's schema in words.
func expected(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if s.Minimum != nil && s.Maximum != nil {
		return fmt.Sprintf("%s %v to %v", s.Type, *s.Minimum, *s.Maximum)
	}
	return s.Type
}
