package onestop

import (
	"github.com/lienthong/lienthong/adapters/field"
	"github.com/lienthong/lienthong/adapters/strict"
	"github.com/lienthong/lienthong/schema"
)

// document translates one MSyncDocument.
func (a *adapter) document(item strict.Part, h *field.Harvest) {
	var w documentWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	d := &schema.Dossier{
		Number:         r.Dossier("DocCode", w.DocCode),
		Procedure:      schema.ProcedureRef{Name: r.Text("DocTypeName", w.DocTypeName)},
		Summary:        r.Text("Compendium", w.Compendium),
		Status:         documentStatus(r, &w),
		ReturnMethod:   coded(r, "ReturnedType", w.ReturnedType, returnMethods),
		ReturnInfo:     r.Text("ReturnNote", w.ReturnNote),
		DecidingAgency: agency(r, "OrganInchargeIdLevel1", w.OrganInchargeIDLevel1),
		ProcessingUnit: r.Text("ProcessingOrganName", w.ProcessingOrganName),
		Papers:         attachments(r, "Attachments", w.Attachments),
		OtherPapers:    docPapers(r, w.DocPapers),
		Fees:           docFees(r, "DocFees", w.DocFees),
		Supplements:    requests(r, w.Supplementaries),
		Note:           joined(r.Text("Note", w.Note), r.Text("SuccessNote", w.SuccessNote)),
	}
	d.Procedure.Code, d.Procedure.LocalCode = procedureCode(r, "DocTypeCode", w.DocTypeCode)
	if d.ProcessingUnit == "" {
		d.ProcessingUnit = r.Text("OrganInchargeName", w.OrganInchargeName)
	}
	documentTimes(r, d, &w)
	d.Applicant = documentApplicant(r, d, &w)
	needReception(r, "DateReceived", d)
	r.Require("DocCode", d.Number)
	r.Require("DocTypeCode", d.Procedure.Code)
	r.Unknown(unknown)
	h.Take(schema.Record{Kind: schema.KindDossier, ID: d.Number, EventTime: d.LastTime(), Body: d, Raw: item.Data}, r)
}

// documentStatuses are the two numbers of the interface. They are others than
// the portal's, where 1 is submitted and 2 received.
var documentStatuses = []pair[schema.Status]{{"1", schema.InProgress}, {"2", schema.Completed}}

// tracedStatus reads a state of the interface; the portal's numbers are none of it.
func tracedStatus(r *field.Reader, key string, raw strict.Text) schema.Status {
	code := r.Code(raw)
	if s, known := meaning(documentStatuses, code); known {
		return s
	}
	if _, portals := schema.StatusFromGen1(code); portals {
		r.Refuse(key, "status.unmapped")
		return ""
	}
	return status(r, key, raw)
}

// documentStatus reads what has become of a dossier: the state, and the flag by
// which a finished one counts as handed over.
func documentStatus(r *field.Reader, w *documentWire) schema.Status {
	s := tracedStatus(r, "Status", w.Status)
	switch returned := r.Flag("IsReturned", w.IsReturned); {
	case returned && s == schema.Completed:
		return schema.Returned
	case returned && s == schema.InProgress:
		r.Note("IsReturned", note(statusDoubtful, schema.Warning))
	}
	return s
}

func documentTimes(r *field.Reader, d *schema.Dossier, w *documentWire) {
	d.ReceivedAt = instant(r, "DateReceived", w.DateReceived, schema.TimeAny)
	d.DueAt = instant(r, "DateAppointed", w.DateAppointed, schema.TimeAny)
	d.ReturnedAt = instant(r, "ReturnedDate", w.ReturnedDate, schema.TimeAny)
	d.FinishedAt = instant(r, "FinishedDate", w.FinishedDate, schema.TimeAny)
	success := instant(r, "SuccessDate", w.SuccessDate, schema.TimeAny)
	if d.FinishedAt.IsZero() && r.Flag("IsSuccess", w.IsSuccess) {
		d.FinishedAt = success
	}
}

