package simulator

import (
	"flag"
	"strconv"
)

// Knobs returns every switch but the faults and the accounts, in the order of the page.
func Knobs() []KnobGroup {
	return []KnobGroup{
		{"Giao tiếp", "The wire", wireKnobs()},
		{"Phiên đăng nhập", "Sessions", sessionKnobs()},
		{"Ghi nhận hồ sơ", "Storing", storingKnobs()},
		{"Tra cứu", "Look-up", lookupKnobs()},
		{"Năng lực và giờ cao điểm", "Capacity and peak time", loadKnobs()},
		{"Kéo tệp đính kèm", "Pulling files", fileKnobs()},
		{"Trục của tỉnh", "The province's bus", busKnobs()},
		{"Cổng của Bộ (/ministry/)", "The ministry's portal (/ministry/)", ministryKnobs()},
		{"Kho dữ liệu", "The data store", sinkKnobs()},
		{"Thứ tự trạng thái", "Order of statuses", orderKnobs()},
	}
}

func knob(path, vi, en string, at func(sw *Switches) flag.Value, choices ...string) Knob {
	return Knob{Path: path, Vi: vi, En: en, Choices: choices, at: at}
}

// yes makes a switch of two positions.
func yes(path, vi, en string, at func(sw *Switches) *bool) Knob {
	return knob(path, vi, en, func(sw *Switches) flag.Value { return yesNo(at(sw)) }, "false", "true")
}

func texts[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, one := range all {
		out[i] = string(one)
	}
	return out
}

func ministryKnobs() []Knob {
	return []Knob{
		yes("ministry.closed", "Đóng Cổng của Bộ", "the ministry's portal does not answer", func(sw *Switches) *bool { return &sw.Ministry.Closed }),
		yes("ministry.exists_shows_id", "Báo trùng kèm idHoSo", "a duplicate is answered with its idHoSo", func(sw *Switches) *bool { return &sw.Ministry.ExistsShowsID }),
	}
}

func wireKnobs() []Knob {
	knobs := []Knob{
		knob("destination", "dstcode mà cổng nhận; * là bất kỳ", "the dstcode it answers to; * is any", func(sw *Switches) flag.Value { return word(&sw.Destination) }),
		knob("adapter_fault", "Dạng lỗi của máy chủ bảo mật", "form of the security server's refusal", func(sw *Switches) flag.Value { return word(&sw.AdapterFault) }, texts(AdapterFaults())...),
		knob("codes", "Cách viết error_code", "how error_code is written", func(sw *Switches) flag.Value { return word(&sw.Codes) }, texts(CodeStyles())...),
		knob("duplicate_code", "Mã khi hồ sơ đã tồn tại", "code of a duplicate", func(sw *Switches) flag.Value { return word(&sw.DuplicateCode) }, duplicateCodes()...),
	}
	for _, op := range []Op{OpLogin, OpDossier, OpProgress, OpLookup, OpCatalogue, OpStatus} {
		at := func(sw *Switches) flag.Value {
			return setter{func() string { return string(sw.CodesByOp[op]) }, func(v string) error {
				if sw.CodesByOp == nil {
					sw.CodesByOp = map[Op]CodeStyle{}
				}
				sw.CodesByOp[op] = CodeStyle(v)
				return nil
			}}
		}
		knobs = append(knobs, knob("codes_by_op."+string(op), "Riêng cho "+string(op)+"; trống là như trên", "own style of "+string(op)+"; empty: as above",
			at, append([]string{""}, texts(CodeStyles())...)...))
	}
	return knobs
}

func sessionKnobs() []Knob {
	return []Knob{
		knob("session_ttl", "Phiên kéo dài bao lâu; 0s là mãi mãi", "how long a session lasts; 0s: for ever", func(sw *Switches) flag.Value { return span(&sw.SessionTTL) }),
		knob("session_calls", "Phiên dùng được mấy lần gọi; 0 là không hạn chế", "after so many calls a session ends; 0: never", func(sw *Switches) flag.Value { return whole(&sw.SessionCalls) }),
		yes("single_session", "Đăng nhập mới làm mất phiên cũ", "a login ends the account's older sessions", func(sw *Switches) *bool { return &sw.SingleSession }),
	}
}

