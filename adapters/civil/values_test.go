package civil

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/lienthong/lienthong/adapters"
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

func TestClock(t *testing.T) {
	t.Parallel()
	for in, want := range map[strict.Text]string{
		"": "", "05:40": "05:40", "5:40": "05:40", "5h40": "05:40", "5 giờ 40 phút": "05:40", "23:59:59": "23:59", "0540": "05:40",
		"5 giờ": "05:00", "00:00": "00:00", "24:00": "", "12:60": "", "sáng": "", "1:2:3:4": "", "99999999999999999999:1": "",
	} {
		r := field.At("")
		require.Equal(t, want, clock(r, "k", in), "%q", in)
		require.Equal(t, want == "" && in != "", len(r.Problems()) > 0, "%q: said of it", in)
	}
}

func TestEthnicGroups(t *testing.T) {
	t.Parallel()
	a := &adapter{groups: newGroups()}
	for _, c := range []struct{ in, want, note string }{
		{"Kinh", "Kinh", ""}, {"KINH", "Kinh", ""}, {"Dao (Dao Đỏ)", "Dao (Dao Đỏ)", ""}, {"dao (Dao Đỏ)", "Dao (Dao Đỏ)", ""},
		{"H'Mông", "Hmông", ""}, {"Mông", "Hmông (Mông)", ""}, {"Cao Lan", "Sán Chay (Cao Lan)", ""}, {"Ê Đê", "Ê-đê", ""},
		{"1", "", "value.unmapped"}, {"06", "", "value.unmapped"}, {"Không rõ tộc", "Không rõ tộc", "ethnicity.unknown"}, {"", "", ""},
	} {
		r := field.At("")
		require.Equal(t, c.want, a.groupOf(r, "k", c.in), c.in)
		note := ""
		for _, p := range r.Problems() {
			note = p.Code
		}
		require.Equal(t, c.note, note, c.in)
	}
}

// Each number of the registry and of the linked services, and none that is not theirs.
func TestStates(t *testing.T) {
	t.Parallel()
	a, err := New(adapters.Config{Province: "24"})
	require.NoError(t, err)
	want := map[string]schema.Status{
		"1": schema.InProgress, "2": schema.SupplementRequired, "3": schema.InProgress, "4": schema.Completed,
		"5": schema.Returned, "6": schema.Rejected, "7": schema.InProgress,
		"0": "", "8": "", "9": "", "10": "", "99": "", "xong": "", "": "",
	}
	for _, form := range []string{
		`{"module":"LTKS","maHoSoMCDT":"H05.31-251103-0007","trangThai":%q,"thoiGianThucHien":"03/11/2025 15:20:00"}`,
		`{"module":"LTKT","maHoSoMCDT":"H05.31-251103-0007","trangThai":%q,"thoiGianThucHien":"03/11/2025 15:20:00"}`,
		`{"soHoSoLT":"LT-1","maHoSo":"H05.31-251103-0007","trangThai":%q,"thoiGianThucHien":"03/11/2025 15:20:00"}`,
	} {
		for number, status := range want {
			records, err := a.Normalize(context.Background(), adapters.Raw{Body: fmt.Appendf(nil, form, number)})
			if status == "" {
				require.Equal(t, fault.Invalid, fault.CodeOf(err), "%q", number)
				require.Empty(t, records)
				continue
			}
			require.NoError(t, err)
			require.Len(t, records, 1)
			require.Equal(t, status, records[0].Body.(*schema.DossierStep).Status, "%q", number)
		}
	}
}

func TestBooksByTheirColumns(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{
		"quyenSo nksHoTen meHoTen nycHoTen":          "KHAISINH",
		"quyenSo nktHoTen":                           "KHAITU",
		"quyenSo chongHoTen voHoTen":                 "KETHON",
		"quyenSo cmHoTen ncHoTen loaiXacNhan":        "NHANCHAMECON",
		"quyenSo nxnHoTen nxnThoiGianCuTruTai":       "XACNHANHONNHAN",
		"quyenSo ndghHoTen nghHoTen ngayChamDut":     "CHAMDUTGIAMHO",
		"quyenSo ntdHoTen loaiThayDoi":               "THAYDOICAICHINH",
		"quyenSo nksHoTen noiDungSau":                "THAYDOICAICHINH",
		"quyenSo chongHoTen loaiSuKien":              "GHICHU",
		"quyenSo ndghHoTen nghHoTen":                 "", // a guardianship or its end
		"quyenSo nksHoTen nktHoTen":                  "",
		"quyenSo ngayDangKy noiDangKy nguoiKy ncxyz": "",
		"nksHoTen": "",
	} {
		var k columns
		for _, key := range strings.Fields(keys) {
			k |= columnOf([]byte(key))
		}
		require.Equal(t, want, k.book(), keys)
	}
}

func TestEveryTypeOfEventHasABook(t *testing.T) {
	t.Parallel()
	seen := map[schema.CivilEventType]bool{}
	for name, b := range books {
		require.Equal(t, name, bookName(name))
		seen[b.event] = true
		require.NotEmpty(t, nameKeys[b.event], name)
	}
	for _, event := range schema.CivilEventTypes() {
		require.True(t, seen[event], event)
	}
}

// The index means what the catalogue's own search means.
func TestGroupsAgreeWithTheCatalogue(t *testing.T) {
	t.Parallel()
	g := newGroups()
	for _, group := range catalogue.EthnicGroups() {
		for _, name := range append([]string{group.Name, strings.ToUpper(group.Name)}, group.Others...) {
			want, _ := catalogue.EthnicGroupByName(name)
			require.Equal(t, want.Name, g.keys[groupKey(name)], name)
		}
	}
}
