package schema

import "github.com/lienthong/lienthong/internal/fault"

// Problem is one thing that is wrong with one place of a message.
type Problem = fault.Problem

// Levels of a [Problem].
const (
	Refused  = fault.Refused
	Warning  = fault.Warning
	Repaired = fault.Repaired
)
