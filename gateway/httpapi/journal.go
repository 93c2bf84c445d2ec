package httpapi

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/journal"
)

// journalPrefix is of paths that keys which operate may read: what stands in
// the journal is of all sources, and names nobody.
const journalPrefix = "/v1/journal/"

// journalMedia is the form of lienthong journal export.
const journalMedia = "application/jsonl"

// journalRoutes registers what an outsider verifies the journal with.
func (a *API) journalRoutes(h huma.API) {
	read := func(id, path, summary, description string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: journalPrefix + path, Tags: []string{"journal"}, Summary: summary, Description: description,
			Errors: []int{401, 403, 404, 422, 429, 500, 503}}
	}
	entries := read("list-journal-entries", "entries", "Sealed batches with their entries, oldest first",
		"JSON lines, as lienthong journal export writes them: the pages one after the other, from the one without after to the last, are a file for "+
			"lienthong journal verify FILE --public-key KEY. Link rel=\"next\" names the next page; without it there is no more yet.")
	entries.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{journalMedia: {Schema: text()}}}}
	register(a, h, entries, a.journalEntries)
	register(a, h, read("get-journal-proof", "proof", "Where an entry stands, and the proof of it", ""), a.journalProof)
	register(a, h, read("list-journal-keys", "keys", "The public keys that batches and receipts are signed with, and were before",
		"Whoever asks the gateway alone trusts it: take the keys once by another way, and compare."), a.journalKeys)
}

type entriesQuery struct {
	After int64 `query:"after" minimum:"0" doc:"Number of the last batch of the page before"`
}

type entriesAnswer struct {
	ContentType string `header:"Content-Type"`
	Link        string `header:"Link"`
	Body        []byte
}

func (a *API) journalEntries(ctx context.Context, _ *call, in *entriesQuery) (*entriesAnswer, error) {
	if a.opts.Sealed == nil {
		return nil, noJournal()
	}
	page, err := a.opts.Sealed.JournalPage(ctx, in.After)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := journal.ContinueWriter(&out)
	if in.After == 0 {
		if w, err = journal.NewWriter(&out); err != nil {
			return nil, err
		}
	}
	for i := range page {
		if err := w.Batch(&page[i].Batch, page[i].Leaves, page[i].Lines); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	answer := &entriesAnswer{ContentType: journalMedia, Body: out.Bytes()}
	if len(page) > 0 {
		answer.Link = "<" + journalPrefix + "entries?after=" + strconv.FormatInt(page[len(page)-1].Number, 10) + `>; rel="next"`
	}
	return answer, nil
}

type proofQuery struct {
	Entry string `query:"entry" required:"true" doc:"Id of the entry: of a submission, an attempt, an action or a decision"`
}

type proofAnswer struct{ Body JournalProof }

func (a *API) journalProof(ctx context.Context, _ *call, in *proofQuery) (*proofAnswer, error) {
	id, err := uuid.Parse(in.Entry)
	if err != nil {
		return nil, badCursor("entry")
	}
	if a.opts.Sealed == nil {
		return nil, noJournal()
	}
	proof, err := a.opts.Sealed.JournalProof(ctx, id)
	if err != nil {
		return nil, err
	}
	return &proofAnswer{Body: *proofOf(&proof)}, nil
}

// JournalKey is a public key of the journal.
type JournalKey struct {
	KeyID     string `json:"key_id" doc:"First 16 hexadecimal digits of the SHA-256 of the public key"`
	PublicKey string `json:"public_key" doc:"ed25519, PEM"`
	Signs     bool   `json:"signs" doc:"It is the present one; the others signed before it"`
}

type journalKeysAnswer struct {
	Body struct {
		Items []JournalKey `json:"items" nullable:"false"`
	}
}

func (a *API) journalKeys(context.Context, *call, *struct{}) (*journalKeysAnswer, error) {
	out := &journalKeysAnswer{}
	out.Body.Items = []JournalKey{}
	present := ""
	if a.opts.Key != nil {
		present = a.opts.Key.ID()
	}
	for _, id := range slices.Sorted(maps.Keys(a.opts.Trusted)) {
		public, err := a.opts.Trusted.PEM(id)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, JournalKey{KeyID: id, PublicKey: string(public), Signs: id == present})
	}
	return out, nil
}

func noJournal() error {
	return fault.New(fault.NotFound, "httpapi.journal", "this process hands no journal out")
}
