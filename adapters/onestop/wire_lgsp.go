package onestop

import "github.com/lienthong/lienthong/adapters/strict"

// documentWire is a dossier in the English keys of the LGSP of 2017–2019
// (MSyncDocument). How it writes times is not published.
type documentWire struct {
	DocTypeCode              strict.Text `json:"DocTypeCode"` // the procedure
	DocTypeName              strict.Text `json:"DocTypeName"`
	DocCode                  strict.Text `json:"DocCode"` // the number of the dossier
	CitizenName              strict.Text `json:"CitizenName"`
	CitizenInfo              strict.Text `json:"CitizenInfo"`    // free, often the number of a paper
	ApplicantsID             strict.Skip `json:"ApplicantsId"`   // the sender's own key
	ApplicantsType           strict.Text `json:"ApplicantsType"` // 1 citizen, 2 business, 3 organisation, 4 other
	Address                  strict.Text `json:"Address"`
	Email                    strict.Text `json:"Email"`
	Phone                    strict.Text `json:"Phone"`
	Compendium               strict.Text `json:"Compendium"`
	DateReceived             strict.Text `json:"DateReceived"`
	DateAppointed            strict.Text `json:"DateAppointed"`
	IsSuccess                strict.Text `json:"IsSuccess"`
	SuccessDate              strict.Text `json:"SuccessDate"`
	ApproverName             strict.Skip `json:"ApproverName"`
	ApproverPosition         strict.Skip `json:"ApproverPosition"`
	SuccessNote              strict.Text `json:"SuccessNote"`
	IsReturned               strict.Text `json:"IsReturned"`
	ReturnedDate             strict.Text `json:"ReturnedDate"`
	ReturnNote               strict.Text `json:"ReturnNote"`
	ReturnedType             strict.Text `json:"ReturnedType"` // 0 counter, 1 post
	FinishedDate             strict.Text `json:"FinishedDate"`
	Status                   strict.Text `json:"Status"` // 1 processing, 2 done
	ProcessingOrganName      strict.Text `json:"ProcessingOrganName"`
	HasSupplementary         strict.Skip `json:"HasSupplementary"`
	RequireSupplementaryDate strict.Skip `json:"RequireSupplementaryDate"`
	Note                     strict.Text `json:"Note"`
	OrganInchargeIDLevel1    strict.Text `json:"OrganInchargeIdLevel1"`
	OrganInchargeName        strict.Text `json:"OrganInchargeName"`

	Attachments     strict.List[attachmentWire] `json:"Attachments"`
	DocFees         strict.List[docFeeWire]     `json:"DocFees"`
	DocPapers       strict.List[docPaperWire]   `json:"DocPapers"`
	Supplementaries strict.List[requestWire]    `json:"Supplementaries"`
}

type attachmentWire struct {
	Attachmentld   strict.Text `json:"Attachmentld"` // so spelt in the schema, with a small L
	AttachmentID   strict.Text `json:"AttachmentId"`
	AttachmentName strict.Text `json:"AttachmentName"`
	IsDeleted      strict.Text `json:"IsDeleted"`
	Base64         strict.Skip `json:"Base64"`
	IsVerified     strict.Skip `json:"IsVerified"`
}

type docFeeWire struct {
	FeeName strict.Text `json:"FeeName"`
	FeeType strict.Text `json:"FeeType"`
	Price   strict.Text `json:"Price"`
}

type docPaperWire struct {
	PaperName strict.Text `json:"PaperName"`
	Amount    strict.Text `json:"Amount"`
	PaperType strict.Text `json:"PaperType"`
}

// requestWire is one request for more papers and its answer.
type requestWire struct {
	SupplementaryID  strict.Text                 `json:"SupplementaryId"`
	SendUser         strict.Text                 `json:"SendUser"`
	SendComment      strict.Text                 `json:"SendComment"`
	SendDate         strict.Text                 `json:"SendDate"`
	ReceivedUser     strict.Text                 `json:"ReceivedUser"`
	ReceivedComment  strict.Text                 `json:"ReceivedComment"`
	ReceivedDate     strict.Text                 `json:"ReceivedDate"`
	IsReceived       strict.Text                 `json:"IsReceived"`
	Papers           strict.List[attachmentWire] `json:"Papers"`
	Fees             strict.List[docFeeWire]     `json:"Fees"`
	OldDateAppointed strict.Text                 `json:"OldDateAppointed"`
	NewDateAppointed strict.Text                 `json:"NewDateAppointed"`
}

// traceWire is a progress step of the same interface (MDocumentTraces).
type traceWire struct {
	DocumentID                   strict.Skip `json:"DocumentId"` // the sender's own key, a small number: it names nothing outside
	DocCode                      strict.Text `json:"DocCode"`
	UserName                     strict.Text `json:"UserName"`
	UserPosition                 strict.Text `json:"UserPosition"`
	DateCreated                  strict.Text `json:"DateCreated"`
	Comment                      strict.Text `json:"Comment"`
	Status                       strict.Text `json:"Status"` // as in documentWire, or a state of OpenCPS
	OrganizationInchargeIDLevel1 strict.Skip `json:"OrganizationInchargeIdLevel1"`
	OrganizationInchargeName     strict.Text `json:"OrganizationInchargeName"`
}
