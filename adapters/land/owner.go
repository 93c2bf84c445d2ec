package land

import (
	"strings"

	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// owners reads the owners of a line: the list CHU, names in CHU, or columns.
func (run *run) owners(n line) []schema.Owner {
	names, isText := textOf(n.w.Chu)
	if isText && names != "" {
		return namedOwners(n.r, "CHU", names, "SOGIAYTO", n.w.SoGiayTo)
	}
	if isText {
		w := n.w
		return ownersOf(n.r, &party{HoTen: w.HoTen, NgaySinh: w.NgaySinh, NamSinh: w.NamSinh, GioiTinh: w.GioiTinh,
			SoGiayTo: w.SoGiayTo, DiaChi: w.DiaChi, SoDienThoai: w.SoDienThoai, Email: w.Email, MaSoThue: w.MaSoThue,
			MaDinhDanh: w.MaDinhDanh, TenToChuc: w.TenToChuc, MaDoanhNghiep: w.MaDoanhNghiep, TyLe: w.TyLe})
	}
	var list strict.List[party]
	unknown, err := run.dec.Decode(strict.Part{Data: n.w.Chu, Pointer: n.at + "/CHU"}, &list)
	if err != nil {
		run.nested(n.r, "CHU", err)
		return nil
	}
	n.r.Unknown(unknown)
	var out []schema.Owner
	for i := range list {
		at := n.r.Item("CHU", i)
		if n.w.Chu[0] != '[' {
			at = n.r.Under("CHU")
		}
		out = append(out, ownersOf(at, &list[i])...)
	}
	return out
}

// ownersOf reads one party: an organisation, a person, or a couple or household in one name field.
func ownersOf(r *field.Reader, w *party) []schema.Owner {
	if name := r.Text("TENTOCHUC", w.TenToChuc); name != "" {
		return []schema.Owner{{Organisation: organisation(r, name, w), Share: share(r, w.TyLe)}}
	}
	papers := w.SoGiayTo
	if papers == "" {
		papers = w.MaDinhDanh
	}
	list := namedOwners(r, "HOTEN", w.HoTen, "SOGIAYTO", papers)
	if len(list) != 1 {
		return list
	}
	o := &list[0]
	if part := share(r, w.TyLe); part != "" {
		o.Share = part
	}
	if o.Organisation != nil {
		o.Organisation = organisation(r, o.Organisation.Name, w)
		return list
	}
	describe(r, o.Person, w)
	return list
}

// organisation returns an owner that is one, with its tax code.
func organisation(r *field.Reader, name string, w *party) *schema.OwnerEntity {
	o := &schema.OwnerEntity{Name: name}
	id := r.TaxCode("MADOANHNGHIEP", w.MaDoanhNghiep)
	if id.IsZero() {
		id = r.TaxCode("MASOTHUE", w.MaSoThue)
	}
	if !id.IsZero() {
		o.Identifiers = []schema.Identifier{id}
	}
	return o
}

// describe adds what a party says of the one person that it is.
func describe(r *field.Reader, p *schema.Person, w *party) {
	p.Birth = r.Date("NGAYSINH", w.NgaySinh, schema.DateAny)
	if p.Birth.IsZero() {
		p.Birth = r.Date("NAMSINH", w.NamSinh, schema.DateAny)
	}
	p.Sex = sex(r, w.GioiTinh)
	p.Residence = schema.Address{Text: r.Text("DIACHI", w.DiaChi)}
	p.Phone = r.Phone("SODIENTHOAI", w.SoDienThoai)
	p.Email = r.Text("EMAIL", w.Email)
	if id := r.TaxCode("MASOTHUE", w.MaSoThue); len(id.Value) == 10 { // of 12 digits it is the personal number
		p.Identifiers = append(p.Identifiers, id)
	}
	issued, by := r.Date("NGAYCAP", w.NgayCap, schema.DateAny), r.Text("NOICAP", w.NoiCap)
	if len(p.Identifiers) > 0 && (!issued.IsZero() || by != "") {
		id := p.Identifiers[0]
		p.Documents = []schema.IdentityDocument{{Type: string(id.Scheme), Number: id.Value, IssuedOn: issued, IssuedBy: by}}
	}
}

// sex reads GIOITINH. 1 is male in every list known, and 2 female; 0 is female in some and nothing in others.
func sex(r *field.Reader, raw strict.Text) schema.Sex {
	switch strings.ToLower(r.Code(raw)) {
	case "":
		return ""
	case "1", "nam":
		return schema.Male
	case "2", "nữ":
		return schema.Female
	}
	r.Warn("GIOITINH", "value.unmapped")
	return ""
}

// share returns a part like "1/2".
func share(r *field.Reader, raw strict.Text) string {
	text := strings.ReplaceAll(r.Text("TYLESOHUU", raw), " ", "")
	if text == "" || isShare(text) {
		return text
	}
	r.Note("TYLESOHUU", doubt("owner.share", "Phần sở hữu không phải là phân số; đã bỏ qua.", "The share is no fraction; passed over."))
	return ""
}

func isShare(s string) bool {
	part, whole, ok := strings.Cut(s, "/")
	return ok && isDigits(part, 1, 6) && isDigits(whole, 1, 6) && strings.Trim(whole, "0") != ""
}