func storingKnobs() []Knob {
	return []Knob{
		yes("partial_acceptance", "Nhận phần đúng của một lô, báo tên phần sai", "good records of a batch are stored, bad ones are named", func(sw *Switches) *bool { return &sw.PartialAcceptance }),
		knob("max_batch", "Số bản ghi tối đa mỗi lần gọi; 0 là không hạn chế", "records a call; 0: no limit", func(sw *Switches) flag.Value { return whole(&sw.MaxBatch) }),
		knob("required", "Các trường bắt buộc", "members a record must have", func(sw *Switches) flag.Value { return list(&sw.Required) }),
		yes("any_length", "Không kiểm tra độ dài", "lengths are not checked", func(sw *Switches) *bool { return &sw.AnyLength }),
		yes("any_born", "Nhận trạng thái cho mọi mã của Cổng, kể cả mã chưa thông báo", "a status is taken for any portal number", func(sw *Switches) *bool { return &sw.AnyBorn }),
	}
}

func lookupKnobs() []Knob {
	return []Knob{
		knob("lookup", "TraCuuHoSo trả về gì", "what TraCuuHoSo shows", func(sw *Switches) flag.Value { return word(&sw.Lookup) }, texts(LookupModes())...),
		knob("lookup_lag", "Sau bao lâu mới tra cứu thấy", "a write is visible to look-ups after this long", func(sw *Switches) flag.Value { return span(&sw.LookupLag) }),
		knob("settle", "Cam kết: không ghi hay hiện muộn hơn", "promise: nothing is applied or shown later", func(sw *Switches) flag.Value { return span(&sw.Settle) }),
	}
}

func loadKnobs() []Knob {
	knobs := capacityKnobs("capacity", "Ngày thường", "ordinary time", func(sw *Switches) *Capacity { return &sw.Capacity })
	knobs = append(knobs,
		knob("peak.when", "Giờ cao điểm: tắt, theo giờ, hay ngay bây giờ", "peak time: off, by the clock, or now", func(sw *Switches) flag.Value { return word(&sw.Peak.When) }, texts(PeakWhens())...),
		knob("peak.windows", "Các khung giờ cao điểm (giờ Việt Nam)", "windows of peak time (Việt Nam's clock)", func(sw *Switches) flag.Value { return windows(&sw.Peak.Windows) }))
	return append(knobs, capacityKnobs("peak.capacity", "Giờ cao điểm", "peak time", func(sw *Switches) *Capacity { return &sw.Peak.Capacity })...)
}

func capacityKnobs(path, vi, en string, at func(sw *Switches) *Capacity) []Knob {
	return []Knob{
		knob(path+".calls_per_second", vi+": số lần gọi mỗi giây; 0 là không hạn chế", en+": calls a second; 0: no limit", func(sw *Switches) flag.Value { return number(&at(sw).CallsPerSecond) }),
		knob(path+".concurrent", vi+": số lần gọi cùng lúc; 0 là không hạn chế", en+": calls at once; 0: no limit", func(sw *Switches) flag.Value { return whole(&at(sw).Concurrent) }),
		knob(path+".over", vi+": quá sức thì chờ, từ chối (503), treo hay chậm", en+": beyond it wait, reject (503), hang or slow", func(sw *Switches) flag.Value { return word(&at(sw).Over) }, texts(Overloads())...),
		knob(path+".slow_by", vi+": chậm bao lâu (slow)", en+": how slow (slow)", func(sw *Switches) flag.Value { return span(&at(sw).SlowBy) }),
	}
}

