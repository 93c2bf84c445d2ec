package main

import (
	"strconv"
	"strings"
)

// sampleSize is the number of people behind the counts of syllables.
const sampleSize = 7609

// namePart keeps family, middle and given names with weights in per cent.
//
// Family names have the national shares of 2022 where there is one, those of the
// north where north and south write it differently, else the share in the
// sample. Names that only ethnic groups bear carry the group's code and no weight.
func namePart(r row) []string {
	weight, part := r["weight"], r["part"]
	switch {
	case part == "given_compound" || r["region"] == "south" || r["value"] == "" || wrong(r["value"]):
		return nil
	case part == "family" && r["ethnic_code"] != "":
		weight = "1"
	case part == "family" && r["weight_kind"] == "count_in_sample":
		if nationalShare[r["value"]] {
			return nil
		}
		weight = percent(weight)
	case part != "family":
		weight = percent(weight)
	}
	if weight == "" {
		return nil
	}
	sex := map[string]string{"m": "male", "f": "female"}[r["gender"]]
	return []string{part, sex, weight, r["ethnic_code"], r["value"]}
}

func percent(count string) string {
	n, err := strconv.ParseFloat(count, 64)
	if err != nil {
		return ""
	}
	return strconv.FormatFloat(n*100/sampleSize, 'f', 3, 64)
}

// nationalShare are the family names with a national share; the two southern
// spellings are left out, since their northern ones are in.
var nationalShare = set("Nguyễn Trần Lê Phạm Hoàng Vũ Phan Trương Bùi Đặng Đỗ Ngô Hồ Dương Hà Lý Trịnh Đinh Lâm Đoàn Cao Lương " +
	"Mai Đào Lưu Thái Phùng Vương Chu Tạ Huỳnh Võ")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// wrong reports whether a value of the sample is VNI text that was never
// converted (Tuaán, Ñinh), or bears its tone on the wrong letter.
func wrong(name string) bool {
	lower := strings.ToLower(name)
	for _, pair := range []string{"aá", "aà", "aâ", "aã", "aä", "aù", "eá", "eà", "eâ", "eã", "eä", "oâ", "oã", "öô", "öõ", "uõ", "uø", "ñ"} {
		if strings.Contains(lower, pair) {
			return true
		}
	}
	return lower == "hùynh" || lower == "qúy" || lower == "phùc" || lower == "tuyễn"
}
