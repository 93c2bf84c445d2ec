package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/config"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/gateway/portal/dvcqg"
	"github.com/lienthong/lienthong/gateway/telemetry"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// logger writes JSON into a buffer, through the gate.
func logger(o telemetry.LogOptions) (*slog.Logger, *bytes.Buffer) {
	var out bytes.Buffer
	return slog.New(telemetry.NewHandler(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}), o)), &out
}

// line decodes the only line of a log; a key that is given twice is an error.
func line(t testing.TB, out *bytes.Buffer) map[string]any {
	t.Helper()
	require.Equal(t, 1, strings.Count(out.String(), "\n"), out.String())
	decoder := json.NewDecoder(bytes.NewReader(out.Bytes()))
	keys := map[string]int{}
	depth := 0
	for expectKey := false; ; {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		switch x := token.(type) {
		case json.Delim:
			if x == '{' || x == '[' {
				depth++
			} else {
				depth--
			}
			expectKey = depth == 1
			continue
		case string:
			if depth == 1 && expectKey {
				keys[x]++
				expectKey = false
				continue
			}
		}
		expectKey = depth == 1
	}
	for k, n := range keys {
		require.Equal(t, 1, n, "%s stands twice", k)
	}
	var fields map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &fields))
	out.Reset()
	return fields
}

func TestEveryLineHasTheSchema(t *testing.T) {
	t.Parallel()
	log, out := logger(telemetry.LogOptions{Service: "lienthong", Version: "1.2.3"})
	log = log.With("node", "n1")
	sc := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled})
	ctx := trace.ContextWithSpanContext(gateway.WithCorrelation(t.Context(), gateway.Correlation{RequestID: "r", CorrelationID: "c"}), sc)

	log.WarnContext(ctx, "something", "lane", 3, "duration", time.Second, "destination_id", "dvcqg")
	got := line(t, out)
	delete(got, "time")
	require.Equal(t, map[string]any{
		"level": "WARN", "msg": "something", "service": "lienthong", "version": "1.2.3", "node": "n1", "lane": 3.0, "duration": 1e9,
		"destination_id": "dvcqg", "request_id": "r", "correlation_id": "c", "trace_id": sc.TraceID().String(), "span_id": sc.SpanID().String(),
	}, got)

	t.Run("what a line says itself stands once", func(t *testing.T) {
		log.InfoContext(ctx, "x", "request_id", uuid.Nil)
		require.Equal(t, uuid.Nil.String(), line(t, out)["request_id"])
		log.With("request_id", "mine").InfoContext(ctx, "x")
		require.Equal(t, "mine", line(t, out)["request_id"])
	})
	t.Run("outside of a request nothing is made up", func(t *testing.T) {
		log.InfoContext(context.Background(), "x")
		got := line(t, out)
		require.NotContains(t, got, "request_id")
		require.NotContains(t, got, "trace_id")
	})
	t.Run("a group keeps the schema out of it", func(t *testing.T) {
		log.WithGroup("g").InfoContext(ctx, "x", "a", 1)
		require.Equal(t, map[string]any{"a": 1.0}, line(t, out)["g"])
	})
	t.Run("a failure has its code", func(t *testing.T) {
		log.Info("x", "err", fmt.Errorf("around: %w", fault.New(fault.Conflict, "op", "of "+canary)))
		got := line(t, out)
		require.Equal(t, "conflict", got["error_code"])
		require.Equal(t, "around: op: of ***", got["err"])
		log.Info("x", "err", (*fault.Error)(nil))
		require.Equal(t, "<nil>", line(t, out)["err"])
	})
	t.Run("a terminal is spared the service", func(t *testing.T) {
		log, out := logger(telemetry.LogOptions{Version: "1.2.3"})
		log.Info("x")
		require.NotContains(t, line(t, out), "version")
	})
}

func TestRecordRef(t *testing.T) {
	t.Parallel()
	ref := func(key string, k gateway.RecordKey) any {
		log, out := logger(telemetry.LogOptions{Key: []byte(key)})
		log.Info("x", "record", k)
		got := line(t, out)
		require.Equal(t, k.Source, got["source_system"])
		require.Equal(t, string(k.Kind), got["record_type"])
		return got["record_ref"]
	}
	k := gateway.RecordKey{Source: "hotich", Kind: schema.KindPerson, ID: canary}
	first := ref("key", k)
	require.Len(t, first, 16)
	require.Equal(t, first, ref("key", k), "two processes with one key call a record alike")
	require.NotEqual(t, first, ref("other", k), "who has not the key cannot try numbers")
	k.ID = "079190000124"
	require.NotEqual(t, first, ref("key", k))
	require.NotEqual(t, ref("", k), ref("", k), "without a key each process has its own")
}

// holder stands for a type that nobody thought of.
type holder struct{ Name, Number string }

