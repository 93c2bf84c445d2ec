package journal

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Stored is a line as somebody keeps it, with what stands beside it there.
type Stored struct {
	Position int64
	At       time.Time
	ID       uuid.UUID
	Line     *string // nil: redacted
}

// Problem names what a finding is.
type Problem string

// What can be wrong.
const (
	Changed         Problem = "changed"         // a line is another one than was sealed
	Removed         Problem = "removed"         // a line is missing
	Moved           Problem = "moved"           // a line stands where another one was sealed
	Inserted        Problem = "inserted"        // a line that was never sealed there
	Beside          Problem = "beside"          // the line is right, what stands beside it is not
	Unannounced     Problem = "unannounced"     // redacted, and no line says so
	BatchMissing    Problem = "batch_missing"   //
	BatchChanged    Problem = "batch_changed"   // root, range or signature
	BatchUnchained  Problem = "batch_unchained" // does not name the header before it
	BatchUnsigned   Problem = "batch_unsigned"  // after one that was signed
	HeadMissing     Problem = "head_missing"    // a head that was noted elsewhere is not in the chain
	NothingVerified Problem = "nothing_signed"  // keys were given, and no batch is signed with one
)

// Finding is one thing that is wrong, and where.
type Finding struct {
	Problem  Problem `json:"problem"`
	Batch    int64   `json:"batch,omitempty"`
	Position int64   `json:"position,omitempty"`
	Detail   string  `json:"detail"`
}

// HeadMark is a head of the journal as somebody noted it: number and hash of a batch.
type HeadMark struct {
	Batch int64 `json:"batch"`
	Hash  Hash  `json:"hash"`
}

// Report is what a verification came to.
type Report struct {
	OK        bool           `json:"ok"`
	Batches   int64          `json:"batches"`
	Lines     int64          `json:"lines"`
	Kinds     map[Kind]int64 `json:"kinds"`
	Redacted  int64          `json:"redacted"`
	Signed    int64          `json:"signed_batches"`   // with a key that was given
	Unsigned  int64          `json:"unsigned_batches"` //
	Unchecked int64          `json:"unchecked_batches"`
	From      time.Time      `json:"from,omitzero"` // of the first batch
	To        time.Time      `json:"to,omitzero"`   // of the last
	Head      HeadMark       `json:"head"`
	Waiting   int64          `json:"waiting"` // lines that are not sealed yet
	Wrong     int64          `json:"wrong"`
	Findings  []Finding      `json:"findings"` // the first of them
}

// maxFindings is how many are kept; all are counted.
const maxFindings = 100

// Verifier follows the chain, batch by batch. It keeps nothing of what it has
// seen but where redacted lines stand.
type Verifier struct {
	keys     Keys // empty: signatures are not looked at
	marks    map[int64]Hash
	standing Standing
	report   Report
	emptied  map[int64]int64 // position → batch of lines that are redacted and not announced yet
	told     map[int64]bool  // announced, not seen empty
	gap      int64           // first position of batches that are missing before this one; its own first: none are
}

// NewVerifier returns a verifier that trusts keys; marks are heads that have to be in the chain.
func NewVerifier(keys Keys, marks ...HeadMark) *Verifier {
	v := &Verifier{keys: keys, marks: map[int64]Hash{}, emptied: map[int64]int64{}, told: map[int64]bool{}}
	v.report.Kinds = map[Kind]int64{}
	for _, m := range marks {
		v.marks[m.Batch] = m.Hash
	}
	return v
}

func (v *Verifier) find(p Problem, batch, position int64, format string, args ...any) {
	v.report.Wrong++
	if len(v.report.Findings) < maxFindings {
		v.report.Findings = append(v.report.Findings, Finding{Problem: p, Batch: batch, Position: position, Detail: fmt.Sprintf(format, args...)})
	}
}

// Batch takes the next batch: its hashes as they are kept beside it, and the
// lines of its range in the order of their positions.
func (v *Verifier) Batch(b *Batch, leaves []Hash, lines []Stored) {
	const far = 1 << 60 // no journal comes to it, and sums with it do not overflow
	if b.Number < 1 || b.Number > far || b.First < 1 || b.First > far || b.Count < 1 {
		v.find(BatchChanged, b.Number, b.First, "batch %d from position %d with %d lines cannot be", b.Number, b.First, b.Count)
		return
	}
	v.gap = b.First
	v.chain(b)
	v.signature(b)
	if len(leaves) != b.Count || Root(leaves) != b.Root {
		v.find(BatchChanged, b.Number, b.First, "the hashes of batch %d (positions %d to %d) do not lead to its root", b.Number, b.First, b.Last())
	}
	v.lines(b, leaves, lines)
	if v.report.Batches++; v.report.Batches == 1 {
		v.report.From = b.SealedAt
	}
	v.report.To = b.SealedAt
	v.standing = Standing{Batch: b.Number, Position: b.Last(), Hash: b.Hash(), Signed: v.standing.Signed || b.KeyID != ""}
	if noted, is := v.marks[b.Number]; is {
		delete(v.marks, b.Number)
		if noted != v.standing.Hash {
			v.find(HeadMissing, b.Number, 0, "batch %d is not the one whose head was noted", b.Number)
		}
	}
}

// chain proves that nothing is missing between the batch before and this one.
func (v *Verifier) chain(b *Batch) {
	s := &v.standing
	switch {
	case b.Number > s.Batch+1:
		v.gap = s.Position + 1
		v.find(BatchMissing, s.Batch+1, s.Position+1, "batches %d to %d are missing, positions %d to %d", s.Batch+1, b.Number-1, s.Position+1, b.First-1)
		return
	case b.Number <= s.Batch:
		v.find(BatchChanged, b.Number, b.First, "batch %d comes after batch %d", b.Number, s.Batch)
		return
	}
	if b.First != s.Position+1 {
		v.find(BatchChanged, b.Number, b.First, "batch %d begins at position %d, the one before it ends at %d", b.Number, b.First, s.Position)
	}
	if b.Previous != s.Hash {
		v.find(BatchUnchained, b.Number, b.First, "batch %d names another batch before it than batch %d as it stands", b.Number, s.Batch)
	}
}