func fileKnobs() []Knob {
	return []Knob{
		knob("files.pull", "Kéo tệp: tắt, giả lập, hay chỉ trên máy này", "pull files: off, pretended, or on this machine only", func(sw *Switches) flag.Value { return word(&sw.Files.Pull) }, texts(PullModes())...),
		knob("files.after", "Sau khi ghi bao lâu; 0s là 1s", "how long after the write; 0s: 1s", func(sw *Switches) flag.Value { return span(&sw.Files.After) }),
		knob("files.timeout", "Chờ một tệp tối đa", "how long one fetch may take", func(sw *Switches) flag.Value { return span(&sw.Files.Timeout) }),
		knob("files.missing", "Giả lập: địa chỉ chứa chữ này là không tải được", "pretended: addresses with this text cannot be reached", func(sw *Switches) flag.Value { return list(&sw.Files.Missing) }),
		knob("files.share", "Giả lập: tỷ lệ không tải được, 0–1", "pretended: share that cannot be reached, 0–1", func(sw *Switches) flag.Value { return number(&sw.Files.Share) }),
	}
}

func busKnobs() []Knob {
	return []Knob{
		yes("wrapper.closed", "Đóng mọi cửa của trục tỉnh", "no door of the bus answers", func(sw *Switches) *bool { return &sw.Wrapper.Closed }),
		knob("wrapper.create", "Đường dẫn URLThemMoi", "path of URLThemMoi", func(sw *Switches) flag.Value { return word(&sw.Wrapper.Create) }),
		knob("wrapper.update", "Đường dẫn URLCapNhat", "path of URLCapNhat", func(sw *Switches) flag.Value { return word(&sw.Wrapper.Update) }),
		knob("wrapper.steps", "Đường dẫn URLDongBoTienTrinh", "path of URLDongBoTienTrinh", func(sw *Switches) flag.Value { return word(&sw.Wrapper.Steps) }),
		knob("wrapper.catalogue", "Thư mục danh mục", "folder of the catalogues", func(sw *Switches) flag.Value { return word(&sw.Wrapper.Catalogue) }),
		yes("wrapper.plain", "Danh mục không gói JSON trong chuỗi", "catalogues are not packed into a text", func(sw *Switches) *bool { return &sw.Wrapper.Plain }),
		knob("wrapper.bearer", "Danh mục đòi token này; trống là không đòi", "the catalogues want this token; empty: none", func(sw *Switches) flag.Value { return word(&sw.Wrapper.Bearer) }),
	}
}

func sinkKnobs() []Knob {
	return []Knob{
		knob("sink.token", "Kho đòi token này; trống là không đòi", "the store wants this token; empty: none", func(sw *Switches) flag.Value { return word(&sw.Sink.Token) }),
		knob("sink.secret", "Kho đòi chữ ký với khoá này (whsec_…); trống là không đòi", "the store wants signatures with this secret (whsec_…); empty: none", func(sw *Switches) flag.Value { return word(&sw.Sink.Secret) }),
		knob("sink.refuse", "Kho từ chối sự kiện có chữ này; trống là không", "the store refuses events with this text; empty: none", func(sw *Switches) flag.Value { return word(&sw.Sink.Refuse) }),
		knob("sink.max_batch", "Số sự kiện tối đa một lần gọi; 0 là không hạn chế", "most events of a call; 0: no limit", func(sw *Switches) flag.Value { return whole(&sw.Sink.MaxBatch) }),
		yes("sink.conflict", "Sự kiện gửi lại một mình được trả lời 409", "a repeat that comes alone is answered with 409", func(sw *Switches) *bool { return &sw.Sink.Conflict }),
		yes("sink.forgetful", "Kho không nhớ mã sự kiện: cái đến sau cùng được giữ", "the store keeps no ids: what comes last stands", func(sw *Switches) *bool { return &sw.Sink.Forgetful }),
	}
}

// orderKnobs are the rows of the table of transitions.
func orderKnobs() []Knob {
	var knobs []Knob
	for code := 1; code <= 10; code++ {
		from := strconv.Itoa(code)
		at := func(sw *Switches) flag.Value {
			return words(func() []string { return sw.Transitions[from] }, func(to []string) {
				if sw.Transitions == nil {
					sw.Transitions = Transitions{}
				}
				sw.Transitions[from] = to
			})
		}
		knobs = append(knobs, knob("transitions."+from, from+" · "+statusLabel(from)+" →", "what may follow "+from+"; empty: nothing", at))
	}
	return knobs
}
