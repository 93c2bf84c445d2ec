package gateway_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/schema"
)

func TestContradicts(t *testing.T) {
	hanh := &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: day(t, 1992, 3, 14), Identifiers: pin("027192004321")}
	person := func(name string, birth schema.Date, ids ...schema.Identifier) schema.Mention {
		return schema.Mention{Role: "father", Kind: schema.KindPerson, Name: name, Birth: birth, Identifiers: ids}
	}
	none := schema.Date{}
	tests := []struct {
		name string
		held schema.Body
		m    schema.Mention
		want bool
	}{
		{"the same name in capitals, no birth told", hanh, person("NGUYỄN THỊ HẠNH", none), false},
		{"another name, no birth told", hanh, person("Phạm Văn Nam", none), true},
		{"another name, the same day of birth", hanh, person("Nguyễn Thị Hồng Hạnh", day(t, 1992, 3, 14)), false},
		{"another name, only the year told", hanh, person("Phạm Văn Nam", year(t, 1992)), true},
		{"another name, another day", hanh, person("Phạm Văn Nam", day(t, 1992, 3, 15)), true},
		{"the same name, another day of that year", hanh, person("Nguyễn Thị Hạnh", day(t, 1992, 4, 14)), false},
		{"the same name, another year", hanh, person("Nguyễn Thị Hạnh", year(t, 1991)), true},
		{"no name told", hanh, person("", none), false},
		{"no name told, another year", hanh, person("", year(t, 1990)), true},
		{"no name held", &schema.Person{}, person("Phạm Văn Nam", year(t, 1990)), false},
		{"year held, year told, another name", &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: year(t, 1992)}, person("Phạm Văn Nam", year(t, 1992)), true},
		{"another personal number", hanh, person("Nguyễn Thị Hạnh", none, pin("024088001234")...), true},
		{"the same and another personal number", hanh, person("Nguyễn Thị Hạnh", none, append(pin("024088001234"), pin("027192004321")...)...), false},
		{"nothing held", nil, person("Phạm Văn Nam", none), false},
		{"an organisation changes its name", &schema.Organisation{LegalName: "Công ty An"}, schema.Mention{Kind: schema.KindOrganisation, Name: "Công ty Bình"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, gateway.Contradicts(tt.held, tt.m)) })
	}
}

func TestNumberContradicts(t *testing.T) {
	woman92 := schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "027192004321"}
	tests := []struct {
		name string
		id   schema.Identifier
		m    schema.Mention
		want bool
	}{
		{"nothing to compare with", woman92, schema.Mention{Kind: schema.KindPerson}, false},
		{"sex and year as the digits say", woman92, schema.Mention{Kind: schema.KindPerson, Sex: schema.Female, Birth: year(t, 1992)}, false},
		{"a father with a woman's number", woman92, schema.Mention{Kind: schema.KindPerson, Sex: schema.Male}, true},
		{"another year", woman92, schema.Mention{Kind: schema.KindPerson, Birth: year(t, 1990)}, true},
		{"sex not determined", woman92, schema.Mention{Kind: schema.KindPerson, Sex: schema.Undetermined}, false},
		{"a tax code says nothing of people", schema.Identifier{Scheme: schema.SchemeTaxCode, Value: "027192004321"}, schema.Mention{Kind: schema.KindPerson, Sex: schema.Male}, false},
		{"digits that are no personal number", schema.Identifier{Scheme: schema.SchemePersonalNumber, Value: "12"}, schema.Mention{Kind: schema.KindPerson, Sex: schema.Male}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, gateway.NumberContradicts(tt.id, tt.m)) })
	}
}

func TestMentioned(t *testing.T) {
	cmnd := schema.Identifier{Scheme: schema.SchemeCMND, Value: "121234567"}
	m := schema.Mention{
		Kind: schema.KindPerson, Name: "Nguyễn Thị Hạnh", Birth: year(t, 1992), Sex: schema.Female,
		Identifiers: append(pin("027192004321"), cmnd),
	}
	want := &schema.Person{FullName: "Nguyễn Thị Hạnh", Birth: year(t, 1992), Sex: schema.Female, Identifiers: pin("027192004321")}

	t.Run("the first mention makes the person, of strong identifiers alone", func(t *testing.T) {
		got, changed := gateway.Mentioned(nil, m)
		require.True(t, changed)
		require.Equal(t, want, got)
	})
	t.Run("the same again changes nothing", func(t *testing.T) {
		_, changed := gateway.Mentioned(want, m)
		require.False(t, changed)
	})
	t.Run("what is open is filled, nothing is overwritten, and the held one is not touched", func(t *testing.T) {
		held := &schema.Person{FullName: "Nguyễn Thị Hồng Hạnh", Identifiers: pin("027192004321")}
		got, changed := gateway.Mentioned(held, m)
		require.True(t, changed)
		require.Equal(t, &schema.Person{FullName: "Nguyễn Thị Hồng Hạnh", Birth: year(t, 1992), Sex: schema.Female, Identifiers: pin("027192004321")}, got)
		require.True(t, held.Birth.IsZero())
	})
	t.Run("an empty mention of somebody new is somebody", func(t *testing.T) {
		_, changed := gateway.Mentioned(nil, schema.Mention{Kind: schema.KindPerson})
		require.True(t, changed)
	})
	t.Run("organisations get name and tax code", func(t *testing.T) {
		tax := schema.Identifier{Scheme: schema.SchemeTaxCode, Value: "2300123456"}
		org := schema.Mention{Kind: schema.KindOrganisation, Name: "Công ty An", Identifiers: []schema.Identifier{tax}}
		got, changed := gateway.Mentioned(nil, org)
		require.True(t, changed)
		require.Equal(t, &schema.Organisation{LegalName: "Công ty An", Identifiers: []schema.Identifier{tax}}, got)
		org.Name = "Công ty Bình"
		_, changed = gateway.Mentioned(got, org)
		require.False(t, changed)
	})
}

func TestStrongIdentifier(t *testing.T) {
	_, ok := gateway.StrongIdentifier(schema.Mention{Identifiers: []schema.Identifier{{Scheme: schema.SchemeCMND, Value: "121234567"}}})
	require.False(t, ok, "a CMND was issued twice by different provinces")
	id, ok := gateway.StrongIdentifier(schema.Mention{Identifiers: append([]schema.Identifier{{Scheme: schema.SchemeCMND, Value: "121234567"}}, pin("027192004321")...)})
	require.True(t, ok)
	require.Equal(t, schema.SchemePersonalNumber, id.Scheme)
}
