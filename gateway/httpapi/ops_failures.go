package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
)

// Operations are what the paths of /v1/ops need of the store.
type Operations interface {
	gateway.FailureStore
	gateway.ContactStore
	gateway.ReplayPlans
	gateway.OnceStore
}

// opsPrefix begins the paths that take a key which operates.
const opsPrefix = "/v1/ops/"

// OpsContact is who answers for something.
type OpsContact struct {
	Scope     string `json:"scope" doc:"agency, commune, destination or source"`
	Code      string `json:"code" doc:"Of an agency or commune as dossier numbers begin with it"`
	Name      string `json:"name"`
	Unit      string `json:"unit,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	ValidFrom string `json:"valid_from" doc:"First day" example:"2025-07-01"`
	ValidTo   string `json:"valid_to,omitempty" doc:"Last day; absent: until further notice"`
}

func contactOf(c gateway.Contact) OpsContact {
	out := OpsContact{
		Scope: string(c.Scope), Code: c.Code, Name: c.Name, Unit: c.Unit, Phone: c.Phone, Email: c.Email, ValidFrom: c.From.Format(time.DateOnly),
	}
	if c.To.Year() > 1 {
		out.ValidTo = c.To.Format(time.DateOnly)
	}
	return out
}

// OpsFailureGroup is what fails at one destination for one cause.
type OpsFailureGroup struct {
	Destination string       `json:"destination"`
	Shelf       string       `json:"shelf" doc:"Whose it is: source, gateway or destination"`
	Cause       string       `json:"cause,omitempty" doc:"Fingerprint; absent where grouped otherwise"`
	Commune     string       `json:"commune,omitempty" doc:"Agency that dossier numbers begin with; absent where grouped otherwise"`
	Count       int          `json:"count"`
	Waiting     int          `json:"waiting" doc:"Of them, those that are tried again by themselves"`
	FirstAt     time.Time    `json:"first_at"`
	LastAt      time.Time    `json:"last_at" doc:"When the newest of them began to fail"`
	Samples     []string     `json:"samples,omitempty" doc:"Some of the oldest, by what the destination calls them"`
	Sources     []string     `json:"sources,omitempty" doc:"That sent the samples"`
	Problem     string       `json:"problem,omitempty" doc:"Of the oldest, for people, masked: which field, or what the destination said"`
	Class       string       `json:"class,omitempty"`
	WhatToDo    string       `json:"what_to_do,omitempty" doc:"By Accept-Language"`
	ReplayFrom  string       `json:"replay_from,omitempty" doc:"Where a replay plan begins when the cause is gone; absent: a replay is of no use"`
	Contacts    []OpsContact `json:"contacts" nullable:"false" doc:"Who answers today, for the destination or for the agencies of the samples"`
}

// OpsFailureGroups is the answer to a question for groups.
type OpsFailureGroups struct {
	Items []OpsFailureGroup `json:"items" nullable:"false" doc:"The largest first"`
	AsOf  time.Time         `json:"as_of"`
}

type failuresQuery struct {
	GroupBy     string `query:"group_by" enum:"cause,destination,commune" default:"cause"`
	Shelf       string `query:"shelf" enum:"source,gateway,destination"`
	Destination string `query:"destination"`
	Limit       int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type failuresAnswer struct{ Body OpsFailureGroups }

func (a *API) failures(ctx context.Context, c *call, in *failuresQuery) (*failuresAnswer, error) {
	q := gateway.FailureQuery{By: gateway.FailureGrouping(in.GroupBy), Shelf: gateway.Shelf(in.Shelf), Destination: in.Destination, Limit: in.Limit}
	now := time.Now()
	groups, err := gateway.ReportFailures(ctx, a.opts.Replays, a.opts.Replays, q, now)
	if err != nil {
		return nil, opsProblem(err)
	}
	out := &failuresAnswer{Body: OpsFailureGroups{Items: make([]OpsFailureGroup, 0, len(groups)), AsOf: now.UTC()}}
	for _, g := range groups {
		item := OpsFailureGroup{
			Destination: g.Destination, Shelf: string(g.Shelf), Cause: g.Cause, Commune: g.Unit, Count: g.Count, Waiting: g.Waiting,
			FirstAt: g.FirstAt.UTC(), LastAt: g.LastAt.UTC(), Samples: g.Samples, Sources: g.Sources, Problem: g.Problem, Contacts: []OpsContact{},
		}
		if g.Cause != "" {
			item.Class, item.WhatToDo, item.ReplayFrom = g.Remedy.Class, c.lang.in(g.Remedy.VI, g.Remedy.EN), string(g.Remedy.From)
		}
		for _, contact := range g.Contacts {
			item.Contacts = append(item.Contacts, contactOf(contact))
		}
		out.Body.Items = append(out.Body.Items, item)
	}
	return out, nil
}

// OpsFailure is one delivery that fails.
type OpsFailure struct {
	Destination string    `json:"destination"`
	EntityID    uuid.UUID `json:"entity_id" format:"uuid"`
	Key         string    `json:"key"`
	Shelf       string    `json:"shelf"`
	Cause       string    `json:"cause"`
	State       string    `json:"state"`
	FailedAt    time.Time `json:"failed_at"`
}

// OpsPage is a page of a list.
type OpsPage[T any] struct {
	Items      []T    `json:"items" nullable:"false"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Of the next page; absent on the last one"`
	HasMore    bool   `json:"has_more"`
}

