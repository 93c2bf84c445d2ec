package simulator

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(victimLog); path != "" {
		os.Exit(runVictim(path))
	}
	goleak.VerifyTestMain(m)
}

const (
	loginPath  = "/VXPAdapter/RestService/forward/mapi/login"
	callPath   = "/VXPAdapter/RestService/forward/mapi/g"
	sharePath  = "/VXPAdapter/RestService/forward/mapi/s"
	agencyCode = "000.00.00.H05"
)

// portal is a simulator called in process, without a network.
type portal struct {
	*Simulator
	t       testing.TB
	session string
}

// open makes a portal with a log of its own and logs in.
func open(t testing.TB, o Options) *portal {
	t.Helper()
	if o.LogPath == "" {
		o.LogPath = filepath.Join(t.TempDir(), "portal.jsonl")
	}
	sim, err := New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	p := &portal{Simulator: sim, t: t}
	p.session = p.login().Session
	return p
}

// said is what a client reads.
type said struct {
	Status  int            `json:"-"`
	Raw     string         `json:"-"`
	Header  http.Header    `json:"-"`
	Cut     bool           `json:"-"`
	Code    jsontext.Value `json:"error_code"`
	Message string         `json:"message"`
	Session string         `json:"session"`
	Result  jsontext.Value `json:"result"`
}

func (p *portal) login() said {
	return p.post(loginPath, `{"username":"`+agencyCode+`","password":"thử"}`)
}

// post sends a request with the right dstcode. An answer that is no JSON is left raw.
func (p *portal) post(path, body string) said {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("dstcode", DefaultDestination)
	return p.serve(req)
}

func (p *portal) serve(req *http.Request) (out said) {
	rec := httptest.NewRecorder()
	defer func() {
		if r := recover(); r != nil {
			err, ok := r.(error)
			require.True(p.t, ok && errors.Is(err, http.ErrAbortHandler), "panic %v", r)
			out = said{Cut: true}
		}
	}()
	p.Handler().ServeHTTP(rec, req)
	out = said{Status: rec.Code, Raw: rec.Body.String(), Header: rec.Header()}
	_ = json.Unmarshal(rec.Body.Bytes(), &out) // what it could not read stays empty, and tests look at it
	return out
}

// call sends a service call; more are members such as `"data":[…]`.
func (p *portal) call(service string, more ...string) said {
	head := `{"session":"` + p.session + `","madonvi":"` + agencyCode + `","service":"` + service + `"`
	return p.post(callPath, strings.Join(append([]string{head}, more...), ",")+"}")
}

func (p *portal) create(records ...string) said {
	return p.call("DongBoHoSoMC", `"isUpdating":"False"`, data(records...))
}

func (p *portal) update(records ...string) said {
	return p.call("DongBoHoSoMC", `"isUpdating":"True"`, data(records...))
}

func (p *portal) progress(steps ...string) said { return p.call("CapNhatTienDoHoSoMC", data(steps...)) }

func (p *portal) lookUp(key string) said { return p.call("TraCuuHoSo", `"mahoso":"`+key+`"`) }

func data(items ...string) string { return `"data":[` + strings.Join(items, ",") + "]" }

// with builds a JSON object from pairs laid over a base; the value "-" removes a member.
func with(base [][2]string, pairs ...string) string {
	fields := append([][2]string(nil), base...)
	for i := 0; i < len(pairs); i += 2 {
		found := false
		for j := range fields {
			if fields[j][0] == pairs[i] {
				fields[j][1], found = pairs[i+1], true
			}
		}
		if !found {
			fields = append(fields, [2]string{pairs[i], pairs[i+1]})
		}
	}
	var members []string
	for _, f := range fields {
		if f[1] != "-" {
			members = append(members, `"`+f[0]+`":`+f[1])
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// record is a dossier record with every mandatory member; values are JSON.
func record(key string, pairs ...string) string {
	return with([][2]string{
		{"MaHoSo", `"` + key + `"`}, {"MaTTHC", `"1.001193"`}, {"TenTTHC", `"Thủ tục đăng ký khai sinh"`},
		{"MaLinhVuc", `"G15-HT01"`}, {"TenLinhVuc", `"Hộ tịch"`}, {"KenhThucHien", `"2"`}, {"ChuHoSo", `"Nguyễn Thị Thử"`},
		{"LoaiDoiTuong", `"1"`}, {"SoDienThoai", `"0912000001"`}, {"TrichYeuHoSo", `"Đăng ký khai sinh"`},
		{"NgayTiepNhan", `"20251103083000"`}, {"NgayHenTra", `""`}, {"TrangThaiHoSo", `"2"`}, {"HinhThuc", `"0"`},
		{"DonViXuLy", `"UBND phường Thử"`}, {"NoiNopHoSo", `"1"`}, {"HoSoCoThanhPhanSoHoa", `"1"`},
		{"TaiKhoanDuocXacThucVoiVNeID", `"1"`}, {"DuocThanhToanTrucTuyen", `"1"`}, {"NgayNopHoSo", `"20251103080512"`},
		{"DanhSachLePhi", `[]`},
	}, pairs...)
}

// progressStep is a step with every mandatory member; pairs are values in JSON.
func progressStep(key, moment, status string, pairs ...string) string {
	return with([][2]string{
		{"MaHoSo", `"` + key + `"`}, {"NguoiXuLy", `"Lê Văn Thử"`}, {"ThoiDiemXuLy", `"` + moment + `"`},
		{"NoiDungXuLy", `"Xử lý"`}, {"TrangThai", `"` + status + `"`}, {"NgayBatDau", `""`}, {"NgayKetThucTheoQuyDinh", `""`},
	}, pairs...)
}

// logged is one line of the log as an independent reader would decode it.
type logged struct {
	Type      string         `json:"type"`
	Seq       uint64         `json:"seq"`
	At        string         `json:"at"`
	Arrived   string         `json:"arrived"`
	Op        string         `json:"op"`
	Service   string         `json:"service"`
	Items     int            `json:"items"`
	Keys      []string       `json:"keys"`
	Kind      string         `json:"kind"`
	Key       string         `json:"key"`
	Body      jsontext.Value `json:"body"`
	Call      uint64         `json:"call"`
	Index     int            `json:"index"`
	Of        int            `json:"of"`
	Late      bool           `json:"late"`
	Duplicate bool           `json:"duplicate"`
	Status    int            `json:"status"`
	ErrorCode string         `json:"error_code"`
	Fault     string         `json:"fault"`
	Answered  bool           `json:"answered"`
	Name      string         `json:"name"`
	On        bool           `json:"on"`
	Conflict  bool           `json:"conflict"`
	Pointer   string         `json:"pointer"`
	Outcome   string         `json:"outcome"`
	Switches  map[string]any `json:"switches"`
}

// lines reads the log, all of it or the lines of some types.
func (p *portal) lines(types ...string) []logged { return readLog(p.t, p.options.LogPath, types...) }

func readLog(t testing.TB, path string, types ...string) []logged {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var all []logged
	for n, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		var one logged
		require.NoError(t, json.Unmarshal([]byte(line), &one), "line %d", n+1)
		require.Equal(t, uint64(n+1), one.Seq, "seq has no gaps")
		if len(types) == 0 || slices.Contains(types, one.Type) {
			all = append(all, one)
		}
	}
	return all
}

func last(lines []logged) logged { return lines[len(lines)-1] }
