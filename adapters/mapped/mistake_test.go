package mapped_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters/mapped"
	"github.com/lienthong/lienthong/internal/fault"
)

// good is a mapping that the cases below spoil.
const good = `name: lltp
version: 1
summary: Criminal records.
input:
  format: json
  select: value
records:
  - kind: dossier_step
    order: event_time
    when: trangThai != ""
    fields:
      dossier: {from: maHoSo, required: true}
      at: {from: luc, as: time(dd/MM/yyyy HH:mm:ss)}
      status: {from: trangThai, map: {"1": received}}
      text: noiDung
      results:
        each: ketQua
        fields:
          name: {from: ten}
`

// wrong says how the good mapping is spoilt, and the one line that this costs.
var wrong = map[string]struct{ old, fresh, want string }{
	"no YAML":                {"name: lltp", "name: [", "1:7: sequence end token ']' not found"},
	"a colon in a bare text": {"text: noiDung", "text: a ? b : c", "15:13: mapping value is not allowed in this context; an expression with a colon stands in quotes, or on its own line after >-"},
	"a second document":      {"          name: {from: ten}\n", "          name: {from: ten}\n---\nx: 1\n", "21:1: a second document; one is read"},
	"unknown key":            {"version: 1", "version: 1\nauthor: x", "3:1: author: unknown key; known: name, version, summary, example, input, records"},
	"key given twice":        {"version: 1", "version: 1\nname: x", "3:1: name: given twice, first in line 1"},
	"name missing":           {"name: lltp\n", "", "1:1: name: missing"},
	"name of capitals":       {"name: lltp", "name: LLTP", "1:7: name: a name is of lower-case letters and digits, with single - or _ between them, at most 60"},
	"version a text":         {"version: 1", `version: "1"`, "2:10: version: a whole number from 1 is expected; raise it when the same bytes give other records"},
	"version zero":           {"version: 1", "version: 0", "2:10: version: a whole number from 1 is expected; raise it when the same bytes give other records"},
	"summary empty":          {"summary: Criminal records.", "summary:", "3:1: summary: empty"},
	"format unknown":         {"format: json", "format: yaml", `5:11: input.format: "yaml" is not known; known: json, xml, csv`},
	"select of a table":      {"format: json", "format: csv", "6:11: input.select: a table has rows alone; leave select out"},
	"select no path":         {"select: value", "select: a..b", "6:11: input.select: the path of a field is expected, such as a.b or /a/b"},
	"zone unknown":           {"select: value", "select: value\n  time_zone: CET", `7:14: input.time_zone: "CET" is not known; known: Asia/Ho_Chi_Minh, UTC`},
	"records no list":        {"records:\n  - kind: dossier_step", "records:\n    kind: dossier_step", "8:5: records: a list is expected"},
	"kind unknown":           {"kind: dossier_step", "kind: step", `8:11: records[0].kind: "step" is not known; known: dossier, dossier_step, dossier_note, civil_event, land_parcel, organisation, person`},
	"order unknown":          {"order: event_time", "order: time", `9:12: records[0].order: "time" is not known; known: version, version_then_arrival, event_time, arrival`},
	"order needs a version":  {"order: event_time", "order: version", "8:5: records[0].version: missing: the order is version"},
	"two orders of a kind":   {"records:\n", "records:\n  - {kind: dossier_step, order: arrival, fields: {text: a}}\n", "10:12: records[1].order: the records of one kind have one order; arrival stands above"},
	"no id": {
		"records:\n", "records:\n  - {kind: person, order: arrival, fields: {full_name: a}}\n",
		"8:5: records[0].id: missing: a person has no id of its own",
	},
	"no event time": {
		"records:\n", "records:\n  - {kind: person, id: a, order: event_time, fields: {full_name: a}}\n",
		"8:5: records[0].event_time: missing: the order is event_time",
	},
	"unknown field":         {"text: noiDung", "texts: noiDung", "15:7: records[0].fields.texts: unknown field of a dossier_step; known here: dossier, other_numbers, at, status, officer, position, unit, text, started_at, due_at, new_due_at, results"},
	"unknown field below":   {"name: {from: ten}", "names: {from: ten}", "19:11: records[0].fields.results.fields.names: unknown field of a dossier_step; known here: id, name, component, url, code"},
	"nothing below a text":  {"text: noiDung", "text.vi: noiDung", "15:7: records[0].fields.text.vi: there is nothing below this field of a dossier_step"},
	"a list as one value":   {"      results:\n        each: ketQua\n        fields:\n          name: {from: ten}\n", "      results: ketQua\n", "16:16: records[0].fields.results: a list of things is expected: {each: PATH, fields: …}"},
	"steps of a dossier":    {"records:\n", "records:\n  - {kind: dossier, order: arrival, fields: {steps: a}}\n", "8:46: records[0].fields.steps: steps are records of their own, of kind dossier_step"},
	"a struct as one value": {"records:\n", "records:\n  - {kind: dossier, order: arrival, fields: {procedure: a}}\n", "8:46: records[0].fields.procedure: this field has fields below it; name them: procedure.code, procedure.local_code, procedure.name, procedure.sector_code, procedure.sector_name"},
	"no origin":             {"dossier: {from: maHoSo, required: true}", "dossier: {required: true}", "12:16: records[0].fields.dossier: one of from, expr and value is expected"},
	"two origins":           {"dossier: {from: maHoSo,", "dossier: {from: maHoSo, value: x,", "12:16: records[0].fields.dossier: one of from, expr and value is expected"},
	"required no flag":      {"required: true", `required: "yes"`, "12:41: records[0].fields.dossier.required: true or false is expected"},
	"way unknown":           {"as: time(dd/MM/yyyy HH:mm:ss)", "as: instant", `13:27: records[0].fields.at.as: "instant" is no way of reading; known: text, name, code, phone, dossier, identity, tax_code, amount, number, decimal, flag, date, time, commune, address, status, sex, choice`},
	"way of another type":   {"as: time(dd/MM/yyyy HH:mm:ss)", "as: date", "13:27: records[0].fields.at.as: date does not fill a time; what does: time"},
	"format of a time":      {"time(dd/MM/yyyy HH:mm:ss)", "time(d/M/y)", `13:27: records[0].fields.at.as: "d/M/y" is no format of a time; known: yyyyMMddHHmmss, dd/MM/yyyy HH:mm:ss, yyyy-MM-ddTHH:mm:ss, rfc3339, /Date(ms)/, any`},
	"format of a text":      {"name: {from: ten}", "name: {from: ten, as: text(x)}", "19:33: records[0].fields.results.fields.name.as: text takes nothing in brackets"},
	"map to nothing known":  {`{"1": received}`, `{"1": recieved}`, `14:44: records[0].fields.status.map.1: "recieved" is not known; known: submitted, received, rejected, in_progress, supplement_required, payment_required, withdrawn, stopped, completed, returned`},
	"map given twice":       {`{"1": received}`, `{"A": received, "a": received}`, "14:54: records[0].fields.status.map.a: given twice but for upper and lower case"},
	"constant unreadable":   {"status: {from: trangThai, map: {\"1\": received}}", "status: {value: done}", "14:23: records[0].fields.status.value: the value cannot be read: status.unmapped"},
	"expression: syntax":    {"text: noiDung", "text: noiDung +", "15:21: records[0].fields.text: unexpected token EOF"},
	"expression: in quotes": {"text: noiDung", `text: "a + (b"`, "15:19: records[0].fields.text: unexpected token EOF"},
	"expression: number":    {`trangThai != ""`, `trangThai != 1`, `10:21: records[0].when: fields are handed over as text: write "1" in quotes, or int(…) around the field`},
	"expression: function":  {"text: noiDung", "text: now()", "15:13: records[0].fields.text: there is no function now"},
	"expression: method":    {"text: noiDung", "text: noiDung.String()", "15:21: records[0].fields.text: there is no function noiDung.String"},
	"expression: loops":     {"text: noiDung", "text: string(any(a, any(b, true)))", "15:27: records[0].fields.text: a loop inside a loop is not allowed"},
	"expression: let":       {"text: noiDung", "text: let x = a; x", "15:17: records[0].fields.text: let and ; are not allowed"},
	"expression: range":     {"text: noiDung", "text: join(map(1..9, a))", "15:23: records[0].fields.text: the operator .. is not allowed"},
	"expression: too long":  {"text: noiDung", "text: " + strings.Repeat("a+", 1000) + "a", "15:13: records[0].fields.text: an expression has at most 2000 characters"},
	"expression: too big":   {"text: noiDung", "text: " + strings.Repeat("a+", 150) + "a", "15:214: records[0].fields.text: compilation failed: expression exceeds maximum allowed nodes"},
	"expression: $env":      {"text: noiDung", "text: string($env)", "15:20: records[0].fields.text: $env takes the name of a field in quotes"},
	"expression: no text":   {"text: noiDung", "text: 12", "15:13: records[0].fields.text: a text, in quotes, is expected"},
	"expression: pattern":   {`trangThai != ""`, `trangThai matches noiDung`, "10:21: records[0].when: the pattern of matches is a text in quotes"},
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := mapped.Parse([]byte(good))
	require.NoError(t, err)
	for name, c := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, 1, strings.Count(good, c.old), "the case spoils one place")
			require.Equal(t, []string{c.want}, mistakes(t, strings.Replace(good, c.old, c.fresh, 1)))
		})
	}

	t.Run("all are said at once, in the order of the file", func(t *testing.T) {
		t.Parallel()
		text := good
		for _, name := range []string{"name of capitals", "format unknown", "unknown field", "way unknown", "expression: number"} {
			text = strings.Replace(text, wrong[name].old, wrong[name].fresh, 1)
		}
		require.Equal(t, []string{
			wrong["name of capitals"].want, wrong["format unknown"].want, wrong["expression: number"].want, wrong["way unknown"].want, wrong["unknown field"].want,
		}, mistakes(t, text))
	})

	t.Run("a file that is not there is a usage error without mistakes", func(t *testing.T) {
		t.Parallel()
		_, err := mapped.Load(t.TempDir() + "/none.yaml")
		require.Equal(t, fault.Usage, fault.CodeOf(err))
		require.ErrorIs(t, err, os.ErrNotExist)
	})
}

func mistakes(t *testing.T, text string) []string {
	t.Helper()
	_, err := mapped.Parse([]byte(text))
	if err == nil {
		return nil
	}
	require.Equal(t, fault.Usage, fault.CodeOf(err))
	var found mapped.Mistakes
	require.True(t, errors.As(err, &found))
	return strings.Split(found.Error(), "\n")
}
