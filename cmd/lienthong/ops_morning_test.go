package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/internal/pgtest"
)

// TestOpsMorning is the morning of a database in which a night went by.
func TestOpsMorning(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	pool, err := pgxpool.New(t.Context(), database)
	require.NoError(t, err)
	defer pool.Close()
	ops := func(t *testing.T, args ...string) string {
		t.Helper()
		code, out, errs := call(t, append(append([]string{"ops"}, args...), "--database-url", database)...)
		require.Zero(t, code, errs)
		return out
	}

	t.Run("all is well, in one line", func(t *testing.T) {
		require.Regexp(t, `^Liên Thông lúc \S+ \S+: từ \S+( \S+)? không ghi nhận nơi nhận nào ngừng, không có hồ sơ nào chờ hoặc lỗi\.\n$`, ops(t, "morning"))
	})

	for _, sql := range []string{
		`INSERT INTO entity (id, kind, revision, hash, body, created_at, updated_at)
		 VALUES ('00000000-0000-7000-8000-000000000001', 'dossier', 1, decode(repeat('00', 32), 'hex'), '{"due_at":"x","applicant":{"name":"Hạnh canary"}}', now(), now())`,
		`INSERT INTO identifier_binding (kind, scheme, value, entity_id, created_at) VALUES ('dossier', 'dossier', 'H24.31-261123-0001', '00000000-0000-7000-8000-000000000001', now())`,
		`INSERT INTO record (id, source, kind, local_id, entity_id, revision, hash, source_version, event_time, adapter_version, submission_id, first_at, updated_at, body, raw)
		 VALUES (gen_random_uuid(), 'motcua', 'dossier', '1', '00000000-0000-7000-8000-000000000001', 1, decode(repeat('00', 32), 'hex'), 0, now() - interval '4 h 2 s', 1, gen_random_uuid(), now() - interval '4 h', now() - interval '4 h', '{}', '')`,
		`INSERT INTO record_revision (record_id, revision, hash, arrived_at, submission_id) SELECT id, 1, hash, first_at, submission_id FROM record`,
		`INSERT INTO delivery (destination, entity_id, key, slot, state, wanted_rev, due_at, created_at, updated_at)
		 VALUES ('dvcqg', '00000000-0000-7000-8000-000000000001', 'H24.31-261123-0001', 1, 'queued', 1, now(), now(), now())`,
		`INSERT INTO delivery_due (destination, entity_id, slot, rank) VALUES ('dvcqg', '00000000-0000-7000-8000-000000000001', 1, 0)`,
		`INSERT INTO breaker (destination, operation, state, open_until, updated_at) VALUES ('dvcqg', 'create', 'open', now() + interval '1 min', now())`,
		`INSERT INTO breaker_transition (id, at, destination, operation, node, from_state, to_state, reason, cause)
		 VALUES (gen_random_uuid(), now() - interval '3 h', 'dvcqg', 'create', 'n', 'closed', 'open', 'failure_rate', 'dvcqg.http.503')`,
	} {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}

	t.Run("a paragraph, a page and JSON say the same", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "page.html")
		line := ops(t, "morning", "--html", file)
		require.Contains(t, line, "đến nay (3 giờ): HTTP 503, thuộc đơn vị vận hành trục/LGSP")
		require.Contains(t, line, "1 hồ sơ đang chờ gửi, nhiều nhất ở H24.31 1; trong số đó theo hạn trả kết quả: 1 đến hạn hôm nay")
		page, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Contains(t, string(page), "H24.31-261123-0001")
		require.NotContains(t, string(page)+line, "canary")
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		var m morningLine
		require.NoError(t, json.Unmarshal([]byte(ops(t, "morning", "--json", "--lang", "en")), &m))
		require.Contains(t, m.Text, "1 dossiers wait")
		require.Equal(t, []string{"run ops doctor dvcqg and send what it says to who runs the axis or LGSP in front"}, m.Todo)
		require.Equal(t, 1, m.Destinations[0].DueToday)
	})

	t.Run("what keeps everything back is said first, though no breaker tells it", func(t *testing.T) {
		_, err := pool.Exec(t.Context(), `UPDATE site_lease SET site = 'chinh', seen_at = now() - interval '3 h'`)
		require.NoError(t, err)
		_, err = pool.Exec(t.Context(), `INSERT INTO observation (destination, began_at) VALUES ('dvcqg', now())`)
		require.NoError(t, err)
		line := ops(t, "morning")
		require.Regexp(t, `^Liên Thông lúc \S+ \S+: không tiến trình gửi nào của điểm chinh lên tiếng từ `, line)
		require.Contains(t, line, "dvcqg chưa được gửi gì: cơ sở dữ liệu là bản khôi phục")
		require.Contains(t, line, "Việc cần làm ngay: khởi động lại lienthong work ở điểm chinh; ")
		require.NotContains(t, line, "gửi hết lúc")
	})

	t.Run("a journey says where the time went, and everything", func(t *testing.T) {
		out := ops(t, "journey", "h24.31-261123-0001")
		require.Regexp(t, `^nguồn motcua → ta 2 giây; ta → dvcqg 4 giờ: cầu dao mở từ \S+( \S+)? \(HTTP 503\), chưa nhận \(đang chờ gửi\)\n`, out)
		require.Regexp(t, `(?m)^\S+ +revision +motcua +1 +$`, out)
		require.Regexp(t, `(?m)^\S+ +breaker +dvcqg +create open: failure_rate dvcqg.http.503 +n$`, out)
		var j gateway.ToldJourney
		require.NoError(t, json.Unmarshal([]byte(ops(t, "journey", "H24.31-261123-0001", "--json", "--lang", "en")), &j))
		require.Len(t, j.Events, 3)
		require.Contains(t, j.Blame[0], "source motcua → us 2 s")
		code, _, _ := call(t, "ops", "journey", "H24.31-261123-0009", "--database-url", database)
		require.Equal(t, exitCodes[fault.NotFound], code)
	})

	t.Run("a key that operates is made on purpose", func(t *testing.T) {
		code, _, errs := call(t, "keys", "create", "truc-ban", "--ops", "--database-url", database)
		require.Zero(t, code)
		require.Contains(t, errs, "The key of truc-ban: operates.")
		code, _, _ = call(t, "keys", "create", "truc-ban", "--ops", "--push", "--database-url", database)
		require.Equal(t, exitCodes[fault.Usage], code)
		_, out, _ := call(t, "keys", "list", "--database-url", database)
		require.Regexp(t, `truc-ban +operates`, out)
	})

	t.Run("a time that is none", func(t *testing.T) {
		code, _, errs := call(t, "ops", "morning", "--since", "gestern", "--database-url", database)
		require.Equal(t, exitCodes[fault.Usage], code)
		require.Contains(t, errs, "--since")
	})
}

func TestSinceClock(t *testing.T) {
	t.Parallel()
	viet := time.FixedZone("+07", 7*60*60)
	for name, c := range map[string]struct{ now, want time.Time }{
		"in the morning it is that of yesterday": {time.Date(2026, 11, 23, 7, 30, 0, 0, viet), time.Date(2026, 11, 22, 18, 0, 0, 0, viet)},
		"at night it is that of today":           {time.Date(2026, 11, 23, 23, 0, 0, 0, viet), time.Date(2026, 11, 23, 18, 0, 0, 0, viet)},
		"at the minute itself it was yesterday":  {time.Date(2026, 11, 23, 18, 0, 0, 0, viet), time.Date(2026, 11, 22, 18, 0, 0, 0, viet)},
	} {
		got, err := sinceClock("18:00", c.now.UTC())
		require.NoError(t, err)
		require.True(t, c.want.Equal(got), "%s: %s", name, got)
	}
}
