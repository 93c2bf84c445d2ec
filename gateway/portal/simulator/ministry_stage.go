package simulator

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// issueLine says what the portal of a ministry gave out.
type issueLine struct {
	head
	Key  string `json:"key"`  // the number, or the id of the file
	Hash string `json:"hash"` // of a file
	Call uint64 `json:"call"`
	Late bool   `json:"late"`
}

// The types of an issueLine.
const (
	typeNumber = "number" // GetNextValue
	typeUpload = "upload" // UploadFile
)

func (i *issueLine) apply(l *ledger) {
	if i.Type == typeNumber {
		l.numbers[i.Key] = true
		l.totals.Numbers++
		return
	}
	l.uploads[i.Key] = i.Hash
	l.totals.Uploads++
}

func (i *issueLine) belated() { i.Late = true }

// idHoSo is the portal's own id of a dossier: 24 hexadecimal digits that follow from its number.
func idHoSo(key string) string {
	sum := sha256.Sum256([]byte("idHoSo " + key))
	return hex.EncodeToString(sum[:12])
}

// stageMinistry decides about a call of gen-2. A list is taken or refused as a whole.
func (l *ledger) stageMinistry(c *call, m mode) ([]change, outcome) {
	good := outcome{code: codeOK, message: "Thành công"}
	switch c.op {
	case OpNumber:
		parts := strings.Split(c.argument, ".")
		number := fmt.Sprintf("%s.%s-%s-%07d", parts[3], parts[2], time.Now().In(vietNam).Format("20060102"), l.totals.Numbers+1)
		good.result = quote([]byte(`"value":`), number)
		return []change{&issueLine{head: head{Type: typeNumber}, Key: number, Call: c.seq}}, good
	case OpUpload:
		sum := sha256.Sum256([]byte("file " + strconv.FormatUint(c.seq, 10) + c.argument))
		id := hex.EncodeToString(sum[:12])
		good.result = jsontext.Value(`"data":[{"response":{"data":[{"IdTepTin":"` + id + `","HashTepTin":"` + c.argument + `"}]}}]`)
		return []change{&issueLine{head: head{Type: typeUpload}, Key: id, Hash: c.argument, Call: c.seq}}, good
	}
	var changes []change
	added := map[string]bool{}
	for i := range c.items {
		it := &c.items[i]
		e := &effectLine{head: head{Type: "effect"}, Portal: ministryName, Key: it.key, Body: it.body, Call: c.seq, Index: i, Of: len(c.items), read: *it}
		problem := it.problem
		if problem == nil {
			problem = l.judgeMinistry(c, m, e, added)
		}
		if problem != nil {
			out := problem.outcome()
			if c.rules.Ministry.ExistsShowsID && problem.code == codeDuplicate {
				out.result = dataOf(it.key)
			}
			return nil, out
		}
		changes = append(changes, e)
	}
	if c.op == OpDossier {
		good.result = dataOf(c.items[0].key)
	}
	return changes, good
}

func dataOf(key string) jsontext.Value {
	return append(quote([]byte(`"data":{"idHoSo":"`+idHoSo(key)+`","maHoSo":`), key), '}')
}

var vietNam = time.FixedZone("+07", 7*60*60)

// judgeMinistry decides about one record, and says of what kind its effect is.
func (l *ledger) judgeMinistry(c *call, m mode, e *effectLine, added map[string]bool) *refusal {
	d := l.dossiers[e.Key]
	if c.op == OpDossier {
		e.Kind = kindCreate
		return l.judgeHandedIn(d, e)
	}
	if d == nil || e.read.unit != idHoSo(e.Key) {
		return refuse(textAbsent(e.Key))
	}
	if c.op == OpState {
		e.Kind = kindState
		e.Duplicate = slices.ContainsFunc(d.states, func(s step) bool { return contentHash(s.body) == e.read.hash })
		return nil
	}
	from := ""
	if n := len(d.steps); n > 0 {
		from = d.steps[n-1].status
	}
	if m.enforceOrder && !m.transitions.mayFollow(from, e.read.status) {
		return refuse(textOrder(e.Key))
	}
	mark := e.Key + " " + e.read.moment + " " + e.read.status
	e.Kind, e.Duplicate = kindStep, d.seen[stepKey{e.read.moment, e.read.status}] || added[mark]
	added[mark] = true
	return nil
}

// judgeHandedIn: a number that was not issued is none, one that is used is
// refused, and a file is one that was uploaded.
func (l *ledger) judgeHandedIn(d *dossier, e *effectLine) *refusal {
	switch {
	case !l.numbers[e.Key]:
		return refuse("Mã " + e.Key + " chưa được cấp")
	case d != nil:
		return &refusal{code: codeDuplicate, message: textExists(e.Key)}
	}
	for _, f := range e.read.files {
		if hash, ok := l.uploads[f.id]; !ok || hash != f.hash {
			return refuse("Tệp đính kèm không hợp lệ")
		}
	}
	return nil
}
