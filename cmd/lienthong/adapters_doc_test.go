package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/all"
	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/golden"
)

// seenBy collects the problems that an adapter reports for its golden cases.
func seenBy(t *testing.T, spec adapters.Spec, folder string) []seenProblem {
	t.Helper()
	found := map[string]*seenProblem{}
	note := func(problems []fault.Problem) {
		for _, p := range problems {
			one := found[p.Code]
			if one == nil {
				one = &seenProblem{Code: p.Code, Detail: p.Detail, DetailEN: p.DetailEN}
				found[p.Code] = one
			}
			if level := string(p.Level); !slices.Contains(one.Levels, level) && level != "" {
				one.Levels = append(one.Levels, level)
			} else if level == "" && !slices.Contains(one.Levels, string(fault.Refused)) {
				one.Levels = append(one.Levels, string(fault.Refused))
			}
			if p.Detail+p.DetailEN < one.Detail+one.DetailEN { // some say it in several ways; always the same one
				one.Detail, one.DetailEN = p.Detail, p.DetailEN
			}
		}
	}
	paths, err := filepath.Glob(filepath.Join(folder, "testdata", "*", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, paths, folder)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		province, raw := "24", adapters.Raw{}
		for _, f := range archive.Files {
			switch {
			case f.Name == "province":
				province = strings.TrimSpace(string(f.Data))
			case strings.HasPrefix(f.Name, "in."):
				raw = adapters.Raw{ContentType: mediaOf(f.Name, f.Data), Body: f.Data}
			}
		}
		a, err := spec.New(adapters.Config{Province: province})
		require.NoError(t, err)
		records, wrong := a.Normalize(context.Background(), raw)
		note(fault.ProblemsOf(wrong))
		for _, rec := range records {
			note(rec.Problems)
		}
	}
	var seen []seenProblem
	for _, one := range found {
		slices.Sort(one.Levels)
		seen = append(seen, *one)
	}
	slices.SortFunc(seen, func(a, b seenProblem) int { return strings.Compare(a.Code, b.Code) })
	return seen
}

// The pages are made of the adapters themselves; what changes them shows up here and is to be read.
func TestAdapterPages(t *testing.T) {
	seen := map[string][]seenProblem{}
	for name, spec := range all.Registry() {
		seen[name] = seenBy(t, spec, filepath.Join(root, "adapters", name))
	}
	data, err := json.MarshalIndent(seen, "", "  ")
	require.NoError(t, err)
	golden.Compare(t, "adapters_problems.json", append(data, '\n'))
	if golden.Update() {
		problemsSeen = data
	}

	pages := filepath.Join(root, "docs", "adapters")
	golden.Compare(t, filepath.Join(pages, "README.md"), []byte(pagesIndex()))
	for _, name := range all.Names() {
		code, page, errs := call(t, "adapters", "doc", name)
		require.Zero(t, code, errs)
		golden.Compare(t, filepath.Join(pages, name+".md"), []byte(page))
	}
	files, err := os.ReadDir(pages)
	require.NoError(t, err)
	require.Len(t, files, len(all.Names())+1, "a page of no adapter")
	require.Contains(t, mappedPage(), "`applicant.identifiers[]` | identity")
	require.Contains(t, all.Names(), mapped.Name)
}
