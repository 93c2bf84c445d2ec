package main

import (
	"slices"
	"strings"
)

func provinces(in string) ([]string, error) {
	return each(in, "provinces.csv", func(r row) string {
		return line(r["code"], r["type"], r["name"], r["old_province_codes"])
	})
}

func communes(in string) ([]string, error) {
	return each(in, "communes.csv", func(r row) string {
		return line(r["code"], r["type"], r["name"], r["province_code"])
	})
}

func oldProvinces(in string) ([]string, error) { return oldUnits(in, "province", nil) }

func oldDistricts(in string) ([]string, error) {
	to, err := successors(in, "district")
	if err != nil {
		return nil, err
	}
	return oldUnits(in, "district", to)
}

func oldCommunes(in string) ([]string, error) {
	to, err := successors(in, "commune")
	if err != nil {
		return nil, err
	}
	return oldUnits(in, "commune", to)
}

// oldUnits writes code, type, name, parent and successors of one level. The
// parent of a commune is its district, of a district its province.
func oldUnits(in, level string, to map[string][]string) ([]string, error) {
	return each(in, "old_units.csv", func(r row) string {
		if r["level"] != level {
			return ""
		}
		return line(r["code"], r["type"], r["name"], r["parent_code"], strings.Join(to[r["code"]], ","))
	})
}

// successors returns the new communes of each old unit. A plus marks the one
// that took the whole population by the official resolution, where the others
// took area only. Guesses by geography are left out on purpose.
func successors(in, level string) (map[string][]string, error) {
	rows, err := read(in, "commune_mapping.csv")
	if err != nil {
		return nil, err
	}
	to := map[string][]string{}
	for _, r := range rows {
		if r["old_level"] != level {
			continue
		}
		code := r["new_code"]
		if r["is_default"] == "1" && strings.HasPrefix(r["default_basis"], "official_") {
			code += "+"
		}
		to[r["old_code"]] = append(to[r["old_code"]], code)
	}
	for _, codes := range to {
		slices.Sort(codes)
	}
	return to, nil
}

// former keeps units that vanished before 2025, with the units of 30/06/2025
// that took their place.
func former(in string) ([]string, error) {
	return each(in, "former_units.csv", func(r row) string {
		if r["status"] != "retired" {
			return ""
		}
		certain := "?"
		if r["successor_basis"] == "official" {
			certain = "official"
		}
		return line(r["code"], r["type"], r["name"], r["province_code"], districtOf(r), r["last_seen"],
			strings.ReplaceAll(r["successor_codes"], ";", ","), certain)
	})
}

// variants keeps other official spellings, and the name that a province bore
// until it became a city on 01/01/2025 (Resolution 175/2024/QH15).
func variants(in string) ([]string, error) {
	lines, err := each(in, "name_variants.csv", func(r row) string {
		system := "2004"
		if strings.HasPrefix(r["era"], "from_2025") {
			system = "2025"
		}
		return line(r["code"], system, r["variant"])
	})
	return append(lines, line("46", "2004", "Tỉnh Thừa Thiên Huế")), err
}

func changes(in string) ([]string, error) {
	return each(in, "unit_changes.csv", func(r row) string {
		return line(r["code"], r["field"], r["old_value"], r["new_value"], r["effective_date"], r["basis"])
	})
}

// renamed keeps the names, types and districts that a unit had between 2016 and
// June 2025 under the code that it still has.
func renamed(in string) ([]string, error) {
	return each(in, "former_units.csv", func(r row) string {
		if r["status"] == "retired" {
			return ""
		}
		return line(r["code"], r["type"], r["name"], districtOf(r))
	})
}

// districtOf returns the district of a former commune; the table gives districts their province there.
func districtOf(r row) string {
	if r["level"] != "commune" {
		return ""
	}
	return r["district_code"]
}
