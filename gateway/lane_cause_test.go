package gateway

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/internal/fault"
)

// Dossiers that lack the same are one cause, whichever step of theirs it is; those that lack something else are another.
func TestCausesOfDataNameTheirPlaces(t *testing.T) {
	t.Parallel()
	code := func(p fault.Problem) string { return p.Code }
	at := func(pointers ...string) (all []fault.Problem) {
		for _, p := range pointers {
			all = append(all, fault.Problem{Code: "field.required", Pointer: p})
		}
		return all
	}
	require.Equal(t, "/applicant/phone", oneWord(at("/applicant/phone"), placeOf))
	require.Equal(t, oneWord(at("/procedure/name", "/applicant/phone"), placeOf), oneWord(at("/applicant/phone", "/procedure/name", "/applicant/phone"), placeOf))
	require.Equal(t, oneWord(at("/steps/3/officer"), placeOf), oneWord(at("/steps/11/officer", "/steps/2/officer"), placeOf))
	require.NotEqual(t, oneWord(at("/applicant/phone"), placeOf), oneWord(at("/procedure/name"), placeOf))
	require.Equal(t, "field.required", oneWord(at("/a", "/b"), code))
	require.Empty(t, oneWord(at(""), placeOf))
	require.Equal(t, "/a+/b+/c+/d+/e+/f+/g+/h+…", oneWord(at("/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/j"), placeOf))
}