// documentApplicant reads the owner. CitizenInfo is free text: a number in it
// counts where it is nothing but a number.
func documentApplicant(r *field.Reader, d *schema.Dossier, w *documentWire) schema.Applicant {
	a := schema.Applicant{
		Kind:    coded(r, "ApplicantsType", w.ApplicantsType, subjectKinds),
		Phone:   r.Phone("Phone", w.Phone),
		Email:   email(r, "Email", w.Email),
		Address: schema.Address{Text: r.Text("Address", w.Address)},
	}
	a.Name = ownerName(r, "CitizenName", a.Kind, w.CitizenName)
	info := r.Code(w.CitizenInfo)
	switch digits := onlyDigits(info); {
	case digits && (len(info) == 9 || len(info) == 12), !isPerson(a.Kind) && taxLike(info):
		if id := ownerNumber(r, "CitizenInfo", a.Kind, strict.Text(info)); !id.IsZero() {
			a.Identifiers = []schema.Identifier{id}
		}
	default:
		d.OtherInfo = r.Text("CitizenInfo", w.CitizenInfo)
	}
	return a
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func attachments(r *field.Reader, key string, list strict.List[attachmentWire]) []schema.Paper {
	return each(r, key, list, func(r *field.Reader, w *attachmentWire) schema.Paper {
		p := schema.Paper{
			ID:      r.Code(w.Attachmentld),
			Name:    r.Text("AttachmentName", w.AttachmentName),
			Deleted: r.Flag("IsDeleted", w.IsDeleted),
		}
		if p.ID == "" {
			p.ID = r.Code(w.AttachmentID)
		}
		return p
	})
}

func docFees(r *field.Reader, key string, list strict.List[docFeeWire]) []schema.Fee {
	return each(r, key, list, func(r *field.Reader, w *docFeeWire) schema.Fee {
		return schema.Fee{Name: r.Text("FeeName", w.FeeName), Amount: r.Amount("Price", w.Price), Type: r.Code(w.FeeType)}
	})
}

func docPapers(r *field.Reader, list strict.List[docPaperWire]) []schema.OtherPaper {
	return each(r, "DocPapers", list, func(r *field.Reader, w *docPaperWire) schema.OtherPaper {
		return schema.OtherPaper{
			Name: r.Text("PaperName", w.PaperName), Count: int(r.Int("Amount", w.Amount)), Type: int(r.Int("PaperType", w.PaperType)),
		}
	})
}

func requests(r *field.Reader, list strict.List[requestWire]) []schema.Supplement {
	return each(r, "Supplementaries", list, func(r *field.Reader, w *requestWire) schema.Supplement {
		return schema.Supplement{
			ID:          r.Code(w.SupplementaryID),
			RequestedBy: r.Name("SendUser", w.SendUser),
			Request:     r.Text("SendComment", w.SendComment),
			RequestedAt: instant(r, "SendDate", w.SendDate, schema.TimeAny),
			ReceivedBy:  r.Name("ReceivedUser", w.ReceivedUser),
			Reception:   r.Text("ReceivedComment", w.ReceivedComment),
			ReceivedAt:  instant(r, "ReceivedDate", w.ReceivedDate, schema.TimeAny),
			Complete:    r.Flag("IsReceived", w.IsReceived),
			Papers:      attachments(r, "Papers", w.Papers),
			Fees:        docFees(r, "Fees", w.Fees),
			OldDueAt:    instant(r, "OldDateAppointed", w.OldDateAppointed, schema.TimeAny),
			NewDueAt:    instant(r, "NewDateAppointed", w.NewDateAppointed, schema.TimeAny),
		}
	})
}

// trace translates one MDocumentTraces.
func (a *adapter) trace(item strict.Part, h *field.Harvest) {
	var w traceWire
	unknown, err := a.dec.Decode(item, &w)
	if err != nil {
		h.Reject(err)
		return
	}
	r := field.At(item.Pointer)
	s := &schema.DossierStep{
		Dossier:  r.Dossier("DocCode", w.DocCode),
		At:       instant(r, "DateCreated", w.DateCreated, schema.TimeAny),
		Status:   tracedStatus(r, "Status", w.Status),
		Officer:  r.Name("UserName", w.UserName),
		Position: r.Text("UserPosition", w.UserPosition),
		Unit:     r.Text("OrganizationInchargeName", w.OrganizationInchargeName),
		Text:     r.Text("Comment", w.Comment),
	}
	r.Require("DocCode", s.Dossier)
	keepStep(r, s, "DateCreated", unknown, item, h)
}
