package world

import (
	"time"

	"github.com/lienthong/lienthong/schema"
	"github.com/lienthong/lienthong/schema/catalogue"
)

// service is a procedure that people of the world apply for.
type service struct {
	code               string
	sector, sectorName string
	result             string
	term               time.Duration
	register           func(*life) // ends the processing in a register; nil: the one-stop system does
}

// services holds a commune's daily bread twice, rarer things once. Sector codes are invented, in the style of real ones.
var services = []service{
	{"1.001193", "G15-HT01", "Hộ tịch", "KQ.G15.000031", day, civilBirth},
	{"1.001193", "G15-HT01", "Hộ tịch", "KQ.G15.000031", day, civilBirth},
	{"1.000656", "G15-HT01", "Hộ tịch", "KQ.G15.000034", day, nil},
	{"1.000894", "G15-HT01", "Hộ tịch", "KQ.G15.000032", day, nil},
	{"1.004873", "G15-HT01", "Hộ tịch", "KQ.G15.000038", 3 * day, nil},
	{"2.000635", "G15-HT01", "Hộ tịch", "KQ.G15.000342", day, nil},
	{"1.013831", "G10-DD01", "Đất đai", "KQ.G10.001147", 15 * day, landTransfer},
	{"1.013831", "G10-DD01", "Đất đai", "KQ.G10.001147", 15 * day, landTransfer},
	{"1.012784", "G10-DD01", "Đất đai", "KQ.G10.001147", 12 * day, landTransfer},
	{"1.001612", "G12-DN01", "Thành lập và hoạt động hộ kinh doanh", "KQ.G12.001041", 3 * day, nil},
	{"2.001199", "G12-DN01", "Thành lập và hoạt động doanh nghiệp", "KQ.G12.001052", 3 * day, enterprise},
	{"2.002043", "G12-DN01", "Thành lập và hoạt động doanh nghiệp", "KQ.G12.001080", 3 * day, enterprise},
}

// applicant returns the sex of who applies: births are registered for the mother here.
func (s service) applicant(otherwise schema.Sex) schema.Sex {
	if s.code == "1.001193" {
		return schema.Female
	}
	return otherwise
}

// name returns the procedure's name in the national catalogue.
func (s service) name() string {
	p, ok := catalogue.ProcedureByCode(s.code)
	if !ok {
		panic("world: the catalogue has no procedure " + s.code)
	}
	return p.Name
}
