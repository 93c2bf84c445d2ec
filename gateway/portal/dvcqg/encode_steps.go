package dvcqg

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// keyedStep is a step as it is sent, under the key by which it is known.
type keyedStep struct {
	key  schema.StepKey
	wire step
}

// trail encodes the steps in the order in which they are sent: by time, then
// by the rank of their status. Of steps with one key the first stands.
func (e *encoder) trail(d *schema.Dossier) []keyedStep {
	order := ordered(d.Steps)
	seen := make(map[schema.StepKey]bool, len(order))
	steps := make([]keyedStep, 0, len(order))
	for _, i := range order {
		s := d.Steps[i]
		s.Dossier = e.key // a step of another number of the same dossier is this dossier's
		if key := s.Key(); !seen[key] {
			seen[key] = true
			steps = append(steps, keyedStep{key: key, wire: e.step(at("/steps", i), &s, d.ProcessingUnit)})
		}
	}
	return steps
}

// ordered returns the places of steps in the order of the trail.
func ordered(steps []schema.DossierStep) []int {
	order := make([]int, len(steps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &steps[a], &steps[b]
		if c := x.At.Compare(y.At); c != 0 {
			return c
		}
		return cmp.Compare(rank(x.Status), rank(y.Status))
	})
	return order
}

// rank is the place of a status among the portal's codes.
func rank(s schema.Status) int {
	n, _ := strconv.Atoi(s.Gen1())
	return n
}

// step encodes one step. The contract wants somebody who acted: where the
// source names no official, the position, the unit of the step or the unit of
// the dossier stands there, each as the source wrote it.
func (e *encoder) step(pointer string, s *schema.DossierStep, unit string) step {
	officer := clean(cmp.Or(s.Officer, s.Position, s.Unit, unit))
	words := clean(s.Text)
	if words == "" {
		words = catalogue.StatusLabel(s.Status)
	}
	return step{
		MaHoSo:                 text(clean(s.Dossier)),
		NguoiXuLy:              e.required(pointer+"/officer", short(officer, maxOfficer)),
		ChucDanh:               text(clean(s.Position)),
		ThoiDiemXuLy:           e.required(pointer+"/at", moment(s.At)),
		PhongBanXuLy:           text(clean(s.Unit)),
		NoiDungXuLy:            e.required(pointer+"/text", text(words)),
		TrangThai:              e.status(pointer+"/status", s.Status),
		NgayBatDau:             moment(s.StartedAt),
		NgayKetThucTheoQuyDinh: moment(s.DueAt),
	}
}
