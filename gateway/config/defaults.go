package config

import (
	"reflect"
	"strings"
	"time"
)

func defaults() Config { return Config{Listen: "127.0.0.1:8080", DataDir: "./.lienthong"} }

// setDefaults is called on each destination before it is read.
func (d *Destination) setDefaults() {
	*d = Destination{
		LoginPath: "mapi/login", IntegrationPath: "mapi/g", SharePath: "mapi/s",
		DstCode: "VN:GOV:000.00.00.G22:vpcpdvcprovider", DstCodeIn: "header",
		Lookup: "header", Settle: Duration(time.Minute), Lanes: 16, Batch: 20, Timeout: Duration(10 * time.Second),
		Receives: []string{"dossier"},
	}
}

// variablePrefix begins the name of every variable that stands above the file.
const variablePrefix = "LIENTHONG_"

// Variables returns the names of the environment variables that stand above the file, in the order of its keys.
func Variables() []string {
	var names []string
	for key := range plainKeys() {
		names = append(names, variablePrefix+strings.ToUpper(key))
	}
	return names
}

// plainKeys yields the keys of the first level that hold a text, with their field.
func plainKeys() func(yield func(key string, field int) bool) {
	return func(yield func(string, int) bool) {
		t := reflect.TypeFor[Config]()
		for i := range t.NumField() {
			if t.Field(i).Type.Kind() == reflect.String && !yield(keyOf(t.Field(i)), i) {
				return
			}
		}
	}
}

// environment puts what the environment says above what the file does.
func (r *reader) environment(c *Config, getenv func(string) string) {
	v := reflect.ValueOf(c).Elem()
	for key, field := range plainKeys() {
		name := variablePrefix + strings.ToUpper(key)
		if value := getenv(name); value != "" {
			v.Field(field).SetString(value)
			r.places[key] = place{variable: name}
			delete(r.unread, key)
		}
	}
}
