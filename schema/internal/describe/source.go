package describe

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// source is what the Go source of package schema says beside its types.
type source struct {
	types  map[string]string            // doc comment of a type
	fields map[string]map[string]string // comment of a field, by type and Go name
	values map[string][]value           // constants of a string type, in their order
}

// value is one constant of a string type.
type value struct {
	text    string
	comment string
}

// read parses the package in dir, file by file in the order of their names.
func read(dir string) (*source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	s := &source{types: map[string]string{}, fields: map[string]map[string]string{}, values: map[string][]value{}}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				s.declare(g)
			}
		}
	}
	return s, nil
}

func (s *source) declare(g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			doc := spec.Doc.Text()
			if doc == "" {
				doc = g.Doc.Text()
			}
			s.types[spec.Name.Name] = oneLine(doc)
			if body, ok := spec.Type.(*ast.StructType); ok {
				s.fields[spec.Name.Name] = comments(body)
			}
		case *ast.ValueSpec:
			s.constant(spec)
		}
	}
}

func comments(body *ast.StructType) map[string]string {
	out := map[string]string{}
	for _, f := range body.Fields.List {
		text := f.Comment.Text()
		if text == "" {
			text = f.Doc.Text()
		}
		for _, name := range f.Names {
			out[name.Name] = oneLine(text)
		}
	}
	return out
}

func (s *source) constant(spec *ast.ValueSpec) {
	of, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	literal, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return
	}
	if text, err := strconv.Unquote(literal.Value); err == nil {
		s.values[of.Name] = append(s.values[of.Name], value{text: text, comment: oneLine(spec.Comment.Text())})
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
