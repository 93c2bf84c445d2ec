package dvcqg

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// A dossier that a citizen submitted on the portal has two numbers: the portal's,
// under which the portal holds it, and ours. Once both are known its states go
// back with DongBoTrangThaiHoSo, which names both: DongBoHoSoMC under our number would
// make a second dossier of it, and duplicates lower the province's score.
//
// The call takes one state of one dossier. TraCuuHoSo says nothing about states
// that were sent back, so that the rule for steps without a trail stands after an
// unknown outcome: 5 at most once, ends at least once.

// reportType is the "type" that goes with DongBoTrangThaiHoSo.
const reportType = "2"

// NoBorn as Config.Born sends nothing back: every dossier goes with DongBoHoSoMC.
const NoBorn = "-"

// report is the record of DongBoTrangThaiHoSo.
type report struct {
	TrangThai   text        `json:"TrangThai"`
	MaHoSo      text        `json:"MaHoSo"`      // the portal's number
	MaHoSoDonVi text        `json:"MaHoSoDonVi"` // ours
	MaDoiTuong  text        `json:"MaDoiTuong"`
	NoiDung     text        `json:"NoiDung"`
	NgayXuLy    text        `json:"NgayXuLy"`
	TaiLieuXuLy list[paper] `json:"TaiLieuXuLy"`
}

// reportEnvelope is the body of a call that reports: its data is one object.
type reportEnvelope struct {
	Session string         `json:"session"`
	Agency  string         `json:"madonvi"`
	Service string         `json:"service"`
	Type    string         `json:"type"`
	Data    jsontext.Value `json:"data"`
}

// body is an envelope as it leaves.
func (e envelope) body() any {
	if e.Service != serviceReport {
		return e
	}
	return reportEnvelope{Session: e.Session, Agency: e.Agency, Service: e.Service, Type: reportType, Data: e.Data[0]}
}

// reports says whether states can be sent back: a bus has no door for them.
func (c Config) reports() bool { return c.Born != NoBorn && (!c.throughBus() || c.LookupURL != "") }

// bornAs returns the portal's number of a dossier that it gave us beside one of our own, "" when there is none.
func (c Config) bornAs(d *schema.Dossier, key string) string {
	theirs := func(number string) bool {
		rest, ok := strings.CutPrefix(strings.ToUpper(number), strings.ToUpper(c.Born))
		return ok && rest != "" && (rest[0] == '-' || rest[0] == '.')
	}
	if !d.BornAtPortal || !c.reports() || theirs(key) {
		return ""
	}
	for _, number := range d.OtherNumbers {
		if theirs(number) {
			return portal.Clean(number)
		}
	}
	return ""
}

// reported encodes the states in the order in which they are sent. The portal
// knows that a dossier was submitted. Where no step has arrived, the dossier's own state and time stand for one.
func (e *encoder) reported(d *schema.Dossier, born string) []keyedReport {
	var all []keyedReport
	trail := portal.Ordered(d.Steps)
	if len(trail) == 0 && d.Status != schema.Submitted {
		own := schema.DossierStep{Status: d.Status, At: momentOf(d)}
		e.required("/steps", moment(own.At))
		return []keyedReport{e.report("", &own, d, born)}
	}
	seen := map[schema.StepKey]bool{}
	for _, i := range trail {
		s := &d.Steps[i]
		if s.Status == schema.Submitted {
			continue
		}
		if r := e.report(at("/steps", i), s, d, born); !seen[r.key] {
			seen[r.key], all = true, append(all, r)
		}
	}
	return all
}

// keyedReport is a state as it is sent back, under the key by which it is known.
type keyedReport struct {
	key  schema.StepKey
	wire report
}

func (e *encoder) report(pointer string, s *schema.DossierStep, d *schema.Dossier, born string) keyedReport {
	w := report{
		TrangThai:   e.status(pointer+"/status", s.Status),
		MaHoSo:      text(born),
		MaHoSoDonVi: e.required("/number", text(portal.Clean(e.key))),
		MaDoiTuong:  text(portal.Clean(d.Applicant.PortalAccount)),
		NoiDung:     text(portal.Words(s)),
		NgayXuLy:    e.required(pointer+"/at", moment(s.At)),
	}
	if s.Status == schema.Completed || s.Status == schema.Returned {
		for _, p := range d.Results {
			w.TaiLieuXuLy = append(w.TaiLieuXuLy, paper{
				TepDinhKemID: text(portal.Clean(p.ID)), TenTepDinhKem: short(p.Name, maxFileName), IsDeleted: "False",
				MaThanhPhanHoSo: text(portal.Clean(p.Component)), DuongDanTaiTepTin: text(portal.Clean(p.URL)),
				DuocSoHoa: bit(true), DuocTaiSuDung: "0", DuocLayTuKhoDMQG: "0",
			})
		}
	}
	return keyedReport{key: schema.StepKey(e.key + "/status/" + string(w.NgayXuLy) + "/" + string(w.TrangThai)), wire: w}
}

// momentOf is when a dossier came to its state, as far as its header tells.
func momentOf(d *schema.Dossier) schema.Time {
	return map[schema.Status]schema.Time{
		schema.Received: d.ReceivedAt, schema.Rejected: d.RefusedAt, schema.Completed: d.FinishedAt, schema.Returned: d.ReturnedAt,
	}[d.Status]
}

// planReports plans a call for each state that follows the last one that was
// sent back. One that we hear of late stays at home: it would set the dossier back.
func planReports(key string, all []keyedReport, known gateway.Known) (calls []gateway.PlannedCall, err error) {
	for i := len(all) - 1; i >= 0; i-- {
		if slices.Contains(known.Steps, all[i].key) {
			all = all[i+1:]
			break
		}
	}
	for _, r := range all {
		payload, err := portal.Marshal(r.wire)
		if err != nil {
			return nil, err
		}
		calls = append(calls, gateway.PlannedCall{
			Operation: gateway.OpStatus, Key: key, Payload: [][]byte{payload}, Steps: []schema.StepKey{r.key},
		})
	}
	return calls, nil
}
