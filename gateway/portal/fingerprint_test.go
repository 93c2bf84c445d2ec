package portal

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFingerprint(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Thiếu trường MaTTHC":                                     "thiếu trường matthc",
		norm.NFD.String("THIẾU TRƯỜNG MaTTHC."):                   "thiếu trường matthc",
		"Hồ sơ H05.31-251103-0007 chuyển trạng thái không hợp lệ": "hồ sơ # chuyển trạng thái không hợp lệ",
		"TrangThaiHoSo=99 không hợp lệ":                           "trangthaihoso=# không hợp lệ",
		"TaiLieuNop[3].TenTepDinhKem quá dài":                     "tailieunop[#].tentepdinhkem quá dài",
		"Hồ sơ của Nguyễn Văn An, số 027192004321, sai":           "hồ sơ của #, số #, sai",
		`Giá trị "giay chung sinh.pdf" sai`:                       "giá trị # sai",
		"Liên hệ ho.tro@example.vn hoặc https://x.vn/a?b=c":       "liên hệ # hoặc",
		"": "",
	} {
		require.Equal(t, want, strings.TrimRight(Fingerprint(in), " #"), "%q", in)
	}
}

func TestFingerprintHidesWhatIsKnown(t *testing.T) {
	t.Parallel()
	got := Fingerprint(norm.NFD.String("Chủ hồ sơ y phôn niê không có trong CSDL"), "Y Phôn Niê", "vô")
	require.Equal(t, "chủ hồ sơ # không có trong csdl", got)
}

func TestFingerprintIsOneForOneReason(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := fmt.Sprintf("H05.%02d-251103-%04d", rapid.IntRange(1, 99).Draw(t, "unit"), rapid.IntRange(0, 9999).Draw(t, "n"))
		name := rapid.SampledFrom([]string{"Trần Thị Bình", "Lê Văn Cường", "NGUYỄN HÀ", "Phạm Thị Thu Hương"}).Draw(t, "name")
		number := rapid.StringMatching(`[0-9]{6,12}`).Draw(t, "number")
		text := "Hồ sơ " + key + " của " + name + " có số " + number + " không hợp lệ"
		require.Equal(t, "hồ sơ # của # có số # không hợp lệ", Fingerprint(text))
		require.NotContains(t, Mask(text), number)
		require.NotContains(t, Mask(text), name)
	})
}

func TestFingerprintAndMaskAreShort(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		f, m := Fingerprint(s+strings.Repeat(" đ", 900)), Mask(s+strings.Repeat(" đ", 900))
		require.LessOrEqual(t, utf8.RuneCountInString(f), maxFingerprint)
		require.LessOrEqual(t, utf8.RuneCountInString(m), maxMessage)
		require.False(t, strings.ContainsAny(f, "0123456789"))
	})
}

func TestMask(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Số *** của *** (CMND ***) sai tại trường MaTTHC 1.***",
		Mask("Số 027192004321 của Nguyễn Thị Hạnh (CMND 125123456) sai tại trường MaTTHC 1.001193"))
	require.Equal(t, "Tài khoản *** bị khóa", Mask("Tài khoản 000.00.00.H05 bị khóa", "000.00.00.H05"))
}

func TestSecretPrintsAMask(t *testing.T) {
	t.Parallel()
	const canary = "mat-khau"
	s := Secret(canary)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "in", struct{ S Secret }{s})
	text, err := s.MarshalText()
	require.NoError(t, err)
	for _, shown := range []string{fmt.Sprintf("%v %s %q %x %#v %+v", s, s, s, s, s, struct{ S Secret }{s}), log.String(), string(text)} {
		require.NotContains(t, shown, canary)
		require.NotContains(t, shown, "6d61742d")
	}
	require.Equal(t, canary, s.Reveal())
}

func TestCheckLoopback(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"http://127.0.0.1:8080/x": true, "http://localhost": true, "https://LOCALHOST:1": true, "http://[::1]:80": true,
		"http://127.8.9.1": true, "http://[::ffff:127.0.0.1]": true,
		"http://127.0.0.1.example.vn": false, "http://10.0.0.1": false, "https://dichvucong.gov.vn": false,
		"http://localhost.example.vn": false, "ftp://127.0.0.1": false, "": false, "127.0.0.1:80": false, "http://": false,
		"http://127.0.0.1@10.0.0.1/": false,
	} {
		err := CheckLoopback(address)
		require.Equal(t, ok, err == nil, "%s: %v", address, err)
	}
}
