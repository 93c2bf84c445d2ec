package civil

import (
	"bytes"

	"github.com/lienthong/lienthong/adapters/strict"
)

// form is what kind of message it is.
type form int

const (
	formUnknown       form = iota
	formPush               // NhanDKHT
	formPoll               // LayKetQua, the whole answer
	formItem               // one item of it
	formStatus             // DVCLT, status of a dossier
	formLinked             // DVCLT, {"data": …}: a list of dossiers, or one
	formLinkedDossier      // DVCLT, one dossier bare
	formBook               // a record of a book
	formPopulation         // answer of the population database
)

// keys is a set of the keys that tell forms apart.
type keys uint32

const (
	hasModule keys = 1 << iota
	hasOneStop
	hasReceived
	hasData
	hasValue
	hasStatus
	hasDone
	hasLinkedNumber
	hasNumber
	hasError
	hasMessage
	hasBook
	hasPage // so, quyenSo: a record of a book that does not say of which
	hasName // a key of a person that some book has
)

func (k keys) all(want keys) bool { return k&want == want }

// formOf tells the forms apart by their keys: none says what it is.
func formOf(m strict.Part) form {
	var k keys
	for key := range strict.Keys(m) {
		k |= keyOf(key)
	}
	switch {
	case k.all(hasModule | hasOneStop | hasReceived | hasData):
		return formPush
	case k.all(hasValue) && k&(hasModule|hasData) == 0:
		return formPoll
	case k.all(hasModule | hasOneStop | hasStatus | hasDone):
		return formItem
	case k.all(hasLinkedNumber | hasNumber | hasStatus | hasDone):
		return formStatus
	case k.all(hasModule | hasNumber | hasReceived):
		return formLinkedDossier
	case k.all(hasData) && k&(hasModule|hasNumber|hasStatus|hasValue) == 0:
		return formLinked
	case k.all(hasBook) || k.all(hasPage|hasName):
		return formBook
	case k.all(hasError | hasMessage):
		return formPopulation
	}
	return formUnknown
}

func keyOf(key []byte) keys {
	switch string(key) {
	case "module":
		return hasModule
	case "maHoSoMCDT":
		return hasOneStop
	case "ngayTiepNhan":
		return hasReceived
	case "data":
		return hasData
	case "value":
		return hasValue
	case "trangThai":
		return hasStatus
	case "thoiGianThucHien":
		return hasDone
	case "soHoSoLT":
		return hasLinkedNumber
	case "maHoSo":
		return hasNumber

	case "error_code":
		return hasError
	case "message":
		return hasMessage
	case "book":
		return hasBook
	case "quyenSo":
		return hasPage
	}
	if bytes.HasSuffix(key, []byte("HoTen")) {
		return hasName
	}
	return 0
}
