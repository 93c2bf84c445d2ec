package gateway

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lienthong/lienthong/internal/fault"
)

// Limits of one record. They keep one record from failing the transaction
// that it shares with others: what stands in an index has to fit there.
const (
	maxRecordID = 512  // bytes
	maxKeyValue = 1024 // bytes of an identifier or natural key
	maxMentions = 1000
)

// refusalsOf returns what keeps a record from being stored: its own rules, and limits of the store.
func refusalsOf(r *PreparedRecord) []fault.Problem {
	var refusals []fault.Problem
	for _, p := range r.Body.Validate() {
		if p.IsRefusal() {
			refusals = append(refusals, p)
		}
	}
	if !storable(r.ID, maxRecordID) {
		refusals = append(refusals, fault.Problem{
			Code: "record.id", Detail: "Mã bản ghi trống, quá dài hoặc có ký tự không lưu được.",
			DetailEN: "The record id is empty, too long or holds characters that cannot be stored.",
			Expected: "1 to " + strconv.Itoa(maxRecordID) + " bytes of UTF-8",
		})
	}
	if !storableKeys(r) {
		refusals = append(refusals, fault.Problem{
			Code: "record.key", Detail: "Một số định danh hoặc khóa của bản ghi trống, quá dài hoặc có ký tự không lưu được.",
			DetailEN: "An identifier or key of the record is empty, too long or holds characters that cannot be stored.",
			Expected: "1 to " + strconv.Itoa(maxKeyValue) + " bytes of UTF-8",
		})
	}
	if len(r.Mentions) > maxMentions {
		refusals = append(refusals, fault.Problem{
			Code: "record.mentions", Detail: "Bản ghi nêu quá nhiều người và tổ chức.",
			DetailEN: "The record names too many people and organisations.", Expected: "≤ " + strconv.Itoa(maxMentions),
		})
	}
	return refusals
}

// storableKeys checks what would be bound: the record's own keys and the strong identifiers of whom it names.
func storableKeys(r *PreparedRecord) bool {
	for _, k := range r.Keys {
		if k.Scheme == "" || !storable(k.Value, maxKeyValue) {
			return false
		}
	}
	for _, m := range r.Mentions {
		if id, ok := StrongIdentifier(m); ok && !storable(id.Value, maxKeyValue) {
			return false
		}
	}
	return true
}

// storable reports whether a database can hold the text in an index.
func storable(s string, limit int) bool {
	return s != "" && len(s) <= limit && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// printable makes an id that was refused fit to be answered.
func printable(id string) string {
	if len(id) > maxRecordID {
		id = id[:maxRecordID]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(id, "\uFFFD"), "\x00", "\uFFFD")
}
