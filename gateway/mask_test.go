package gateway_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/gateway"
)

func TestMaskBody(t *testing.T) {
	got := string(gateway.MaskBody([]byte(`[{"MaHoSo":"H05.1","ChuHoSo":"Nguyễn Thị Hạnh","TrangThaiHoSo":"2","MaDoiTuong":"TECH-7","NgaySinh":"19920614",
		"DinhDanhCHS":[{"LoaiDinhDanh":"1","SoDinhDanh":"027192004321"}],"Fax":"","Gia":8000,"TaiLieuNop":[{"TenTepDinhKem":"gcs Hạnh.pdf","MaThanhPhanHoSo":"x"}]}]`)))
	for _, hidden := range []string{"Hạnh", "027192004321", "TECH-7", "19920614"} {
		require.NotContains(t, got, hidden)
	}
	for _, shown := range []string{`"MaHoSo": "H05.1"`, `"TrangThaiHoSo": "2"`, `"Gia": 8000`, `"LoaiDinhDanh": "1"`, `"Fax": ""`} {
		require.Contains(t, got, shown)
	}
	require.Equal(t, `"***"`, string(gateway.MaskBody([]byte("Hạnh"))))
}
