package simulator

import "slices"

// mayFollow reports whether a dossier in status from may take a step to status
// to, by the transitions of the gen-1 contract: terminal states (3, 7, 8, 10)
// allow nothing, every other allows 7. A repeated status is another step
// within it. The real portal is not known to enforce this.
func mayFollow(from, to string) bool {
	if from == "" {
		return true
	}
	var next []string
	switch from {
	case "1":
		next = []string{"2", "3"}
	case "2":
		next = []string{"4", "5", "6", "8", "9"}
	case "4":
		next = []string{"5", "6", "8", "9"}
	case "5":
		next = []string{"2", "4", "8"}
	case "6":
		next = []string{"4", "8"}
	case "9":
		next = []string{"10"}
	default:
		return false
	}
	return to == from || to == "7" || slices.Contains(next, to)
}
