package ministry

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/lienthong/lienthong/gateway"
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// keyed is a step or a state as it is sent, under the key by which it is known.
type keyed[T any] struct {
	key     schema.StepKey
	undated schema.StepKey // under which a state was sent before its step arrived; "": none
	wire    T
}

// trail encodes the steps in the order in which they are sent.
func (e *encoder) trail(d *schema.Dossier) []keyed[step] {
	steps := make([]keyed[step], 0, len(d.Steps))
	for i, s := range portal.Trail(e.key, d.Steps) {
		steps = append(steps, keyed[step]{key: s.Key(), wire: e.step("/steps/"+strconv.Itoa(i), s, d.ProcessingUnit)})
	}
	return steps
}

// step encodes one step. The contract wants somebody who acted.
func (e *encoder) step(pointer string, s *schema.DossierStep, unit string) step {
	return step{
		IDHoSo: e.given.id(), MaHoSo: e.given.number(),
		NguoiXuLy:              e.required(pointer+"/officer", portal.Officer(s, unit)),
		ThoiDiemXuLy:           e.required(pointer+"/at", written(s.At, stepTime)),
		PhongBanXuLy:           portal.Clean(cmp.Or(s.Unit, unit)),
		NoiDungXuLy:            portal.Words(s),
		TrangThai:              e.status(pointer+"/status", s.Status),
		NgayBatDau:             written(s.StartedAt, stepTime),
		NgayKetThucTheoQuyDinh: written(s.DueAt, stepTime),
	}
}

func (e *encoder) status(pointer string, s schema.Status) int {
	n := code(s)
	switch {
	case s == "":
		e.required(pointer, "")
	case n == 0:
		e.unmapped(pointer)
	}
	return n
}

// states encodes where the dossier stands. A dossier that was handed over
// passes through 9 first, since only that state takes the results.
func (e *encoder) states(d *schema.Dossier) []keyed[state] {
	var all []keyed[state]
	if d.Status == schema.Returned && (len(d.Results) > 0 || last(d, schema.Completed) != nil) {
		all = append(all, e.state(d, schema.Completed))
	}
	return append(all, e.state(d, d.Status))
}

// state encodes one state. Its key ends in the code, as that of a step does, so
// that the same rule says what is repeated after an unknown outcome. With
// 6 and 9 the key speaks of the lists too, and a result that comes later is sent;
// with 5 it does not, since a second request for papers costs.
func (e *encoder) state(d *schema.Dossier, s schema.Status) keyed[state] {
	w := state{
		IDHoSo: e.given.id(), MaHoSo: e.given.number(),
		TrangThai: e.status("/status", s), PhongBanXuLy: portal.Clean(d.ProcessingUnit), NoiDungXuLy: catalogue.StatusLabel(s),
	}
	var at schema.Time
	if from := last(d, s); from != nil {
		at = from.At
		w.PhongBanXuLy = portal.Clean(cmp.Or(from.Unit, d.ProcessingUnit))
		w.NoiDungXuLy = cmp.Or(portal.Clean(from.Text), w.NoiDungXuLy)
	}
	lists := ""
	switch s {
	case schema.SupplementRequired:
		if n := len(d.Supplements); n > 0 {
			asked := d.Supplements[n-1]
			w.NoiDungYKien, w.DanhSachLePhi = portal.Clean(asked.Request), e.fees("/supplements/"+strconv.Itoa(n-1)+"/fees", asked.Fees)
		}
	case schema.PaymentRequired:
		w.DanhSachLePhi = e.fees("/fees", d.Fees)
		lists = "." + digest(w)
	case schema.Completed:
		w.DanhSachLePhi, w.DanhSachGiayToKetQua = e.fees("/fees", d.Fees), results(d.Results)
		lists = "." + digest(w)
	}
	k := keyed[state]{key: e.stateKey(cmp.Or(at.Gen1(), undatedMark)+lists, w.TrangThai), wire: w}
	if !at.IsZero() {
		k.undated = e.stateKey(undatedMark+lists, w.TrangThai)
	}
	return k
}

// undatedMark stands in the key of a state whose step is not known.
const undatedMark = "0"

func (e *encoder) stateKey(mark string, code int) schema.StepKey {
	return schema.StepKey(e.key + stateMark + mark + "/" + strconv.Itoa(code))
}

// stateMark tells the key of a state from that of a step.
const stateMark = "/status/"

// told reports whether the portal was told a step or state. One that was told
// before its step arrived, and so without a time, is told as long as nothing
// came after it (a dossier may come back to it); a request for papers for ever.
func (k keyed[T]) told(known gateway.Known) bool {
	if slices.Contains(known.Steps, k.key) {
		return true
	}
	at := slices.Index(known.Steps, k.undated)
	if k.undated == "" || at < 0 {
		return false
	}
	once := strings.HasSuffix(string(k.undated), "/"+schema.SupplementRequired.Gen1())
	return once || !slices.ContainsFunc(known.Steps[at+1:], func(later schema.StepKey) bool {
		return strings.Contains(string(later), stateMark)
	})
}

// last returns the latest step with a status.
func last(d *schema.Dossier, s schema.Status) (found *schema.DossierStep) {
	for i := range d.Steps {
		if one := &d.Steps[i]; one.Status == s && (found == nil || found.At.Before(one.At)) {
			found = one
		}
	}
	return found
}

// digest tells lists apart.
func digest(w state) string {
	data, _ := json.Marshal([]any{w.DanhSachLePhi, w.DanhSachGiayToKetQua}) // strings always marshal
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:4])
}

func (e *encoder) fees(pointer string, fees []schema.Fee) (all []fee) {
	for i, f := range fees {
		if f.Amount < 0 {
			e.problem(pointer+"/"+strconv.Itoa(i)+"/amount", "amount.negative", "Số tiền không được âm.", "An amount is not negative.")
		}
		all = append(all, fee{
			TenPhiLePhi: portal.Clean(f.Name), MaPhiLePhi: portal.Clean(f.Code), HinhThucThu: portal.Clean(f.Method),
			Gia: strconv.FormatInt(f.Amount, 10), LoaiPhiLePhi: portal.Clean(f.Type),
		})
	}
	return all
}

func results(papers []schema.ResultPaper) (all []result) {
	for _, p := range papers {
		all = append(all, result{
			TenGiayTo: portal.Clean(p.Name), MaThanhPhanHoSo: portal.Clean(p.Component), GiayToID: portal.Clean(p.ID),
			DuongDanTepTinKetQua: portal.Clean(p.URL), MaGiayToKetQua: portal.Clean(p.Code),
		})
	}
	return all
}
