package schema

// Paper is a document handed in with a dossier (TaiLieuNop).
type Paper struct {
	ID            string     `json:"id,omitzero"`             // in the sender's system
	Name          string     `json:"name,omitzero"`           //
	Component     string     `json:"component,omitzero"`      // MaThanhPhanHoSo
	URL           string     `json:"url,omitzero"`            // fetched later by the portal
	Hash          string     `json:"hash,omitzero"`           // of the file, as the sender writes it: "sha256:…"
	Deleted       bool       `json:"deleted,omitzero"`        //
	Digitised     bool       `json:"digitised,omitzero"`      //
	Reuse         PaperReuse `json:"reuse,omitzero"`          //
	FromStore     bool       `json:"from_store,omitzero"`     // taken from the national document store
	ReplacingCode string     `json:"replacing_code,omitzero"` // result code that replaces the paper
}

// PaperReuse says where a paper was reused from.
type PaperReuse string

// Values of PaperReuse; empty means not reused.
const (
	ReusedComponent PaperReuse = "component" // from a component of another dossier
	ReusedResult    PaperReuse = "result"    // from the result of another dossier
)

// OtherPaper is an attachment outside the procedure's list (DanhSachTepDinhKemKhac).
type OtherPaper struct {
	Name  string `json:"name,omitzero"`
	Count int    `json:"count,omitzero"`
	Type  int    `json:"type,omitzero"` // LoaiGiayTo as the source numbers it
}

// Fee is one fee or charge (DanhSachLePhi).
type Fee struct {
	Name   string `json:"name,omitzero"`
	Code   string `json:"code,omitzero"`
	Method string `json:"method,omitzero"` // HinhThucThu: bits 1 reception, 2 supplement, 4 return
	Amount int64  `json:"amount"`          // đồng
	Type   string `json:"type,omitzero"`   // LoaiPhiLePhi
}

// Supplement is one request for more papers and its answer (DanhSachHoSoBoSung).
type Supplement struct {
	ID          string  `json:"id,omitzero"`
	RequestedBy string  `json:"requested_by,omitzero"`
	Request     string  `json:"request,omitzero"`
	RequestedAt Time    `json:"requested_at,omitzero"`
	ReceivedBy  string  `json:"received_by,omitzero"`
	Reception   string  `json:"reception,omitzero"`
	ReceivedAt  Time    `json:"received_at,omitzero"`
	Complete    bool    `json:"complete,omitzero"`
	Papers      []Paper `json:"papers,omitempty"` // handed in with the supplement (DanhSachGiayToBoSung)
	Fees        []Fee   `json:"fees,omitempty"`   // due with it (DanhSachLePhiBoSung)
	OldDueAt    Time    `json:"old_due_at,omitzero"`
	NewDueAt    Time    `json:"new_due_at,omitzero"`
}

// ResultPaper is a result document (DanhSachGiayToKetQua).
type ResultPaper struct {
	ID        string `json:"id,omitzero"`
	Name      string `json:"name,omitzero"`
	Component string `json:"component,omitzero"`
	URL       string `json:"url,omitzero"`
	Code      string `json:"code,omitzero"` // KQ.Gnn.nnnnnn
}

// Channel is how a dossier was submitted.
type Channel string

// Channels with their gen-1 codes 1, 2, 3.
const (
	Direct Channel = "direct"
	Online Channel = "online"
	Postal Channel = "postal"
)

// ReturnMethod is how the result is handed over.
type ReturnMethod string

// Return methods with their gen-1 codes 0, 1.
const (
	AtCounter ReturnMethod = "counter"
	ByPost    ReturnMethod = "post"
)

// SubjectKind is what kind of subject owns a dossier.
type SubjectKind string

// Subject kinds with their gen-1 codes 1 to 4; a household business has none of its own.
const (
	Citizen           SubjectKind = "citizen"
	Enterprise        SubjectKind = "enterprise"
	StateAgency       SubjectKind = "state_agency"
	OtherOrganisation SubjectKind = "other_organisation"
	HouseholdBusiness SubjectKind = "household_business"
)

// OnlinePayment says whether and how fees were paid online.
type OnlinePayment string

// Online payments with their gen-1 codes 1, 2, 3; empty is 0, nothing to pay.
const (
	PaidAtPortal   OnlinePayment = "portal"     // through the national portal
	PaidAtProvince OnlinePayment = "province"   // through the ministry's or province's gateway
	NotPaidOnline  OnlinePayment = "not_online" // a fee exists and was paid otherwise
)
