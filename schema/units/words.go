package units

// typeCode is the kind of unit that a type word names.
type typeCode uint8

const (
	typeNone typeCode = iota
	typePhuong
	typeXa
	typeThiTran
	typeDacKhu
	typeQuan
	typeHuyen
	typeThiXa
	typeThanhPho
	typeTinh
)

var typeCodes = map[string]typeCode{
	"phường": typePhuong, "xã": typeXa, "thị trấn": typeThiTran, "đặc khu": typeDacKhu, "quận": typeQuan,
	"huyện": typeHuyen, "thị xã": typeThiXa, "thành phố": typeThanhPho, "tỉnh": typeTinh,
}

// lineTypes are the type words of an address line by their letters, as one or two tokens.
var lineTypes = map[string]typeCode{
	"phuong": typePhuong, "p": typePhuong, "f": typePhuong, "ph": typePhuong, "phg": typePhuong, "fuong": typePhuong, "fg": typePhuong,
	"xa": typeXa, "x": typeXa,
	"thitran": typeThiTran, "tt": typeThiTran, "ttr": typeThiTran, "ttran": typeThiTran, "thtr": typeThiTran,
	"dackhu": typeDacKhu, "dk": typeDacKhu, "dkhu": typeDacKhu,
	"quan": typeQuan, "q": typeQuan,
	"huien": typeHuyen, "h": typeHuyen,
	"thixa": typeThiXa, "tx": typeThiXa, "txa": typeThiXa, "thx": typeThiXa,
	"thanhpho": typeThanhPho, "tp": typeThanhPho, "tpho": typeThanhPho, "thpho": typeThanhPho, "tfo": typeThanhPho, "tf": typeThanhPho,
	"tinh": typeTinh, "t": typeTinh,
}

// gluedTypes may stand at the beginning of a merged word: phuongbadinh, tpbacninh.
var gluedTypes = []string{
	"thanhpho", "thitran", "dackhu", "phuong", "thixa", "huien", "quan", "tinh",
	"tp", "tt", "tx", "xa", "p", "x", "q", "h", "t",
}

// placeWords come before a hamlet, a street or a building, whose name is no unit here.
var placeWords = setOf("duong", "d", "pho", "ngo", "ngach", "hem", "kiet", "so", "thon", "xom", "ap", "to", "khu", "kp", "khom", "ban",
	"buon", "lang", "doi", "cum", "kdt", "kcn", "ccn", "cho", "ql", "dt", "tdp", "tdc", "kdc", "khupho", "todanpho", "khudancu", "toa",
	"chungcu", "cc", "truong", "benhvien", "khuvuc", "kv", "tieukhu", "tk", "daila", "dailo", "dl", "quoclo", "tinhlo", "hl", "huienlo", "cti",
	"nha", "duongpho", "khudothi", "khucongnghiep", "nga", "ngatu", "ngaba", "sn", "sonha", "congti", "lo", "cau", "plei", "phum", "soc",
	"khutapthe", "ktt", "vinhomes", "toanha", "dg", "dan", "danpho")

// hamletWords name the parts of a commune.
var hamletWords = setOf("to", "khu", "thon", "xom", "ap", "khom", "pho", "buon", "lang", "tdp", "kp", "khupho", "todanpho", "tieukhu")

// noiseWords are no place at all.
var noiseWords = setOf("vietnam", "vn", "dt", "sdt", "dtdd", "tel", "phone", "mobile", "email", "fax", "mst", "lienhe", "cmnd", "cccd", "zip", "postcode",
	"diachi", "dc", "naila", "hientai", "thuongtru", "tamtru", "quequan", "nguienquan",
	"mabuudien", "maso", "buuchinh")

// aliases are short names of provinces as people write them; plain initials of
// every province are added when the index is built. Codes are of the old list.
var aliases = map[string]string{
	"hcm": "79", "tphcm": "79", "hcmc": "79", "saigon": "79", "sg": "79", "tpsg": "79", "hochiminhciti": "79", "sgn": "79", "hcmciti": "79",
	"brvt": "77", "bariavt": "77", "brvtau": "77",
	"tth": "46", "tthue": "46", "thuathien": "46", "tthienhue": "46",
	"daklak": "66", "daclac": "66", "darlac": "66", "daklac": "66", "dlak": "66", "dlk": "66",
	"dacnong": "67", "daknong": "67", "dnong": "67", "dno": "67",
	"hanoi": "01", "hn": "01", "hnoi": "01", "tphn": "01", "hanoiciti": "01",
	"dng": "48", "dnang": "48", "tpdn": "48", "danangciti": "48", "dnai": "75",
	"qni": "22", "qninh": "22", "qnam": "49", "qna": "49", "qng": "51", "qngai": "51", "qbinh": "44", "qtri": "45",
	"bacgiag": "24", "bgiang": "24", "bninh": "27", "hpg": "31", "hphong": "31", "hduong": "30", "hnam": "35", "ndinh": "36",
	"nbinh": "37", "tbinh": "34", "htinh": "42", "bdinh": "52", "nthuan": "58", "bthuan": "60",
	"ktum": "62", "glai": "64", "ldong": "68", "bphuoc": "70", "tninh": "72", "bduong": "74", "tgiang": "82", "btre": "83",
	"tvinh": "84", "vlong": "86", "dthap": "87", "agiang": "89", "kgiang": "91", "ctho": "92", "tpct": "92", "hgiang": "93", "strang": "94", "blieu": "95",
	"cmau": "96", "vphuc": "26", "ptho": "25", "hbinh": "17", "lchau": "12", "dbien": "11", "ibai": "15", "tquang": "08",
	"cbang": "04", "bkan": "06", "backan": "06", "baccan": "06", "tnguien": "19", "lson": "20", "lcai": "10",
}

func setOf(words ...string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, w := range words {
		set[w] = true
	}
	return set
}
