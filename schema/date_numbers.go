package schema

import "strings"

// numbers is a text split into its runs of digits and what stands between them.
// Reading dates so takes no allocation and no list of layouts.
type numbers struct {
	count int
	value [8]int
	width [8]int // digits of each run
	start [8]int
	after [8]byte // the one byte behind each run, 0 at the end, '*' when more stands there
}

// scanNumbers splits s. It reports false when s does not begin with a digit,
// has more than eight runs, or one that is too long for an int.
func scanNumbers(s string) (numbers, bool) {
	var n numbers
	for i := 0; i < len(s); {
		if n.count == len(n.value) || s[i] < '0' || s[i] > '9' {
			return n, false
		}
		k := n.count
		n.start[k] = i
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			if i-n.start[k] >= 17 {
				return n, false
			}
			n.value[k] = n.value[k]*10 + int(s[i]-'0')
		}
		n.width[k] = i - n.start[k]
		n.count++
		gap := i
		for i < len(s) && (s[i] < '0' || s[i] > '9') {
			i++
		}
		switch i - gap {
		case 0:
		case 1:
			n.after[k] = s[gap]
		default:
			n.after[k] = '*'
		}
	}
	return n, n.count > 0
}

// text returns the digits of run k of s, the text that n was made from.
func (n numbers) text(s string, k int) string {
	if n.after[k] != 0 {
		return "" // something stands behind the digits
	}
	return s[n.start[k] : n.start[k]+n.width[k]]
}

// dateSeparators reports whether the first k gaps are one and the same of . / -
// and nothing stands behind the last run.
func (n numbers) dateSeparators(k int) bool {
	for i := range k {
		if n.after[i] != n.after[0] || strings.IndexByte("./-", n.after[i]) < 0 {
			return false
		}
	}
	return n.count > k+1 || n.after[k] == 0
}

// atoi reads digits that are known to be digits.
func atoi(s string) int {
	v := 0
	for i := 0; i < len(s); i++ {
		v = v*10 + int(s[i]-'0')
	}
	return v
}

func trimASCII(s string) string { return strings.Trim(s, " \t\r\n\u00A0") }
