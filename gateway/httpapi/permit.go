package httpapi

import (
	"strings"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// permitted refuses what the caller's key does not open at all: only the feeds
// are for those who do not push. Which feed, and whose records, is decided where
// they are read. The answer is the same for what exists and what does not.
func permitted(caller gateway.Caller, pattern string) error {
	_, path, _ := strings.Cut(pattern, " ")
	if operates := strings.HasPrefix(path, "/v1/ops/") || strings.HasPrefix(path, journalPrefix); operates && caller.Ops {
		return nil
	} else if operates {
		return forbidden(fault.Problem{
			Code: "key.does_not_operate", Detail: "Khóa này không được dùng cho vận hành; cần khóa tạo với --ops.",
			DetailEN: "This key does not operate; it takes one that was made with --ops.", Expected: "lienthong keys create NAME --ops",
		})
	}
	if caller.Push || strings.HasPrefix(pattern, "GET /v1/feeds/") {
		return nil
	}
	if caller.Ops && len(caller.Feeds) == 0 {
		return forbidden(fault.Problem{
			Code: "key.operates_only", Detail: "Khóa này chỉ dùng cho vận hành.", DetailEN: "This key operates and does nothing else.", Expected: "/v1/ops/",
		})
	}
	return forbidden(fault.Problem{
		Code: "key.reads_feeds_only", Detail: "Khóa này chỉ dùng để đọc dòng dữ liệu; gửi và tra cứu hồ sơ đã gửi cần khóa của một nguồn.",
		DetailEN: "This key only reads feeds; to push, and to see what was pushed, takes the key of a source.", Expected: "GET /v1/feeds/{feed}",
	})
}

// readable returns the kind of a feed that the caller may read.
func readable(c *call, feed string) (schema.Kind, error) {
	kind, known := gateway.FeedKind(feed)
	if !known {
		return "", fault.New(fault.NotFound, "httpapi.feed", "no such feed")
	}
	if !c.caller.Reads(feed) {
		may := "no feed"
		if len(c.caller.Feeds) > 0 {
			may = strings.Join(c.caller.Feeds, ", ")
		}
		return "", forbidden(fault.Problem{
			Code: "key.feed_not_permitted", Detail: "Khóa này không được đọc dòng dữ liệu này.",
			DetailEN: "This key may not read this feed.", Expected: may,
		})
	}
	return kind, nil
}

func forbidden(p fault.Problem) error {
	return &fault.Error{Code: fault.Forbidden, Op: "httpapi.permit", Msg: p.Code, Problems: []fault.Problem{p}}
}
