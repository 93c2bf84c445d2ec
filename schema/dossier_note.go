package schema

// DossierNote is what a source says of a dossier beside its header and its
// trail: a tax notice, a proof of payment, fees, result papers, or a status
// without a time. Each note is a record of its own and holds one topic, so that
// a repeat is unchanged and no note replaces another.
type DossierNote struct {
	Dossier      string        `json:"dossier"`                 // MaHoSo
	OtherNumbers []string      `json:"other_numbers,omitempty"` // of the same dossier elsewhere
	Topic        string        `json:"topic"`                   // with the dossier the note's identity: "notice/TB-2025-7781"
	At           Time          `json:"at,omitzero"`             // when the source says that this came to be
	Status       Status        `json:"status,omitzero"`         // of the dossier; a source that tells the time sends a step
	Unit         string        `json:"unit,omitzero"`           // who says it
	Text         string        `json:"text,omitzero"`           //
	Fees         []Fee         `json:"fees,omitempty"`          //
	Obligations  []Obligation  `json:"obligations,omitempty"`   //
	Results      []ResultPaper `json:"results,omitempty"`       //
}

// Obligation is one sum that a notice asks for (tax, fee of the land office)
// and, once a payment platform or the treasury said so, its payment.
type Obligation struct {
	Notice     string `json:"notice"`               // number of the notice; notice and payment meet by it
	Name       string `json:"name,omitzero"`        // of the tax or fee
	Debtor     string `json:"debtor,omitzero"`      // name
	Amount     int64  `json:"amount,omitzero"`      // đồng; 0: the notice does not say
	IssuedOn   Date   `json:"issued_on,omitzero"`   //
	URL        string `json:"url,omitzero"`         // of the notice
	Paid       bool   `json:"paid,omitzero"`        //
	PaidAmount int64  `json:"paid_amount,omitzero"` // đồng
	PaidAt     Time   `json:"paid_at,omitzero"`     //
	PaidBy     string `json:"paid_by,omitzero"`     // name
	ReceiptURL string `json:"receipt_url,omitzero"` //
}

// ID returns the local id of the note's record.
func (n *DossierNote) ID() string { return n.Dossier + "/" + n.Topic }

// Kind implements [Body].
func (*DossierNote) Kind() Kind { return KindDossierNote }

// Keys returns the numbers of the dossier that the note belongs to.
func (n *DossierNote) Keys() []Identifier { return dossierKeys(n.Dossier, n.OtherNumbers) }

// Mentions implements [Body]; who owes or paid is told by name alone.
func (*DossierNote) Mentions() []Mention { return nil }

// Validate implements [Body].
func (n *DossierNote) Validate() []Problem {
	p := required(nil, "/dossier", n.Dossier)
	p = required(p, "/topic", n.Topic)
	for i := range n.Obligations {
		p = append(p, under(index("/obligations", i), required(nil, "/notice", n.Obligations[i].Notice))...)
	}
	return p
}

var _ Body = (*DossierNote)(nil)
