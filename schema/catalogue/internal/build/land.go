package main

import "strings"

// landUse keeps the name of the list in force, and that of the list of 2013 for codes that it dropped.
func landUse(r row) []string {
	name, list := r["name_2024_law"], "2024"
	if name == "" {
		name, list = r["name_2013_law"], "2013"
	}
	if r["kind"] != "leaf" {
		list = r["kind"]
	}
	return []string{r["code"], list, strings.ReplaceAll(r["replaced_by_2024"], ";", ","), r["replacement_certainty"], name}
}

func landOrigin(r row) []string { return []string{r["code"], r["name"]} }
