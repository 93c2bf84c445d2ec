package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway/config"
)

const goodRules = `rules:
  - name: overloaded
    all: ["quá tải"]
    none: ["không quá tải"]
    not_codes: ["0", ""]
    outcome: throttled
    shelf: destination
  - name: exists
    operations: [create]
    codes: ["3"]
    outcome: exists
`

func rulesFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rules.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestRules(t *testing.T) {
	t.Parallel()
	rules, err := config.Rules(rulesFile(t, goodRules))
	require.NoError(t, err)
	require.Equal(t, []config.AnswerRule{
		{Name: "overloaded", All: []string{"quá tải"}, None: []string{"không quá tải"}, NotCodes: []string{"0", ""}, Outcome: "throttled", Shelf: "destination"},
		{Name: "exists", Operations: []string{"create"}, Codes: []string{"3"}, Outcome: "exists"},
	}, rules)
	inJSON, err := config.Rules(rulesFile(t, `{"rules":[{"name":"exists","operations":["create"],"codes":["3"],"outcome":"exists"}]}`))
	require.NoError(t, err)
	require.Equal(t, rules[1:], inJSON)

	for name, tc := range map[string]struct{ old, fresh, want string }{
		"nothing":               {goodRules, "", "1:1: rules: missing: a list of rules is expected"},
		"an unknown key":        {"    none:", "    not:", "4:5: rules[0].not: unknown key; known: name, operations, codes, not_codes, all, none, no_text, raw, outcome, shelf, reason"},
		"a key given twice":     {"    codes: [\"3\"]\n", "    codes: [\"3\"]\n    codes: [\"4\"]\n", "11:5: rules[1].codes: given twice, first in line 10"},
		"a number as code":      {`["3"]`, `[3]`, "10:13: rules[1].codes[0]: a text, in quotes, is expected"},
		"no name":               {"name: exists\n    ", "", "8:5: rules[1].name: missing"},
		"a name with a blank":   {"name: exists", "name: it is there", "8:11: rules[1].name: lower-case letters, digits, . and _ are expected, such as session"},
		"an unknown operation":  {"[create]", "[creat]", `9:18: rules[1].operations[0]: "creat" is not known`},
		"an empty phrase":       {`["quá tải"]`, `[" "]`, "3:11: rules[0].all[0]: an empty phrase stands in every text"},
		"a rule for everything": {"    all: [\"quá tải\"]\n", "", "2:5: rules[0]: codes, all or no_text is missing: the rule would be for every answer"},
		"no outcome":            {"    outcome: exists\n", "", "8:5: rules[1].outcome: missing"},
		"found is of look-ups":  {"outcome: exists", "outcome: found", `11:14: rules[1].outcome: "found" is not known`},
		"nobody's failure":      {"    shelf: destination\n", "", "2:5: rules[0].shelf: missing"},
		"an unknown shelf":      {"shelf: destination", "shelf: portal", `7:12: rules[0].shelf: "portal" is not known`},
		"a success on a shelf":  {"outcome: exists", "outcome: exists\n    shelf: source", "12:12: rules[1].shelf: exists is no failure, so that it is nobody's"},
		"no YAML":               {"rules:", "rules: [", "1:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := rulesFile(t, strings.Replace(goodRules, tc.old, tc.fresh, 1))
			_, err := config.Rules(path)
			var mistakes config.Mistakes
			require.True(t, errors.As(err, &mistakes), "%v", err)
			require.Contains(t, mistakes.Error(), path+":"+tc.want)
		})
	}
}

func TestRulesOfADestination(t *testing.T) {
	t.Parallel()
	dir := keyFolder(t)
	text := strings.ReplaceAll(goodMinistry, "KEYS", dir)
	good, bad := rulesFile(t, goodRules), rulesFile(t, strings.Replace(goodRules, "[create]", "[creat]", 1))
	parse := func(key string) (config.Config, error) {
		return config.Parse([]byte(strings.Replace(text, "    lanes: 4\n", "    lanes: 4\n    rules_file: "+key+"\n", 1)), variables())
	}
	c, err := parse(good)
	require.NoError(t, err)
	require.Equal(t, good, c.Destinations[0].RulesFile)
	_, err = parse(bad)
	require.ErrorContains(t, err, "10:17: destinations[0].rules_file: "+bad+`:9:18: rules[1].operations[0]: "creat" is not known`)
	_, err = parse(dir + "/none.yaml")
	require.ErrorContains(t, err, "10:17: destinations[0].rules_file: "+dir+"/none.yaml: the rules cannot be read")
}
