package simulator

import (
	"bytes"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

type overview struct {
	frame
	Tiles   []tile
	Words   []FaultWords
	Endings []Ending
	Ops     []Op
	Peak    Peak
	Counts  []opCount
	Calls   []Call
}

type tile struct {
	Vi, En string
	Value  int
	Hint   string
	Tone   string
}

type opCount struct {
	Op Op
	N  uint64
}

func (s *Simulator) pageOverview(w http.ResponseWriter, r *http.Request) {
	v := overview{
		frame: s.frame("Tổng quan", "/_sim/"), Words: DescribeFaults(), Endings: Endings(), Ops: Ops(), Peak: s.now().Peak, Calls: s.recent.list(),
	}
	v.Refresh, _ = strconv.Atoi(r.URL.Query().Get("refresh")) // anything else is never
	v.Tiles = tilesOf(v.State)
	for _, op := range Ops() {
		if n := v.State.Calls[op]; n > 0 {
			v.Counts = append(v.Counts, opCount{op, n})
		}
	}
	show(w, http.StatusOK, "overview", v)
}

func tilesOf(st State) []tile {
	t := st.Stored
	tone := func(n int, name string) string {
		if n == 0 {
			return ""
		}
		return name
	}
	hint := func(n int, says string) string {
		if n == 0 {
			return ""
		}
		return thousands(n) + " " + says
	}
	repeats := func(n int) string { return hint(n, "lặp lại · repeats") }
	return []tile{
		{Vi: "Hồ sơ", En: "dossiers", Value: t.Dossiers},
		{Vi: "Cập nhật", En: "updates", Value: t.Updates, Hint: repeats(t.UpdateRepeats), Tone: tone(t.UpdateRepeats, "bad")},
		{Vi: "Bước xử lý", En: "progress steps", Value: t.Steps, Hint: repeats(t.StepRepeats), Tone: tone(t.StepRepeats, "bad")},
		{Vi: "Sinh tại Cổng", En: "portal-born", Value: t.Born, Hint: hint(t.StatusConflicts, "mâu thuẫn · conflicts"), Tone: tone(t.StatusConflicts, "bad")},
		{Vi: "Tệp hỏng", En: "unreachable files", Value: t.FilesUnreachable, Tone: tone(t.FilesUnreachable, "bad")},
		{Vi: "Phiên mở", En: "sessions", Value: st.Sessions},
		{Vi: "Đang xử lý", En: "calls in flight", Value: st.InFlight},
		{Vi: "Chờ ghi muộn", En: "to be applied late", Value: st.PendingLate, Tone: tone(st.PendingLate, "warn")},
	}
}

type dossierList struct {
	frame
	Query string
	Rows  []Summary
	Total int
}

func (s *Simulator) pageDossiers(w http.ResponseWriter, r *http.Request) {
	v := dossierList{frame: s.frame("Hồ sơ", "/_sim/dossiers"), Query: r.URL.Query().Get("q")}
	v.Rows, v.Total = s.Dossiers(v.Query, maxListed)
	show(w, http.StatusOK, "dossiers", v)
}

type dossierView struct {
	frame
	Key     string
	Status  string
	Dossier Dossier
	Steps   []trailStep
	Fields  []field
}

// trailStep is a stored step with what people look for in it.
type trailStep struct {
	Status, Moment, Text, Who, Unit string
	At                              time.Time
	Late, Duplicate                 bool
}

// field is a member of the record.
type field struct{ Name, Value string }

func (s *Simulator) pageDossier(w http.ResponseWriter, r *http.Request) {
	key := r.PathValue("key")
	d, ok := s.Dossier(key)
	if !ok {
		s.mistake(w, http.StatusNotFound, "Không có hồ sơ này. No such dossier.", "/_sim/dossiers")
		return
	}
	v := dossierView{frame: s.frame(key, "/_sim/dossiers"), Key: key, Dossier: d, Fields: fieldsOf(d.Record)}
	for _, f := range v.Fields {
		if f.Name == "TrangThaiHoSo" {
			v.Status = f.Value
		}
	}
	for _, one := range d.Steps {
		var read struct {
			Status string `json:"TrangThai"`
			Moment string `json:"ThoiDiemXuLy"`
			Text   string `json:"NoiDungXuLy"`
			Who    string `json:"NguoiXuLy"`
			Unit   string `json:"PhongBanXuLy"`
		}
		_ = json.Unmarshal(one.Body, &read) // what it cannot read stays empty
		v.Steps = append(v.Steps, trailStep{read.Status, read.Moment, read.Text, read.Who, read.Unit, one.At, one.Late, one.Duplicate})
	}
	show(w, http.StatusOK, "dossier", v)
}

// fieldsOf lists the members in the order in which they were sent; lists and objects as JSON.
func fieldsOf(record jsontext.Value) []field {
	var fields []field
	d := jsontext.NewDecoder(bytes.NewReader(record))
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return fields
		}
		shown := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return fields
		}
		plain, isText := text(value)
		if !isText {
			plain = string(value)
		}
		fields = append(fields, field{shown, plain})
	}
	return fields
}

type bornList struct {
	frame
	Rows  []Born
	Total int
}

func (s *Simulator) pageBorn(w http.ResponseWriter, _ *http.Request) {
	v := bornList{frame: s.frame("Sinh tại Cổng", "/_sim/born")}
	v.Rows, v.Total = s.BornDossiers(maxListed)
	show(w, http.StatusOK, "born", v)
}

type switchesView struct {
	frame
	Groups   []KnobGroup
	switches Switches
}

// ValueOf is what stands of one knob.
func (v switchesView) ValueOf(k Knob) string { return k.Value(&v.switches) }

func (s *Simulator) pageSwitches(w http.ResponseWriter, _ *http.Request) {
	show(w, http.StatusOK, "switches", switchesView{frame: s.frame("Công tắc", "/_sim/switches"), Groups: Knobs(), switches: s.Switches()})
}

type mistakeView struct {
	frame
	Back string
}

// mistake says on a page what is wrong.
func (s *Simulator) mistake(w http.ResponseWriter, status int, what, back string) {
	v := mistakeView{frame: s.frame("Chưa được", back), Back: back}
	v.Error = what
	show(w, status, "mistake", v)
}
