package gateway_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

// What we ourselves keep back has words of its own: nobody refused it.
func TestWordsOfWhatIsKeptBack(t *testing.T) {
	t.Parallel()
	for cause, want := range map[string]struct {
		party gateway.Party
		class string // of the remedy
	}{
		"restore.shown_newer":      {gateway.PartySource, "shown_newer"},
		"score.second_supplement":  {gateway.PartySource, "score_guard"},
		"shadow.differs.create":    {gateway.PartyNone, ""},
		"adopted.differs.steps":    {gateway.PartyNone, ""},
		"dvcqg.refused:mã hồ sơ":   {gateway.PartySource, "refused"},
		"plan.missing+unknown_tag": {gateway.PartySource, "data"},
	} {
		e := gateway.Explain(cause)
		require.NotEqual(t, cause, e.What.VI, "words, and no code")
		require.NotEqual(t, cause, e.What.EN)
		require.Equal(t, want.party, e.Party, cause)
		if want.class != "" {
			require.Equal(t, want.class, gateway.RemedyOf("dvcqg", gateway.ShelfSource, cause).Class)
		}
	}
}

// Who is to be called is said alike by the morning, by doctor and by the list of failures.
func TestRemediesNameThePartyOfTheExplanation(t *testing.T) {
	t.Parallel()
	for cause, want := range map[string]struct {
		party gateway.Party
		class string
	}{
		"dvcqg.http.502": {gateway.PartyFront, "front_down"}, "dvcqg.http.503": {gateway.PartyFront, "front_down"}, "dvcqg.http.504": {gateway.PartyFront, "front_down"},
		"dvcqg.http.500": {gateway.PartyDestination, "destination_down"}, "dvcqg.login.refused:mật khẩu": {gateway.PartyGateway, "account"},
	} {
		require.Equal(t, want.party, gateway.Explain(cause).Party, cause)
		for _, shelf := range []gateway.Shelf{gateway.ShelfDestination, gateway.ShelfGateway} {
			if class := gateway.RemedyOf("dvcqg", shelf, cause).Class; shelf == gateway.ShelfDestination || want.class == "account" {
				require.Equal(t, want.class, class, cause)
			}
		}
	}
}

func TestWordsOfDataNameThePlace(t *testing.T) {
	t.Parallel()
	require.Equal(t, "dữ liệu chưa đủ hoặc chưa đúng để gửi (/applicant/phone)", gateway.Explain("plan.field.required:/applicant/phone").What.VI)
	require.Equal(t, "refused for its data", gateway.Explain("dvcqg.refused:Nguyễn Thị Hạnh").What.EN, "words of a destination stay out")
}
