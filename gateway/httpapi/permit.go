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
	if strings.Contains(pattern, " "+opsPrefix) {
		return mayOperate(caller)
	}
	if caller.Push || strings.HasPrefix(pattern, "GET /v1/feeds/") {
		return nil
	}
	return forbidden(fault.Problem{
		Code: "key.reads_feeds_only", Detail: "Khóa này chỉ dùng để đọc dòng dữ liệu; gửi và tra cứu hồ sơ đã gửi cần khóa của một nguồn.",
		DetailEN: "This key only reads feeds; to push, and to see what was pushed, takes the key of a source.", Expected: "GET /v1/feeds/{feed}",
	})
}

// mayOperate refuses who may not: pushing does not open what repairs it.
func mayOperate(caller gateway.Caller) error {
	if caller.Operate {
		return nil
	}
	return forbidden(fault.Problem{
		Code: "key.does_not_operate", Detail: "Khóa này không có quyền vận hành.", DetailEN: "This key may not operate; lienthong keys create NAME --ops makes one that does.",
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
