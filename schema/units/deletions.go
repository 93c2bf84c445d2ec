package units

// deletions finds names by a text that differs in one letter: left out, added,
// changed or two swapped. It holds every name with one letter taken out; a text
// with one letter taken out, or whole, meets it there (the symmetric-delete
// method). Hits are candidates that oneEdit confirms.
type deletions struct {
	start []uint32 // of each bucket in entries
	names []int32
	check []uint32 // upper half of the hash, beside names
}

const (
	deletionBits = 17
	minFuzzy     = 4 // letters; shorter names are too alike
)

// FNV-1a.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func hashWithout[T string | []byte](s T, skip int) uint64 {
	h := uint64(fnvOffset)
	for i := range len(s) {
		if i != skip {
			h = (h ^ uint64(s[i])) * fnvPrime
		}
	}
	return h ^ h>>29
}

func newDeletions(keys []string) deletions {
	d := deletions{start: make([]uint32, 1<<deletionBits+1)}
	each := func(visit func(name int32, h uint64)) {
		for i, key := range keys {
			if len(key) < minFuzzy || key[0] <= '9' {
				continue
			}
			for skip := -1; skip < len(key); skip++ {
				if skip <= 0 || key[skip] != key[skip-1] { // a double letter gives the same twice
					visit(int32(i), hashWithout(key, skip))
				}
			}
		}
	}
	total := 0
	each(func(_ int32, h uint64) { d.start[bucket(h)+1]++; total++ })
	for i := range 1 << deletionBits {
		d.start[i+1] += d.start[i]
	}
	d.names, d.check = make([]int32, total), make([]uint32, total)
	next := append([]uint32(nil), d.start...)
	each(func(name int32, h uint64) {
		at := next[bucket(h)]
		next[bucket(h)]++
		d.names[at], d.check[at] = name, uint32(h>>32)
	})
	return d
}

func bucket(h uint64) uint64 { return h & (1<<deletionBits - 1) }

// near appends the names that are one edit away from text to found, once each.
func (d *deletions) near(keys []string, text []byte, found []int32) []int32 {
	n := len(found)
	for skip := -1; skip < len(text); skip++ {
		h := hashWithout(text, skip)
		b := bucket(h)
		for at := d.start[b]; at < d.start[b+1]; at++ {
			name := d.names[at]
			if d.check[at] == uint32(h>>32) && !holds(found[n:], name) && oneEdit(keys[name], text) {
				found = append(found, name)
			}
		}
	}
	return found
}

func holds(list []int32, x int32) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// oneEdit reports whether exactly one letter is left out, added or changed, or two neighbours are swapped.
func oneEdit(a string, b []byte) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := len(a), len(b)
	for x > i && y > i && a[x-1] == b[y-1] {
		x, y = x-1, y-1
	}
	dx, dy := x-i, y-i
	switch {
	case dx <= 1 && dy <= 1:
		return dx+dy > 0
	case dx == 2 && dy == 2:
		return a[i] == b[i+1] && a[i+1] == b[i]
	}
	return false
}

// edits returns the edit distance with swaps of neighbours, limit+1 when it is larger than limit.
func edits(a string, b []byte, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit || len(a) > maxKey || len(b) > maxKey {
		return limit + 1
	}
	var rows [3][maxKey + 1]uint8
	for j := range len(b) + 1 {
		rows[0][j] = uint8(j)
	}
	for i := 1; i <= len(a); i++ {
		cur, prev, two := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		cur[0] = uint8(i)
		least := cur[0]
		for j := 1; j <= len(b); j++ {
			cost := uint8(1)
			if a[i-1] == b[j-1] {
				cost = 0
			}
			best := min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				best = min(best, two[j-2]+1)
			}
			cur[j] = best
			least = min(least, best)
		}
		if int(least) > limit {
			return limit + 1
		}
	}
	return min(int(rows[len(a)%3][len(b)]), limit+1)
}

// maxKey bounds the letters of what is compared; the longest name has fewer.
const maxKey = 40
