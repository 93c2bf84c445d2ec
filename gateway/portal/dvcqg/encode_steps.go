package dvcqg

import (
	"github.com/lienthong/lienthong/gateway/portal"
	"github.com/lienthong/lienthong/schema"
)

// keyedStep is a step as it is sent, under the key by which it is known.
type keyedStep struct {
	key  schema.StepKey
	wire step
}

// trail encodes the steps in the order in which they are sent.
func (e *encoder) trail(d *schema.Dossier) []keyedStep {
	steps := make([]keyedStep, 0, len(d.Steps))
	for i, s := range portal.Trail(e.key, d.Steps) {
		steps = append(steps, keyedStep{key: s.Key(), wire: e.step(at("/steps", i), s, d.ProcessingUnit)})
	}
	return steps
}

// step encodes one step. The contract wants somebody who acted.
func (e *encoder) step(pointer string, s *schema.DossierStep, unit string) step {
	return step{
		MaHoSo:                 text(portal.Clean(s.Dossier)),
		NguoiXuLy:              e.required(pointer+"/officer", short(portal.Officer(s, unit), maxOfficer)),
		ChucDanh:               text(portal.Clean(s.Position)),
		ThoiDiemXuLy:           e.required(pointer+"/at", moment(s.At)),
		PhongBanXuLy:           text(portal.Clean(s.Unit)),
		NoiDungXuLy:            e.required(pointer+"/text", text(portal.Words(s))),
		TrangThai:              e.status(pointer+"/status", s.Status),
		NgayBatDau:             moment(s.StartedAt),
		NgayKetThucTheoQuyDinh: moment(s.DueAt),
	}
}