type failureItemsQuery struct {
	Destination string `query:"destination" required:"true"`
	Shelf       string `query:"shelf" required:"true" enum:"source,gateway,destination"`
	Cause       string `query:"cause" required:"true" doc:"Fingerprint as a group has it"`
	Limit       int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
	Cursor      string `query:"cursor"`
}

type failureItemsAnswer struct{ Body OpsPage[OpsFailure] }

func (a *API) failureItems(ctx context.Context, _ *call, in *failureItemsQuery) (*failureItemsAnswer, error) {
	q := gateway.FailureQuery{Destination: in.Destination, Shelf: gateway.Shelf(in.Shelf), Cause: in.Cause, Limit: in.Limit}
	if err := readCursor(in.Cursor, &q.After); err != nil {
		return nil, err
	}
	all, err := a.opts.Replays.Failures(ctx, q)
	if err != nil {
		return nil, opsProblem(err)
	}
	out := &failureItemsAnswer{Body: OpsPage[OpsFailure]{Items: make([]OpsFailure, 0, len(all))}}
	for _, f := range all {
		out.Body.Items = append(out.Body.Items, OpsFailure{
			Destination: f.Destination, EntityID: f.EntityID, Key: f.Key, Shelf: string(f.Shelf), Cause: f.Cause, State: string(f.State), FailedAt: f.FailedAt.UTC(),
		})
	}
	if n := len(all); n == in.Limit {
		out.Body.HasMore, out.Body.NextCursor = true, cursorText(gateway.FailureCursor{FailedAt: all[n-1].FailedAt, EntityID: all[n-1].EntityID})
	}
	return out, nil
}

// cursorVersion begins every cursor of these lists.
const cursorVersion = "o1."

// cursorText makes an opaque cursor. It opens nothing that its holder may not see, and is not signed.
func cursorText(place any) string {
	data, err := json.Marshal(place)
	if err != nil {
		return ""
	}
	return cursorVersion + base64.RawURLEncoding.EncodeToString(data)
}

func readCursor(text string, into any) error {
	if text == "" {
		return nil
	}
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(text, cursorVersion))
	if err == nil && strings.HasPrefix(text, cursorVersion) {
		err = json.Unmarshal(data, into)
	} else {
		err = errors.New("another form")
	}
	if err != nil {
		return badQuery("cursor", fault.Problem{
			Code: "query.invalid", Detail: "Con trỏ không hợp lệ; hãy dùng nguyên văn next_cursor.", DetailEN: "The cursor is not valid; use next_cursor as it is.",
		})
	}
	return nil
}

// opsProblem puts what is wrong with an order into the answer: its words are ours and hold no values.
func opsProblem(err error) error {
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Code == fault.Invalid && len(wrong.Problems) == 0 {
		return &fault.Error{Code: fault.Invalid, Op: wrong.Op, Msg: wrong.Msg, Problems: []fault.Problem{{
			Code: "ops.refused", Detail: "Yêu cầu vận hành không thực hiện được: " + wrong.Msg + ".", DetailEN: "The order cannot be obeyed: " + wrong.Msg + ".",
		}}}
	}
	return err
}