func TestNothingPersonalIsWritten(t *testing.T) {
	t.Parallel()
	person := &schema.Person{FullName: name, Identifiers: []schema.Identifier{{Scheme: schema.SchemePersonalNumber, Value: canary}}}
	record := schema.Record{Kind: schema.KindPerson, ID: canary, Body: person, Raw: []byte(name)}
	mention := schema.Mention{Role: "mother", Kind: schema.KindPerson, Name: name, Identifiers: person.Identifiers}
	key := gateway.RecordKey{Source: "hotich", Kind: schema.KindPerson, ID: canary}
	message := gateway.Message{ContentType: "application/json", Body: []byte(name)}
	prepared := gateway.PreparedRecord{Source: "hotich", Kind: schema.KindPerson, ID: canary, Body: person, Raw: []byte(name), Mentions: []schema.Mention{mention}}
	submission := gateway.Submission{Source: "hotich", Raw: []byte(name), Records: []gateway.PreparedRecord{prepared}}
	wanted := gateway.Wanted{Key: canary, Body: []byte(name)}
	result := gateway.RecordResult{ID: canary, Kind: schema.KindPerson, Verdict: gateway.Accepted}
	secret := portal.Secret("mat-khau-canary")
	settings := config.Config{DatabaseURL: "postgres://u:mat-khau-canary@h/d", Destinations: []config.Destination{{Code: "dvcqg", Username: name}}}
	for _, value := range []any{
		person.Identifiers[0], person.Identifiers, person, *person, record, &record, []schema.Record{record}, mention, []schema.Mention{mention},
		key, &key, message, []gateway.Message{message}, gateway.Push{Source: "hotich", Messages: []gateway.Message{message}},
		gateway.Unit{Submissions: []gateway.Submission{submission}}, submission, prepared, result, gateway.Answer{Results: []gateway.MessageResult{{Records: []gateway.RecordResult{result}}}},
		gateway.StoredRecord{RecordKey: key, Body: []byte(name)}, gateway.Journey{Record: gateway.StoredRecord{RecordKey: key}},
		wanted, gateway.Delivery{Wanted: wanted}, gateway.DeliveryUpdate{Delivery: gateway.Delivery{Wanted: wanted}, Problem: name},
		gateway.PlannedCall{Key: canary, Payload: [][]byte{[]byte(name)}}, gateway.Outcome{Message: name}, gateway.Change{Data: []byte(name)},
		gateway.Known{Steps: []schema.StepKey{schema.StepKey(canary)}}, gateway.Idempotency{Key: canary},
		secret, &secret, []portal.Secret{secret}, dvcqg.Config{Code: "dvcqg", Username: name, Password: secret}, settings, &settings,
		holder{name, canary}, &holder{name, canary}, map[string]string{name: canary}, []holder{{name, canary}}, []any{canary, name}, func() string { return name },
		[]byte(name), []byte(canary), canary, "số " + canary + ", ", []string{canary}, errors.New("no number " + canary), url.URL{Path: "/" + canary}, &url.URL{Path: "/" + canary},
		slog.GroupValue(slog.String("x", canary), slog.Any("y", record)), json.RawMessage(`{"x":"` + canary + `"}`), time.Now(), nil, true, 1.5,
	} {
		log, out := logger(telemetry.LogOptions{Service: "lienthong"})
		log.Info("x", "value", value)
		log.With("value", value).WithGroup("group").Info("x", "value", value)
		log.Info("x", slog.Group("group", "value", value))
		require.Equal(t, 3, strings.Count(out.String(), "\n"))
		for _, personal := range []string{canary, "Canary", "canary", "Hạnh", "mat-khau"} {
			require.NotContains(t, out.String(), personal, "%T", value)
		}
	}
	t.Run("not even in a message that somebody put together", func(t *testing.T) {
		log, out := logger(telemetry.LogOptions{})
		log.Info("job of " + canary + " done")
		require.Equal(t, "job of *** done", line(t, out)["msg"])
	})
}

func TestHarmlessValuesStayReadable(t *testing.T) {
	t.Parallel()
	log, out := logger(telemetry.LogOptions{})
	entity := uuid.MustParse("019a0000-0000-7000-8000-123456789012")
	log.Info("lane 5 of H05.31-251103-0001 at 20251103083000 done", "entity_id", entity, "same", entity.String(), "operation", gateway.OpCreate, "n", int32(7),
		"port", 123456789, "names", []string{"change_202601", "change_202602"}, "hash", "a123456789012b", "kind", schema.KindDossier, "group", slog.GroupValue(slog.Int("a", 1)))
	got := line(t, out)
	for k, v := range map[string]any{
		"msg": "lane 5 of H05.31-251103-0001 at 20251103083000 done", "entity_id": entity.String(), "same": entity.String(), "operation": "create", "n": 7.0,
		"port": 123456789.0, "names": []any{"change_202601", "change_202602"}, "hash": "a123456789012b", "kind": "dossier", "group": map[string]any{"a": 1.0},
	} {
		require.Equal(t, v, got[k], k)
	}
}
