package land

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/internal/fault"
	"github.com/lienthong/lienthong/schema"
)

// certificate reads the certificate of a row, nested or as columns.
func (run *run) certificate(n line) *schema.LandCertificate {
	w := certificate{SoPhatHanh: n.w.SoPhatHanh, SoVaoSo: n.w.SoVaoSo, NgayCap: n.w.NgayCap}
	at := n.r
	if serial, isText := textOf(n.w.GiayChungNhan); isText {
		if serial != "" {
			return certificateOf(n.r, "GIAYCHUNGNHAN", &certificate{SoPhatHanh: serial})
		}
		return certificateOf(at, "SOPHATHANH", &w)
	}
	var list strict.List[certificate]
	unknown, err := run.dec.Decode(strict.Part{Data: n.w.GiayChungNhan, Pointer: n.at + "/GIAYCHUNGNHAN"}, &list)
	if err != nil {
		run.nested(n.r, "GIAYCHUNGNHAN", err)
		return nil
	}
	n.r.Unknown(unknown)
	if len(list) == 0 {
		return nil
	}
	at = n.r.Under("GIAYCHUNGNHAN")
	if n.w.GiayChungNhan[0] == '[' {
		at = n.r.Item("GIAYCHUNGNHAN", 0)
	}
	if len(list) > 1 {
		n.r.Note("GIAYCHUNGNHAN", severalCertificates())
	}
	return certificateOf(at, "SOPHATHANH", &list[0])
}

func certificateOf(r *field.Reader, serialKey string, w *certificate) *schema.LandCertificate {
	c := schema.LandCertificate{
		Serial:   serial(r, serialKey, w.SoPhatHanh),
		Register: register(r, "SOVAOSO", w.SoVaoSo),
		IssuedOn: r.Date("NGAYCAP", w.NgayCap, schema.DateAny),
	}
	if c.Serial == "" && c.Register == "" {
		return nil
	}
	return &c
}

// serial returns the serial number of a certificate as printed.
func serial(r *field.Reader, key string, raw strict.Text) string {
	id, found := schema.ParseCertificateSerial(string(raw))
	r.Found(key, found, schema.Warning)
	return id.Value
}

// register returns the number under which a certificate is entered.
func register(r *field.Reader, key string, raw strict.Text) string {
	number, found := schema.ParseRegisterNumber(string(raw))
	r.Found(key, found, schema.Warning)
	return number
}

func severalCertificates() schema.Problem {
	return doubt("certificate.several", "Thửa đất có nhiều giấy chứng nhận; chỉ ghi nhận giấy đầu tiên.",
		"The parcel has several certificates; only the first is taken.")
}

// nested refuses a row for what is wrong with the JSON within one of its fields.
func (run *run) nested(r *field.Reader, key string, err error) {
	for _, p := range fault.ProblemsOf(err) {
		r.Note(key, p)
	}
}
