package mapped

import (
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/file"
)

// rewriter goes through the tree of an expression before it is compiled. It
// turns each field of the source, a.b[0].c or $env["Họ tên"], into one variable
// whose name is the field's JSON pointer, so that what a message lacks is empty
// instead of a failure; and it refuses what an expression must not do.
type rewriter struct {
	own    map[string]func(...any) (any, error)
	source file.Source
	names  []string
	inner  []string
	wrong  []*file.Error
}

// Visit implements [ast.Visitor]; children come before their parents, and the
// whole tree possibly more than once.
func (r *rewriter) Visit(at *ast.Node) {
	switch n := (*at).(type) {
	case *ast.IdentifierNode:
		if r.isField(n.Value) {
			r.field(at, "/"+escaper.Replace(n.Value))
		}
	case *ast.MemberNode:
		r.member(at, n)
	case *ast.CallNode:
		r.call(n)
	case *ast.BuiltinNode: // the library cannot switch off those that loop
		if !isBuiltin(n.Name) {
			r.refuse(n, "there is no function "+n.Name)
		}
	case *ast.BinaryNode:
		r.binary(n)
	case *ast.PredicateNode:
		if ast.Find(n.Node, isPredicate) != nil {
			r.refuse(n, "a loop inside a loop is not allowed")
		}
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		r.refuse(n, "let and ; are not allowed")
	case *ast.MapNode:
		r.refuse(n, "an object is no value of a field")
	}
}

func (r *rewriter) isField(name string) bool {
	return name != "$env" && name[0] != '/' && r.own[name] == nil && !isBuiltin(name)
}

func isBuiltin(name string) bool {
	_, known := builtin.Index[name]
	return known && slices.Contains(builtins, name)
}

func isPredicate(n ast.Node) bool { _, ok := n.(*ast.PredicateNode); return ok }

// field puts a variable in place of a node.
func (r *rewriter) field(at *ast.Node, name string) {
	ast.Patch(at, &ast.IdentifierNode{Value: name})
	r.names = append(r.names, name)
}

func (r *rewriter) member(at *ast.Node, n *ast.MemberNode) {
	key, isName := n.Property.(*ast.StringNode)
	if _, element := n.Node.(*ast.PointerNode); element && isName {
		r.inner = append(r.inner, key.Value)
	}
	base, ok := n.Node.(*ast.IdentifierNode)
	if !ok {
		return
	}
	name := base.Value
	if name == "$env" {
		name = ""
	} else if name[0] != '/' {
		return
	}
	switch key := n.Property.(type) {
	case *ast.StringNode:
		r.field(at, name+"/"+escaper.Replace(key.Value))
	case *ast.IntegerNode:
		r.field(at, name+"/"+strconv.Itoa(key.Value))
	}
}

func (r *rewriter) call(n *ast.CallNode) {
	name := "this"
	if id, ok := n.Callee.(*ast.IdentifierNode); ok {
		if r.own[id.Value] != nil {
			return
		}
		name = id.Value
		if name[0] == '/' {
			name = strings.ReplaceAll(name[1:], "/", ".")
		}
	}
	r.refuse(n, "there is no function "+name)
}

func (r *rewriter) binary(n *ast.BinaryNode) {
	switch n.Operator {
	case "..", "**", "^":
		r.refuse(n, "the operator "+n.Operator+" is not allowed")
	case "matches":
		if _, constant := n.Right.(*ast.StringNode); !constant {
			r.refuse(n, "the pattern of matches is a text in quotes")
		}
	case "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%":
		if isText(n.Left) && isNumber(n.Right) || isText(n.Right) && isNumber(n.Left) {
			r.refuse(n, "fields are handed over as text: write \"1\" in quotes, or int(…) around the field")
		}
	}
}

func isText(n ast.Node) bool { _, ok := n.(*ast.IdentifierNode); return ok }

func isNumber(n ast.Node) bool {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return true
	}
	return false
}

func (r *rewriter) refuse(n ast.Node, what string) {
	err := (&file.Error{Location: n.Location(), Message: what}).Bind(r.source)
	if !slices.ContainsFunc(r.wrong, func(o *file.Error) bool { return o.Line == err.Line && o.Column == err.Column && o.Message == what }) {
		r.wrong = append(r.wrong, err)
	}
}
