package mapped

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/lienthong/lienthong/schema"
)

// Bounds of an expression. One loop at most runs inside another thing, and
// never inside a loop, so that the steps of a run are at most the number of nodes
// times the length of a list.
const (
	maxExpression = 2000    // characters
	maxNodes      = 200     // of its tree
	maxBudget     = 100_000 // elements that lists made by a run may have together
	maxInput      = 16 << 10
	maxList       = 1000
	maxOutput     = 64 << 10 // bytes of what replace and join give
)

// builtins are the functions of the library that are pure, bounded and have an
// order. What tells the time, walks a map or builds text without bound is not among them.
var builtins = []string{
	"all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "count",
	"len", "int", "string", "trim", "trimPrefix", "trimSuffix", "upper", "lower", "split", "indexOf", "lastIndexOf",
	"hasPrefix", "hasSuffix", "first", "last", "concat", "flatten", "reverse",
}

// functions are those of this package.
func functions() map[string]func(...any) (any, error) {
	return map[string]func(...any) (any, error){"fold": fold, "clean": clean, "coalesce": coalesce, "replace": replace, "join": join}
}

var (
	errArguments = errors.New("wrong arguments")
	errTooLong   = errors.New("too long")
)

func argument(args []any, i int) (string, error) {
	if i < len(args) {
		if s, ok := args[i].(string); ok {
			return s, nil
		}
	}
	return "", errArguments
}

// fold returns a text without case and diacritics.
func fold(args ...any) (any, error) {
	s, err := argument(args, 0)
	return schema.Fold(s), err
}

// clean returns a text in Unicode NFC, without superfluous space.
func clean(args ...any) (any, error) {
	s, err := argument(args, 0)
	text, _ := schema.CleanText(s)
	return text, err
}

// coalesce returns the first text that is not empty.
func coalesce(args ...any) (any, error) {
	for i := range args {
		if s, err := argument(args, i); err != nil || s != "" {
			return s, err
		}
	}
	return "", nil
}

func replace(args ...any) (any, error) {
	s, err := argument(args, 0)
	old, err1 := argument(args, 1)
	fresh, err2 := argument(args, 2)
	if err := errors.Join(err, err1, err2); err != nil || len(args) != 3 || old == "" {
		return "", errArguments
	}
	if len(s)+strings.Count(s, old)*len(fresh) > maxOutput {
		return "", errTooLong
	}
	return strings.ReplaceAll(s, old, fresh), nil
}

func join(args ...any) (any, error) {
	if len(args) == 0 || len(args) > 2 {
		return "", errArguments
	}
	list, ok := args[0].([]any)
	separator, size := "", 0
	if len(args) == 2 {
		var err error
		if separator, err = argument(args, 1); err != nil {
			return "", err
		}
	}
	parts := make([]string, len(list))
	for i := range list {
		s, err := argument(list, i)
		if err != nil {
			return "", err
		}
		parts[i], size = s, size+len(s)+len(separator)
	}
	if !ok || size > maxOutput {
		return "", errTooLong
	}
	return strings.Join(parts, separator), nil
}

// expression is a compiled expression.
type expression struct {
	program *vm.Program
	paths   []path   // fields of the source that it reads, in their order
	names   []string // the same as the names of its variables
	inner   []string // fields that its loops read of elements
}

var machines = sync.Pool{New: func() any { return &vm.VM{MemoryBudget: maxBudget} }}

// run gives the value of the expression over an element of the message.
func (e *expression) run(n *node) (any, error) {
	variables := make(map[string]any, len(e.paths))
	for i, p := range e.paths {
		v, err := n.find(p).variable()
		if err != nil {
			return nil, err
		}
		variables[e.names[i]] = v
	}
	m := machines.Get().(*vm.VM)
	defer machines.Put(m)
	return m.Run(e.program, variables)
}

// variable returns a value of the message as an expression sees it: texts,
// lists and objects; nothing is the empty text.
func (n *node) variable() (any, error) {
	switch {
	case n == nil || n.kind == 0:
		return "", nil
	case n.kind == 's' && len(n.text) > maxInput, n.kind == '[' && len(n.items) > maxList:
		return nil, errTooLong
	case n.kind == '[':
		list := make([]any, len(n.items))
		for i := range n.items {
			v, err := n.items[i].variable()
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case n.kind == '{':
		object := make(map[string]any, len(n.items))
		for i, name := range n.names {
			v, err := n.items[i].variable()
			if err != nil {
				return nil, err
			}
			object[name] = v
		}
		return object, nil
	}
	return n.text, nil
}

// asText returns what an expression gave as the text of a field.
func asText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	}
	return "", false
}

// compileExpression compiles an expression; mistakes come with their place in its text.
func compileExpression(text string) (*expression, []*file.Error) {
	if len(text) > maxExpression {
		return nil, []*file.Error{{Line: 1, Message: fmt.Sprintf("an expression has at most %d characters", maxExpression)}}
	}
	own := functions()
	r := &rewriter{own: own, source: file.NewSource(text)}
	options := []expr.Option{
		expr.Env(map[string]any{}), expr.AllowUndefinedVariables(), expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes), expr.Patch(r),
	}
	for _, name := range builtins {
		options = append(options, expr.EnableBuiltin(name))
	}
	for name, f := range own {
		options = append(options, expr.Function(name, f))
	}
	program, err := expr.Compile(text, options...)
	if len(r.wrong) > 0 {
		return nil, r.wrong
	}
	if err != nil {
		var at *file.Error
		if !errors.As(err, &at) {
			at = &file.Error{Line: 1, Message: err.Error()}
		}
		return nil, []*file.Error{at}
	}
	e := r.expression(program)
	if len(r.wrong) > 0 {
		return nil, r.wrong
	}
	return e, nil
}

// expression finds the variables of a program, in a fixed order.
func (r *rewriter) expression(program *vm.Program) *expression {
	slices.Sort(r.names)
	e := &expression{program: program, inner: r.inner}
	final := program.Node()
	if n := ast.Find(final, func(n ast.Node) bool { id, ok := n.(*ast.IdentifierNode); return ok && id.Value == "$env" }); n != nil {
		r.refuse(n, "$env takes the name of a field in quotes")
	}
	for _, name := range slices.Compact(r.names) {
		used := ast.Find(final, func(n ast.Node) bool { id, ok := n.(*ast.IdentifierNode); return ok && id.Value == name })
		p, ok := parsePath(name)
		if used != nil && ok {
			e.names, e.paths = append(e.names, name), append(e.paths, p)
		}
	}
	return e
}
