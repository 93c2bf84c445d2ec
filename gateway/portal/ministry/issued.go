package ministry

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// issued is what the portal gave for one dossier, by the names under which it
// is kept with the delivery:
//
//	number      the dossier's number (GetNextValue)
//	id          idHoSo (CreateDossier)
//	file.HASH   handle of a file: IdTepTin, a space, HashTepTin. HASH is of the
//	            paper's URL, which may hold a secret and is not kept
type issued map[string]string

const (
	numberName = "number"
	idName     = "id"
)

func (i issued) number() string { return i[numberName] }
func (i issued) id() string     { return i[idName] }

// handle names an uploaded file at the portal.
type handle struct{ id, hash string }

func (i issued) file(url string) handle {
	id, hash, _ := strings.Cut(i[fileName(url)], " ")
	return handle{id: id, hash: hash}
}

// fileName is the name under which the handle of a file is kept.
func fileName(url string) string {
	sum := sha256.Sum256([]byte(url))
	return "file." + hex.EncodeToString(sum[:12])
}

// maxHandle bounds what is kept of an answer: numbers, ids and hashes are short.
const maxHandle = 200

// plausible reports whether a value that the portal gave can be kept and sent back.
func plausible(value string) bool {
	return value != "" && len(value) <= maxHandle && !strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
