package gateway

import (
	"regexp"
	"strings"
)

// Party is who has to act.
type Party string

// Parties.
const (
	PartyNone        Party = ""
	PartyNetwork     Party = "network"     // the province's own network: names, routes
	PartyFront       Party = "front"       // who runs what stands before the destination: adapter of the axis, LGSP, bus
	PartyDestination Party = "destination" // who runs the destination
	PartyGateway     Party = "gateway"     // we: program or configuration
	PartySource      Party = "source"      // the register that sent the data
)

// Words names a party.
func (p Party) Words() Text {
	return map[Party]Text{
		PartyNetwork:     {"mạng của tỉnh", "the province's network"},
		PartyFront:       {"đơn vị vận hành trục/LGSP đứng trước cổng", "who runs the axis or LGSP in front"},
		PartyDestination: {"đơn vị vận hành cổng", "who runs the destination"},
		PartyGateway:     {"Liên Thông (cấu hình hoặc chương trình của tỉnh)", "Liên Thông (our configuration or program)"},
		PartySource:      {"hệ thống nguồn (dữ liệu)", "the source system (its data)"},
	}[p]
}

// Explanation says what a cause means, and whose it is.
type Explanation struct {
	What  Text
	Party Party
}

var httpCause = regexp.MustCompile(`(?:^|\.)http\.(\d{3})(?:\.|$)`)

// explanations are tried in order; a cause fits that holds the part between its full stops.
var explanations = []struct {
	part string
	Explanation
}{
	{"restore", Explanation{Text{"nơi nhận hiển thị bản mới hơn cơ sở dữ liệu đã khôi phục; nguồn phải gửi lại", "it shows something newer than the restored database; its source has to send it again"}, PartySource}},
	{"score", Explanation{Text{"bộ canh điểm giữ lại", "kept back for the sake of the score"}, PartySource}},
	{"shadow", Explanation{What: Text{"hệ thống khác ghi hồ sơ này, Liên Thông chỉ đối chiếu và không gửi", "another system writes it: we compare and send nothing"}}},
	{"adopted", Explanation{What: Text{"đã tiếp nhận nguyên trạng nơi nhận; chỉ gửi khi nguồn có bản mới", "taken over as it is shown: sent again when its source says something newer"}}},
	{"axis", Explanation{Text{"trục liên thông không tìm thấy nơi nhận", "the axis does not find the receiver"}, PartyFront}},
	{"login.refused", Explanation{Text{"từ chối đăng nhập", "login refused"}, PartyGateway}},
	{"dns", Explanation{Text{"không phân giải được tên máy chủ", "the host's name does not resolve"}, PartyNetwork}},
	{"network.unreachable", Explanation{Text{"không có đường mạng tới máy chủ", "no route to the host"}, PartyNetwork}},
	{"connection.refused", Explanation{Text{"máy chủ từ chối kết nối", "connection refused"}, PartyFront}},
	{"tls", Explanation{Text{"chứng thư TLS không dùng được", "its TLS certificate cannot be used"}, PartyFront}},
	{"body", Explanation{Text{"trả nội dung không phải câu trả lời của cổng", "what it answers is no answer of the portal"}, PartyFront}},
	{"timeout", Explanation{Text{"không trả lời trong thời gian cho phép", "no answer in time"}, PartyDestination}},
	{"connection", Explanation{Text{"kết nối bị cắt giữa chừng", "the connection broke"}, PartyDestination}},
	{"answer", Explanation{Text{"câu trả lời bị cắt giữa chừng", "its answer broke off"}, PartyDestination}},
	{"throttled", Explanation{Text{"yêu cầu gửi chậm lại", "it asks to slow down"}, PartyDestination}},
	{"maintenance", Explanation{Text{"báo đang bảo trì", "it says that it is maintained"}, PartyDestination}},
	{"system", Explanation{Text{"báo lỗi hệ thống", "it says that its system fails"}, PartyDestination}},
	{"session", Explanation{Text{"phiên làm việc không còn giá trị", "its session does not last"}, PartyDestination}},
	{"contradiction", Explanation{Text{"trả lời tự mâu thuẫn", "its answers contradict themselves"}, PartyDestination}},
	{"unexplained", Explanation{Text{"trả lời không nêu lý do", "its answers say no reason"}, PartyDestination}},
	{"uncoded", Explanation{Text{"trả lời không có mã", "its answers have no code"}, PartyDestination}},
	{"create.unknown", Explanation{Text{"không rõ nơi nhận đã có hồ sơ chưa", "not known whether it has the dossier"}, PartyDestination}},
	{"plan", Explanation{Text{"dữ liệu chưa đủ hoặc chưa đúng để gửi", "the data lacks what is needed to send it"}, PartySource}},
	{"refused", Explanation{Text{"bị từ chối vì dữ liệu", "refused for its data"}, PartySource}},
	{"worker", Explanation{Text{"tiến trình gửi bị ngắt", "the process that sent it was lost"}, PartyGateway}},
	{"request", Explanation{Text{"lệnh gọi sai", "the call was wrong"}, PartyGateway}},
}

// Explain puts a cause into words. Nothing of the destination's own text is in them.
func Explain(cause string) Explanation {
	code, rest, _ := strings.Cut(cause, ":")
	if status := httpCause.FindStringSubmatch(code); status != nil {
		return explainStatus(status[1])
	}
	for _, e := range explanations {
		if strings.Contains("."+code+".", "."+e.part+".") {
			if e.part == "plan" && rest != "" { // places in our own model, no words of anybody
				e.What = textf("%s (%s)", "%s (%s)", e.What, rest)
			}
			return e.Explanation
		}
	}
	if code == "" {
		return Explanation{What: Text{"chưa rõ nguyên nhân", "cause not known"}}
	}
	return Explanation{What: Text{code, code}}
}

func explainStatus(status string) Explanation {
	e := Explanation{What: Text{"HTTP " + status, "HTTP " + status}, Party: PartyDestination}
	switch {
	case status == "502" || status == "503" || status == "504": // the one in front says so of the one behind, or of itself
		e.Party = PartyFront
	case status == "429" || status == "408":
	case status[0] == '4':
		e.Party = PartyGateway
	}
	return e
}
