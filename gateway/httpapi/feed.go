package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// feedURL and snapshotURL are paths of this API.
func feedURL(feed string) string     { return "/v1/feeds/" + feed }
func snapshotURL(feed string) string { return feedURL(feed) + "/snapshot" }

// feedQuery is a read of a feed.
type feedQuery struct {
	Feed   string `path:"feed" doc:"all, dossiers, people, organisations, parcels or civil-events" example:"dossiers"`
	Cursor string `query:"cursor" doc:"next_cursor of the previous page, or delta_cursor of a snapshot; absent: from the beginning"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"Most items of a page"`
	Wait   int    `query:"wait" default:"0" minimum:"0" maximum:"30" doc:"Seconds to wait for an item where there is none yet"`
	Types  string `query:"types" doc:"Event types to keep, separated by commas; others are passed over" example:"vn.dossier.created.v1"`
}

// maxScans bounds how many pages one request passes over for a filter that nothing fits.
const maxScans = 10

type feedAnswer struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	AsOf        string `header:"Gateway-As-Of" doc:"When the page was read"`
	Lag         string `header:"Gateway-Feed-Lag" doc:"Seconds that the page is behind, as lag_s"`
	Body        func(huma.Context)
}

func (a *API) feed(ctx context.Context, c *call, in *feedQuery) (*feedAnswer, error) {
	kind, err := readable(c, in.Feed)
	if err != nil {
		return nil, err
	}
	cursor, err := gateway.ParseCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	types, err := eventTypes(in.Types, kind)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.waits, cancel)()
	page, err := a.readFeed(ctx, kind, cursor, in, types)
	if fault.CodeOf(err) == fault.CursorExpired {
		return nil, &failure{cause: err, feed: in.Feed, oldest: page.Next}
	}
	if err != nil {
		return nil, err
	}
	return a.feedPage(page), nil
}

// readFeed reads until something fits the types, the wait is over or enough was looked at.
func (a *API) readFeed(ctx context.Context, kind schema.Kind, after gateway.Cursor, in *feedQuery, types []string) (gateway.FeedPage, error) {
	deadline := time.Now().Add(time.Duration(in.Wait) * time.Second)
	for scan := 1; ; scan++ {
		page, err := a.opts.Feed.Read(ctx, kind, after, in.Limit, time.Until(deadline))
		if err != nil || len(types) == 0 || len(page.Items) == 0 {
			return page, err
		}
		page.Items = slices.DeleteFunc(page.Items, func(c gateway.Change) bool { return !slices.Contains(types, c.Type) })
		over := !page.HasMore && !time.Now().Before(deadline)
		if len(page.Items) > 0 || over || scan == maxScans {
			return page, nil
		}
		after = page.Next
	}
}

// eventTypes reads the filter; a type that the feed never has would wait for ever.
func eventTypes(list string, kind schema.Kind) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	known := typesOf(kind)
	types := strings.Split(list, ",")
	for _, t := range types {
		if !slices.Contains(known, t) {
			return nil, badQuery("types", fault.Problem{
				Code: "query.invalid", Detail: "Có loại sự kiện mà dòng này không có.", DetailEN: "There is an event type that this feed does not have.",
				Expected: strings.Join(known, ", "),
			})
		}
	}
	return types, nil
}

// typesOf returns the event types of a feed.
func typesOf(kind schema.Kind) []string {
	var types []string
	for _, k := range schema.Kinds() {
		if k.Entity() == k && (kind == "" || k == kind) {
			types = append(types, gateway.ChangeType(k, 1), gateway.ChangeType(k, 2), gateway.RetractType(k))
		}
	}
	return append(types, gateway.SnapshotLoaded)
}

// feedPage encodes a page before anything of it is sent.
func (a *API) feedPage(page gateway.FeedPage) *feedAnswer {
	read := time.Now()
	lag := lagOf(page, read)
	body := appendPage(make([]byte, 0, sizeOf(page.Items)), page, a.opts.System, read, lag)
	return &feedAnswer{
		ContentType: jsonMedia, AsOf: read.UTC().Format(time.RFC3339), Lag: strconv.FormatFloat(lag, 'f', 3, 64), Body: whole(body),
	}
}

// whole sends a body that was written before.
func whole(body []byte) func(huma.Context) {
	return func(ctx huma.Context) {
		ctx.SetHeader("Content-Length", itoa(len(body)))
		ctx.SetStatus(http.StatusOK)
		_, _ = ctx.BodyWriter().Write(body) // a reader that is gone comes back with its cursor
	}
}

// lagOf says how far, in seconds, a page is behind: the age of its last item where more wait, else 0.
func lagOf(page gateway.FeedPage, now time.Time) float64 {
	if n := len(page.Items); n > 0 && page.HasMore {
		return max(0, now.Sub(page.Items[n-1].RecordedAt).Seconds())
	}
	return 0
}

// sizeOf estimates the encoded size, so that one allocation does.
func sizeOf(items []gateway.Change) int {
	size := 256
	for i := range items {
		size += 768 + len(items[i].Data)
	}
	return size
}
