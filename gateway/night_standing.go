package gateway

import (
	"slices"
	"time"
)

// workersSilent is how long no worker of the site that sends may say that it is there, as each does every ten seconds.
const workersSilent = time.Minute

// Stand adds what keeps everything from leaving for a reason that no breaker
// tells: nobody works, or the database was restored. Nothing is estimated then.
func (m *Morning) Stand(w Writing, declared map[string]Capacity) {
	silent := w.Site != "" && w.SeenFor > workersSilent
	if silent {
		m.stands = append(m.stands, textf("không tiến trình gửi nào của điểm %s lên tiếng từ %s: không hồ sơ nào được gửi", "no worker of the site %s has been heard of since %s: nothing is sent",
			w.Site, clock(m.At.Add(-w.SeenFor), m.At)))
		m.standing = append(m.standing, textf("khởi động lại lienthong work ở điểm %s", "start lienthong work at the site %s again", w.Site))
	}
	for _, code := range w.Observing {
		m.stands = append(m.stands, textf("%s chưa được gửi gì: cơ sở dữ liệu là bản khôi phục, phát hiện lúc %s, phải tra cứu lại trước", "nothing is sent to %s: the database is a restored one, found out at %s, and is looked at again first",
			code, clock(m.At.Add(-w.RestoredFor), m.At)))
		if c, known := declared[code]; known && c.Spec.Shows == ShowsNothing && !c.Spec.Idempotent { // no look can end it
			m.standing = append(m.standing, textf("kiểm tra trên màn hình của %s rồi chạy ops observed %s", "look at the screens of %s, then run ops observed %s", code, code))
		}
	}
	for i := range m.Destinations {
		if d := &m.Destinations[i]; silent || slices.Contains(w.Observing, d.Code) {
			d.DrainedAt, d.DrainBasis = nil, ""
		}
	}
}