func (v *Verifier) signature(b *Batch) {
	switch {
	case b.KeyID == "" && v.standing.Signed:
		v.report.Unsigned++
		v.find(BatchUnsigned, b.Number, b.First, "batch %d is not signed, and earlier ones are", b.Number)
	case b.KeyID == "":
		v.report.Unsigned++
	case len(v.keys) == 0:
		v.report.Unchecked++
	case v.keys[b.KeyID] == nil:
		v.report.Unchecked++
		v.find(BatchChanged, b.Number, b.First, "batch %d is signed with key %s, which is not among the public keys", b.Number, b.KeyID)
	case !v.keys.Verify(b.KeyID, b.Bytes(), b.Signature):
		v.find(BatchChanged, b.Number, b.First, "the signature of batch %d is wrong: its header was changed", b.Number)
	default:
		v.report.Signed++
	}
}

// lines compares each line with what was sealed at its position.
func (v *Verifier) lines(b *Batch, leaves []Hash, lines []Stored) {
	next, last := b.First, b.First+int64(len(leaves))-1
	var places map[Hash]int64 // of the sealed hashes; made when a line is not in its place
	for i := range lines {
		l := &lines[i]
		if v.gap <= l.Position && l.Position < b.First {
			continue // of a batch that is missing, which was said already
		}
		double := i+1 < len(lines) && lines[i+1].Position == l.Position && !sealed(l, b.First, leaves) // the next may be the right one
		if l.Position < next || l.Position > last || double {
			v.find(Inserted, b.Number, l.Position, "a line was inserted at position %d", l.Position)
			continue
		}
		for ; next < l.Position; next++ {
			v.find(Removed, b.Number, next, "the line at position %d was removed", next)
		}
		next++
		v.report.Lines++
		if l.Line == nil {
			v.redacted(b, l)
			continue
		}
		if sealed(l, b.First, leaves) {
			v.right(b, l)
			continue
		}
		if places == nil {
			places = make(map[Hash]int64, len(leaves))
			for j := range leaves {
				places[leaves[j]] = b.First + int64(j)
			}
		}
		if home, is := places[Leaf(*l.Line)]; is {
			v.find(Moved, b.Number, l.Position, "the line at position %d is the one of position %d", l.Position, home)
		} else {
			v.find(Changed, b.Number, l.Position, "the line at position %d was changed", l.Position)
		}
	}
	for ; next <= last; next++ {
		v.find(Removed, b.Number, next, "the line at position %d was removed", next)
	}
}

// sealed reports whether a line is the one that was sealed at its position.
func sealed(l *Stored, first int64, leaves []Hash) bool {
	at := l.Position - first
	return l.Line != nil && at >= 0 && at < int64(len(leaves)) && Leaf(*l.Line) == leaves[at]
}

func (v *Verifier) redacted(b *Batch, l *Stored) {
	v.report.Redacted++
	if v.told[l.Position] {
		delete(v.told, l.Position)
		return
	}
	v.emptied[l.Position] = b.Number
}

// right takes note of a line that is the one that was sealed.
func (v *Verifier) right(b *Batch, l *Stored) {
	head, err := ParseHead(*l.Line)
	if err != nil {
		v.report.Kinds[""]++
		return // it was sealed like that
	}
	v.report.Kinds[head.Kind]++
	if head.ID != l.ID || !head.At.Equal(l.At) {
		v.find(Beside, b.Number, l.Position, "id or time beside the line at position %d are not those of the line", l.Position)
	}
	if head.Kind == Redaction {
		v.announce(*l.Line)
	}
}

func (v *Verifier) announce(line string) {
	var said struct {
		Positions []int64 `json:"positions"`
	}
	if json.Unmarshal([]byte(line), &said) != nil {
		return
	}
	for _, p := range said.Positions {
		if _, is := v.emptied[p]; is {
			delete(v.emptied, p)
		} else {
			v.told[p] = true
		}
	}
}

// Stray takes a line outside the ranges of all batches.
func (v *Verifier) Stray(l *Stored) {
	v.find(Inserted, 0, l.Position, "a line was inserted at position %d, outside of every batch", l.Position)
}

// Waiting takes a line that is not sealed yet. It proves nothing, but it may announce a redaction.
func (v *Verifier) Waiting(line string) {
	v.report.Waiting++
	v.Later(line)
}

// Later takes a line behind the last batch that was verified.
func (v *Verifier) Later(line string) {
	if head, err := ParseHead(line); err == nil && head.Kind == Redaction {
		v.announce(line)
	}
}

// Standing is where the chain has come to.
func (v *Verifier) Standing() Standing { return v.standing }

// Report ends the verification.
func (v *Verifier) Report() Report {
	for position, batch := range v.emptied {
		v.find(Unannounced, batch, position, "the line at position %d was emptied, and no redaction says so", position)
	}
	for number := range v.marks {
		v.find(HeadMissing, number, 0, "batch %d, whose head was noted, is missing: the journal ends at batch %d", number, v.standing.Batch)
	}
	if len(v.keys) > 0 && v.report.Batches > 0 && v.report.Signed == 0 {
		v.find(NothingVerified, 0, 0, "no batch is signed with one of the public keys")
	}
	v.report.Head = HeadMark{Batch: v.standing.Batch, Hash: v.standing.Hash}
	v.report.OK = v.report.Wrong == 0
	return v.report
}
